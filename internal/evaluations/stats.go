package evaluations

import (
	"context"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
)

// Stats is the statistics of the Runs of an Evaluation.
type Stats struct {
	Evaluation *judgment.Evaluation
	Status     judgment.Progress
	Runs       []judgment.RunStats // newest first
}

// Stats computes the current statistics of an Evaluation's Runs, without reading Logs. Errors: evaluation_not_found.
func (s *Service) Stats(ctx context.Context, id string) (*Stats, error) {
	e, err := s.o.DB.Evaluation(ctx, id)
	if err != nil {
		return nil, err
	}
	runs, err := s.o.DB.Runs(ctx, id) // before the judgments, so that those of a Run which is completed are all counted
	if err != nil {
		return nil, err
	}
	tallies, err := s.o.DB.Tallies(ctx, id)
	if err != nil {
		return nil, err
	}
	summarize, err := s.summaries(ctx, e)
	if err != nil {
		return nil, err
	}
	out := &Stats{Evaluation: e, Status: judgment.StatusOf(runs), Runs: make([]judgment.RunStats, len(runs))}
	byRun := map[string][]judgment.Tally{}
	for _, t := range tallies {
		byRun[t.RunID] = append(byRun[t.RunID], t)
	}
	for i, r := range runs {
		out.Runs[i] = judgment.RunStats{Run: r, Evaluators: summarize(byRun[r.ID])}
	}
	return out, nil
}

// summaries returns the statistics of one Run for each Evaluator of e, in its order.
func (s *Service) summaries(ctx context.Context, e *judgment.Evaluation) (func([]judgment.Tally) []judgment.Stats, error) {
	ids := make([]string, len(e.Evaluators))
	for i := range e.Evaluators {
		ids[i] = e.Evaluators[i].VersionID
	}
	snaps, err := s.o.DB.VersionsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	contents := make([]*file.Evaluator, len(ids))
	for i, id := range ids {
		snap := snaps[id]
		if contents[i], err = catalog.Content[file.Evaluator](&snap); err != nil {
			return nil, err
		}
	}
	return func(tallies []judgment.Tally) []judgment.Stats {
		byVersion := map[string][]judgment.Tally{}
		for _, t := range tallies {
			byVersion[t.VersionID] = append(byVersion[t.VersionID], t)
		}
		out := make([]judgment.Stats, len(ids))
		for i, id := range ids {
			out[i] = judgment.Summarize(id, snaps[id].File.Path, contents[i], byVersion[id])
		}
		return out
	}, nil
}
