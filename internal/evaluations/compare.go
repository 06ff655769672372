package evaluations

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/judgment"
)

// Names of the Run that another is compared with, beside ids.
const (
	Control  = "control"  // the control of the Evaluation
	Previous = "previous" // the Run before it
)

// Comparison is a Run beside another.
type Comparison struct {
	judgment.Reported                  // Base is nil when there is no Run to compare with
	Logs, Datapoints  map[int64]string // ids of what the regressions name; those that were deleted are missing
}

// Compare compares a Run of an Evaluation with another, datapoint by datapoint. base is an id, [Control], [Previous], or "": the control if
// there is one, else the previous Run if there is one. A Run is never compared with itself.
//
// Errors: evaluation_not_found; run_not_found for the Run, and for a base that is named and not there.
func (s *Service) Compare(ctx context.Context, id, runID, base string) (*Comparison, error) {
	e, err := s.o.DB.Evaluation(ctx, id)
	if err != nil {
		return nil, err
	}
	runs, err := s.o.DB.Runs(ctx, id)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(runs, func(r judgment.Run) bool { return r.ID == runID })
	if at < 0 {
		return nil, errs.New(errs.RunNotFound, "The Evaluation has no Run `%s`.", runID)
	}
	other := baseOf(runs, at, base)
	if other == nil && base != "" {
		return nil, noBase(runID, base)
	}
	judges, err := s.judges(ctx, e)
	if err != nil {
		return nil, err
	}
	stats, err := s.summarize(ctx, id, judges, runs[at:at+1])
	if err != nil {
		return nil, err
	}
	failures, err := s.o.DB.RunFailures(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &Comparison{Reported: judgment.Reported{RunStats: stats[0], Failures: failures[runID], Base: other}}
	if err := s.compare(ctx, id, judges, &out.Reported); err != nil || out.Comparison == nil {
		return out, err
	}
	var logs, datapoints []int64
	for _, r := range out.Comparison.Regressions {
		logs, datapoints = append(logs, r.BaseLog, r.Log), append(datapoints, r.Datapoint)
	}
	out.Logs, out.Datapoints, err = s.o.DB.IDsOfMarks(ctx, logs, datapoints)
	return out, err
}

func noBase(runID, base string) error {
	switch base {
	case Control:
		return errs.About(errs.New(errs.RunNotFound, "The Evaluation has no other Run that is the control."), errs.RunNotFound, "base")
	case Previous:
		return errs.About(errs.New(errs.RunNotFound, "The Evaluation has no Run before `%s`.", runID), errs.RunNotFound, "base")
	default:
		return errs.About(errs.New(errs.RunNotFound, "The Evaluation has no other Run `%s`.", base), errs.RunNotFound, "base")
	}
}

// baseOf is the Run to compare the one at a place with; nil for none. Runs are listed newest first.
func baseOf(runs []judgment.Run, at int, base string) *judgment.Run {
	find := func(ok func(*judgment.Run) bool) *judgment.Run {
		for i := range runs {
			if i != at && ok(&runs[i]) {
				return &runs[i]
			}
		}
		return nil
	}
	control := func() *judgment.Run { return find(func(r *judgment.Run) bool { return r.Control }) }
	previous := func() *judgment.Run {
		if at+1 < len(runs) {
			return &runs[at+1]
		}
		return nil
	}
	switch base {
	case Control:
		return control()
	case Previous:
		return previous()
	case "":
		if r := control(); r != nil || runs[at].Control {
			return r
		}
		return previous()
	default:
		return find(func(r *judgment.Run) bool { return r.ID == base })
	}
}

// compare compares a Run with its base, if it has one, and people with other judges.
func (s *Service) compare(ctx context.Context, id string, judges []judge, r *judgment.Reported) error {
	runIDs := []string{r.ID}
	if r.Base != nil {
		runIDs = append(runIDs, r.Base.ID)
	}
	marks, err := s.o.DB.Marks(ctx, id, runIDs...)
	if err != nil {
		return err
	}
	all := make([]judgment.Judge, len(judges))
	for i, j := range judges {
		all[i] = judgment.Judge{VersionID: j.versionID, Path: j.path, Content: j.content, Marks: marks[r.ID][j.versionID]}
	}
	r.Agreements = judgment.Agreements(all)
	if r.Base == nil {
		return nil
	}
	subjects := make([]judgment.Subject, len(judges))
	for i, j := range judges {
		subjects[i] = judgment.Subject{VersionID: j.versionID, Path: j.path, Content: j.content, Base: marks[r.Base.ID][j.versionID], Run: all[i].Marks}
	}
	r.Comparison = judgment.Compare(subjects)
	return nil
}

// report is the report of an Evaluation. While Runs are going on, clients ask for statistics twice a second, so then it compares nothing.
func (s *Service) report(ctx context.Context, stats *Stats, judges []judge) (string, error) {
	runs := make([]judgment.Run, len(stats.Runs))
	versions := make([]string, len(stats.Runs))
	for i := range stats.Runs {
		runs[i], versions[i] = stats.Runs[i].Run, stats.Runs[i].VersionID
	}
	path, err := s.pathOf(ctx, versions)
	if err != nil {
		return "", err
	}
	list := make([]judgment.Reported, len(runs))
	for i := range runs {
		list[i] = judgment.Reported{RunStats: stats.Runs[i]}
	}
	if stats.Status == judgment.Completed || stats.Status == judgment.Cancelled {
		failures, err := s.o.DB.RunFailures(ctx, stats.Evaluation.ID)
		if err != nil {
			return "", err
		}
		for i := range list[:min(len(list), judgment.MaxReported)] {
			list[i].Failures, list[i].Base = failures[runs[i].ID], baseOf(runs, i, "")
			if err := s.compare(ctx, stats.Evaluation.ID, judges, &list[i]); err != nil {
				return "", err
			}
		}
	}
	return judgment.Report(stats.Evaluation.Name, path, list), nil
}

// pathOf is the path of the File that the first version is of; "" for none.
func (s *Service) pathOf(ctx context.Context, versionIDs []string) (string, error) {
	at := slices.IndexFunc(versionIDs, func(id string) bool { return id != "" })
	if at < 0 {
		return "", nil
	}
	snaps, err := s.o.DB.VersionsByID(ctx, versionIDs[at:at+1])
	return snaps[versionIDs[at]].File.Path, err
}
