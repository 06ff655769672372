package file

import "openloop/internal/errs"

// Ref says which version of a File is meant. ID, or else Path, names the File. Its version is the one with the VersionID, or else the one
// deployed to the Environment, or else the one deployed to the default environment, or else (nothing is deployed there) the newest. A
// VersionID without ID and Path names the version of any File.
type Ref struct {
	ID, Path    string
	VersionID   string
	Environment string // its name, or its id
}

// Check refuses a Ref that names nothing, or two versions, or a path that cannot be one, and brings the path into its stored form. The
// errors are of reason validation_failed, at "path" or "version_id", or at the Ref itself when it names nothing.
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

// CheckFile is [Ref.Check] for a Ref that must name a File, not only a version.
func (r *Ref) CheckFile() error {
	if r.ID == "" && r.Path == "" {
		return errs.Invalid("Either id or path must be given.", "path")
	}
	return r.Check()
}

// Matches refuses a Ref whose ID and Path name different Files: path is that of the File with the ID.
func (r *Ref) Matches(path string) error {
	if r.Path == "" || r.Path == path {
		return nil
	}
	return errs.Invalid("The path and the id name different Files: the one with this id is at `"+path+"`.", "path")
}

// Name is what r names the File by.
func (r *Ref) Name() string {
	if r.ID != "" {
		return r.ID
	}
	return r.Path
}
