package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/errs"
	"openloop/internal/evaluation"
	"openloop/internal/evaluations"
	"openloop/internal/file"
	"openloop/internal/store"
	"openloop/internal/trace"
)

func (a *API) runsList(ctx context.Context, in *byID) (*v5.EvaluationRunsResponse, error) {
	runs, err := a.o.DB.Runs(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := a.showRuns(ctx, runs)
	if err != nil {
		return nil, err
	}
	return &v5.EvaluationRunsResponse{Runs: shown}, nil
}

type createRun struct {
	ID   string       `path:"id"`
	Body v5.RunCreate `body:"json"`
}

func (a *API) runsCreate(ctx context.Context, in *createRun) (*v5.EvaluationRunResponse, error) {
	b := &in.Body
	r, err := a.evaluations.CreateRun(ctx, in.ID, evaluations.RunDraft{
		Dataset: versionRef(b.Dataset), Version: versionRef(b.Version), Orchestrated: orchestrated(b), UseExistingLogs: b.UseExistingLogs,
	})
	return a.showRun(ctx, r, err)
}

// orchestrated reports whether the server is to generate the Logs of a Run. By default it does if the Run names a dataset or a version.
func orchestrated(b *v5.RunCreate) bool {
	if b.Orchestrated == nil {
		return b.Dataset != nil || b.Version != nil
	}
	return *b.Orchestrated
}

// oneRun identifies a Run of an Evaluation.
type oneRun struct {
	ID    string `path:"id"`
	RunID string `path:"run_id"`
}

func (a *API) runsAdd(ctx context.Context, in *oneRun) (*v5.EvaluationRunResponse, error) {
	r, err := a.o.DB.AddRun(ctx, in.ID, in.RunID)
	return a.showRun(ctx, r, err)
}

func (a *API) runsRemove(ctx context.Context, in *oneRun) error {
	return a.o.DB.RemoveRun(ctx, in.ID, in.RunID)
}

type updateRun struct {
	ID    string       `path:"id"`
	RunID string       `path:"run_id"`
	Body  v5.RunUpdate `body:"json"`
}

func (a *API) runsUpdate(ctx context.Context, in *updateRun) (*v5.EvaluationRunResponse, error) {
	change := store.RunChange{Control: in.Body.Control, Close: evaluation.Status(in.Body.Status)}
	if change.Close == evaluation.Pending || change.Close == evaluation.Running {
		return nil, errs.Invalid("A Run can only be completed or cancelled by hand.", "status")
	}
	r, err := a.o.DB.UpdateRun(ctx, in.ID, in.RunID, change)
	return a.showRun(ctx, r, err)
}

type addRunLogs struct {
	ID    string        `path:"id"`
	RunID string        `path:"run_id"`
	Body  v5.RunLogsAdd `body:"json"`
}

func (a *API) runsAddLogs(ctx context.Context, in *addRunLogs) (*v5.EvaluationRunResponse, error) {
	r, err := a.o.DB.AddLogsToRun(ctx, in.ID, in.RunID, in.Body.LogIDs)
	return a.showRun(ctx, r, err)
}

// showRun shows r, or returns err.
func (a *API) showRun(ctx context.Context, r *evaluation.Run, err error) (*v5.EvaluationRunResponse, error) {
	if err != nil {
		return nil, err
	}
	shown, err := a.showRuns(ctx, []evaluation.Run{*r})
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

func (a *API) showRuns(ctx context.Context, runs []evaluation.Run) ([]v5.EvaluationRunResponse, error) {
	var ids []string
	for i := range runs {
		ids = append(ids, runs[i].VersionID, runs[i].DatasetVersionID)
	}
	shown, err := a.filesOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]v5.EvaluationRunResponse, len(runs))
	for i := range runs {
		r := &runs[i]
		by, err := a.authors.of(ctx, r.CreatedBy)
		if err != nil {
			return nil, err
		}
		out[i] = v5.EvaluationRunResponse{
			ID: r.ID, Orchestrated: r.Orchestrated, AddedAt: r.AddedAt, CreatedAt: r.CreatedAt, CreatedBy: by, Status: string(r.Status()), Control: r.Control,
		}
		out[i].Dataset, _ = shown[r.DatasetVersionID].Value.(*v5.DatasetResponse)
		if version, ok := shown[r.VersionID]; ok {
			out[i].Version = &version
		}
	}
	return out, nil
}

type listRunLogs struct {
	ID    string   `path:"id"`
	Page  int      `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size  int      `query:"size" default:"10" min:"0" doc:"Records per page."`
	RunID []string `query:"run_id" doc:"Only the Logs of these Runs; may be repeated."`
}

func (a *API) evaluationsLogs(ctx context.Context, in *listRunLogs) (*v5.Page[v5.EvaluationLogResponse], error) {
	e, err := a.o.DB.Evaluation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, total, err := a.o.DB.RunLogs(ctx, in.ID, in.RunID, trace.Page{Number: in.Page, Size: in.Size})
	if err != nil {
		return nil, err
	}
	records, err := a.showRunLogs(ctx, e, list)
	if err != nil {
		return nil, err
	}
	return &v5.Page[v5.EvaluationLogResponse]{Records: records, Page: in.Page, Size: in.Size, Total: total}, nil
}

// showRunLogs shows Logs of Runs with the judgments of the Evaluators of e.
func (a *API) showRunLogs(ctx context.Context, e *evaluation.Evaluation, list []store.RunLog) ([]v5.EvaluationLogResponse, error) {
	logs, datapointIDs := make([]*trace.Log, len(list)), make([]string, len(list))
	for i, l := range list {
		logs[i], datapointIDs[i] = l.Log, l.Log.DatapointID
	}
	datapoints, err := a.o.DB.DatapointsByID(ctx, datapointIDs)
	if err != nil {
		return nil, err
	}
	ours, err := a.evaluatorsOf(ctx, e)
	if err != nil {
		return nil, err
	}
	shown, err := a.showLogs(ctx, logs, logParts{})
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

// evaluatorsOf returns the ids of the Files of the Evaluators of e.
func (a *API) evaluatorsOf(ctx context.Context, e *evaluation.Evaluation) (map[string]bool, error) {
	versions := make([]string, len(e.Evaluators))
	for i := range e.Evaluators {
		versions[i] = e.Evaluators[i].VersionID
	}
	snaps, err := a.o.DB.VersionsByID(ctx, versions)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]bool, len(snaps))
	for _, snap := range snaps {
		ids[snap.File.ID] = true
	}
	return ids, nil
}
