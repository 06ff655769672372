package show

import (
	"context"
	"fmt"
	"net/url"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// Evaluations shows Evaluations; the versions of their Evaluators are read once.
func (s *Shows) Evaluations(ctx context.Context, list []judgment.Evaluation) ([]*v5.EvaluationResponse, error) {
	var ids []string
	for i := range list {
		for _, e := range list[i].Evaluators {
			ids = append(ids, e.VersionID)
		}
	}
	versions, err := s.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	authors, err := s.authors.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*v5.EvaluationResponse, len(list))
	for i := range list {
		e := &list[i]
		out[i] = &v5.EvaluationResponse{
			ID: e.ID, RunsCount: e.RunsCount, Name: e.Name, FileID: e.FileID, CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt,
			CreatedBy: authors[e.CreatedBy], URL: s.evaluationPage(e.ID),
			Evaluators: make([]v5.EvaluationEvaluatorResponse, 0, len(e.Evaluators)), ReviewsPerLog: e.ReviewsPerLog,
		}
		for _, one := range e.Evaluators {
			version, _ := versions[one.VersionID].Value.(*v5.EvaluatorResponse)
			out[i].Evaluators = append(out[i].Evaluators, v5.EvaluationEvaluatorResponse{Version: version, Orchestrated: one.Orchestrated, AddedAt: one.AddedAt})
		}
	}
	return out, nil
}

// Runs shows Runs; the versions that they are about are read once.
func (s *Shows) Runs(ctx context.Context, runs []judgment.Run) ([]v5.EvaluationRunResponse, error) {
	var ids []string
	for i := range runs {
		ids = append(ids, runs[i].VersionID, runs[i].DatasetVersionID)
		for _, w := range runs[i].Waiting {
			ids = append(ids, w.VersionID)
		}
	}
	versions, err := s.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	authors, err := s.authors.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]v5.EvaluationRunResponse, len(runs))
	for i := range runs {
		r := &runs[i]
		out[i] = v5.EvaluationRunResponse{
			ID: r.ID, Orchestrated: r.Orchestrated, AddedAt: r.AddedAt, CreatedAt: r.CreatedAt, CreatedBy: authors[r.CreatedBy],
			Status: string(r.Status()), Control: r.Control, Progress: progressOf(r, versions),
		}
		out[i].Dataset, _ = versions[r.DatasetVersionID].Value.(*v5.DatasetResponse)
		if version, ok := versions[r.VersionID]; ok {
			out[i].Version = &version
		}
	}
	return out, nil
}

// progressOf shows how far a Run has come. versions has the Evaluators that it waits for.
func progressOf(r *judgment.Run, versions map[string]v5.File) v5.RunProgress {
	out := v5.RunProgress{
		Logs: r.Logs, Missing: r.Missing, Failed: r.Failed, Judged: r.Judged, Wanted: r.Wanted, WaitingFor: make([]string, 0, len(r.Waiting)),
		Cost: dollars(r.Cost), MaxErrors: r.MaxErrors,
	}
	for _, w := range r.Waiting {
		if e, ok := versions[w.VersionID].Value.(*v5.EvaluatorResponse); ok {
			out.WaitingFor = append(out.WaitingFor, fmt.Sprintf("%s %s: %d", e.Spec.EvaluatorType, e.Name, w.Logs))
		}
	}
	if r.MaxCost > 0 {
		out.MaxCost = new(dollars(r.MaxCost))
	}
	if r.Stopped != "" {
		out.Stopped = &r.Stopped
	}
	return out
}

// dollars converts dollars * 10^9.
func dollars(nano int64) float64 { return float64(nano) / 1e9 }

// RunLogs shows Logs of Runs with the judgments of the Evaluators of e.
func (s *Shows) RunLogs(ctx context.Context, e *judgment.Evaluation, list []store.RunLog) ([]v5.EvaluationLogResponse, error) {
	logs, datapointIDs := make([]*trace.Log, len(list)), make([]string, len(list))
	for i, l := range list {
		logs[i], datapointIDs[i] = l.Log, l.Log.DatapointID
	}
	datapoints, err := s.db.DatapointsByID(ctx, datapointIDs)
	if err != nil {
		return nil, err
	}
	ours, err := s.evaluatorsOf(ctx, e)
	if err != nil {
		return nil, err
	}
	shown, err := s.Logs(ctx, logs, LogParts{})
	if err != nil {
		return nil, err
	}
	out := make([]v5.EvaluationLogResponse, len(list))
	for i, l := range list {
		out[i] = v5.EvaluationLogResponse{RunID: l.RunID, Log: shown[i], EvaluatorLogs: []v5.Log{}}
		for _, judgment := range shown[i].EvaluatorLogs {
			if judgment.Evaluator != nil && ours[judgment.Evaluator.ID] {
				out[i].EvaluatorLogs = append(out[i].EvaluatorLogs, judgment)
			}
		}
		if d, ok := datapoints[l.Log.DatapointID]; ok {
			out[i].Datapoint = &v5.DatapointResponses([]file.Datapoint{d})[0]
		}
	}
	return out, nil
}

// evaluatorsOf are the ids of the Files of the Evaluators of e.
func (s *Shows) evaluatorsOf(ctx context.Context, e *judgment.Evaluation) (map[string]bool, error) {
	versions := make([]string, len(e.Evaluators))
	for i := range e.Evaluators {
		versions[i] = e.Evaluators[i].VersionID
	}
	snaps, err := s.catalog.Versions(ctx, versions)
	ids := make(map[string]bool, len(snaps))
	for _, snap := range snaps {
		ids[snap.File.ID] = true
	}
	return ids, err
}

// evaluationPage is the address of an Evaluation's page in the web interface; nil when the server's URL is not known.
func (s *Shows) evaluationPage(id string) *string {
	if s.base == "" {
		return nil
	}
	return new(s.base + "/evaluations/" + url.PathEscape(id))
}
