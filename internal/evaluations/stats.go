package evaluations

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
)

// Stats is the statistics of the Runs of an Evaluation.
type Stats struct {
	Evaluation *judgment.Evaluation
	Status     judgment.Progress
	Runs       []judgment.RunStats // newest first
	Report     string              // for a terminal
}

// Stats computes the current statistics of an Evaluation's Runs, without reading Logs. Once all Runs are finished, the report also compares each
// with the control, or else with the one before it. Errors: evaluation_not_found.
func (s *Service) Stats(ctx context.Context, id string) (*Stats, error) {
	e, err := s.o.DB.Evaluation(ctx, id)
	if err != nil {
		return nil, err
	}
	runs, err := s.o.DB.Runs(ctx, id) // before the judgments, so that those of a Run which is completed are all counted
	if err != nil {
		return nil, err
	}
	judges, err := s.judges(ctx, e)
	if err != nil {
		return nil, err
	}
	out := &Stats{Evaluation: e, Status: judgment.StatusOf(runs)}
	if out.Runs, err = s.summarize(ctx, id, judges, runs); err != nil {
		return nil, err
	}
	out.Report, err = s.report(ctx, out, judges)
	return out, err
}

// judge is an Evaluator of an Evaluation.
type judge struct {
	versionID, path string
	content         *file.Evaluator
}

// judges are the Evaluators of e, in its order.
func (s *Service) judges(ctx context.Context, e *judgment.Evaluation) ([]judge, error) {
	ids := make([]string, len(e.Evaluators))
	for i := range e.Evaluators {
		ids[i] = e.Evaluators[i].VersionID
	}
	snaps, err := s.o.DB.VersionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	judges := make([]judge, len(ids))
	for i, id := range ids {
		snap := snaps[id]
		judges[i] = judge{versionID: id, path: snap.File.Path}
		if judges[i].content, err = catalog.Content[file.Evaluator](&snap); err != nil {
			return nil, err
		}
	}
	return judges, nil
}

// summarize computes the statistics of Runs. Only those that have several Logs of a datapoint need the judgments one by one.
func (s *Service) summarize(ctx context.Context, id string, judges []judge, runs []judgment.Run) ([]judgment.RunStats, error) {
	tallies, err := s.o.DB.Tallies(ctx, id)
	if err != nil {
		return nil, err
	}
	repeated, err := s.o.DB.Repeated(ctx, id)
	if err != nil {
		return nil, err
	}
	byRun := map[string]map[string][]judgment.Tally{}
	for _, t := range tallies {
		if byRun[t.RunID] == nil {
			byRun[t.RunID] = map[string][]judgment.Tally{}
		}
		byRun[t.RunID][t.VersionID] = append(byRun[t.RunID][t.VersionID], t)
	}
	out := make([]judgment.RunStats, len(runs))
	for i, r := range runs {
		out[i] = judgment.RunStats{Run: r, Evaluators: make([]judgment.Stats, len(judges))}
		for k, j := range judges {
			out[i].Evaluators[k] = judgment.Summarize(j.versionID, j.path, j.content, byRun[r.ID][j.versionID])
		}
		if !slices.Contains(repeated, r.ID) {
			continue
		}
		marks, err := s.o.DB.Marks(ctx, id, r.ID)
		if err != nil {
			return nil, err
		}
		for k, j := range judges {
			out[i].Evaluators[k].Cluster(j.content, marks[r.ID][j.versionID])
		}
	}
	return out, nil
}
