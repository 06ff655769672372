package archive

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// Options says what to import, and how.
type Options struct {
	Dir        string    // of the export
	DryRun     bool      // report what would be done, and change nothing
	OnConflict Conflict  // what becomes of a File whose path another one has; Fail if empty
	Incomplete bool      // take Files that the tool has not finished
	Since      time.Time // take only Logs from this time on; the zero time for all

	Progress func(string) // told now and then how far it has come, in a line; nil for nobody
}

// Conflict says what becomes of a File whose path another one has.
type Conflict string

// The ways to settle it.
const (
	Fail   Conflict = "fail"   // nothing is imported
	Skip   Conflict = "skip"   // it is left out
	Rename Conflict = "rename" // it gets another path
)

// Import brings an export into db, whose Logs must not be relaxed. All that has to be decided is read before anything is changed, so an export with a
// fault in it changes nothing. What is here already stays as it is. So an import that was interrupted goes on where it was when it is done again, and one
// that is done twice changes nothing the second time.
//
// Errors: a [*Fault] of the export; already_exists for a path that another File has; those of the database.
func Import(ctx context.Context, db *store.DB, o Options) (*Report, error) {
	t, err := openTree(o.Dir)
	if err != nil {
		return nil, err
	}
	defer t.close()
	im := &importer{
		db: db, o: o, t: t, report: newReport(o.Dir, o.DryRun), byID: map[string]*plannedFile{}, authors: map[string]*author{},
		environments: map[string]*environment{}, environmentIDs: map[string]string{}, aliases: map[string]string{}, datapoints: map[string]string{},
	}
	for _, step := range []func(context.Context) error{
		im.plan, im.planEvaluations, im.indexLogs, // which change nothing
		im.keepPlaces, im.keepFiles, im.keepBeside, im.keepMonitors, im.keepLogs, im.keepEvaluations,
	} {
		if err := step(ctx); err != nil {
			return im.report, err
		}
	}
	return im.report, nil
}

// importer is one import.
type importer struct {
	db     *store.DB
	o      Options
	t      *tree
	report *Report

	files        []*plannedFile
	byID         map[string]*plannedFile
	authors      map[string]*author
	environments map[string]*environment

	environmentIDs map[string]string // here, by their ids in the export
	aliases        map[string]string // versions here, by the ids of those in the export that have the same content
	datapoints     map[string]string // likewise of datapoints

	index       logIndex
	evaluations []*plannedEvaluation // oldest first
}

// plannedFile is a File of the export.
type plannedFile struct {
	id, dir, path string // dir is its folder
	kind          file.Kind
	directoryID   string
	versions      []plannedVersion // oldest first
	here          bool             // it is here already
	left          bool             // it is left out
}

// plans reports whether f will be here with a version.
func (f *plannedFile) plans(versionID string) bool {
	return f != nil && !f.left && slices.ContainsFunc(f.versions, func(v plannedVersion) bool { return v.id == versionID })
}

// plannedVersion is a version of the export.
type plannedVersion struct {
	id      string
	created time.Time
}

func (im *importer) progress(format string, args ...any) {
	if im.o.Progress != nil {
		im.o.Progress(fmt.Sprintf(format, args...))
	}
}

// pathTaken is the error of a File whose path another one has.
func pathTaken(f *plannedFile, by string) error {
	return errs.New(errs.AlreadyExists, "The path `%s` of %s `%s` is taken by `%s`. Say with -on-conflict whether to skip or to rename it.",
		f.path, f.kind.Spec().Title, f.id, by)
}
