package file

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// Ref identifies a version of a File. ID or Path names the File; ID takes precedence. The version is the one with the VersionID, or else
// the one deployed to the Environment, or else the one deployed to the default environment, or else the newest. A VersionID without ID and
// Path identifies the version of any File.
type Ref struct {
	ID, Path    string
	VersionID   string
	Environment string // its name, or its id
}

// Check refuses a Ref that names nothing or two versions, or has an invalid path, and brings the path into its stored form. Errors have the
// reason validation_failed, at "path" or "version_id", or at the Ref itself if it names nothing.
func (r *Ref) Check() error {
	if r.ID == "" && r.Path == "" && r.VersionID == "" {
		return errs.Invalid("Name a version by version_id, or a File by id or path.")
	}
	if r.VersionID != "" && r.Environment != "" {
		return errs.Invalid("Give either version_id or environment, not both.", "version_id")
	}
	if r.Path == "" {
		return nil
	}
	clean, problem := CleanPath(r.Path)
	if problem != "" {
		return errs.Invalid(problem, "path")
	}
	r.Path = clean
	return nil
}

// CheckFile is [Ref.Check] for a Ref that must name a File and not only a version.
func (r *Ref) CheckFile() error {
	if r.ID == "" && r.Path == "" {
		return errs.Invalid("Either id or path must be given.", "path")
	}
	return r.Check()
}

// Matches refuses a Ref whose ID and Path name different Files. path is that of the File with the ID.
func (r *Ref) Matches(path string) error {
	if r.Path == "" || r.Path == path {
		return nil
	}
	return errs.Invalid("The path and the id name different Files: the one with this id is at `"+path+"`.", "path")
}

// Name returns the name by which r identifies the File.
func (r *Ref) Name() string { return cmp.Or(r.ID, r.Path) }
