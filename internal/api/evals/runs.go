package evals

import (
	"cmp"
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

func (a *handlers) runsList(ctx context.Context, in *byID) (*v5.EvaluationRunsResponse, error) {
	runs, err := a.o.DB.Runs(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := a.o.Shows.Runs(ctx, runs)
	return &v5.EvaluationRunsResponse{Runs: shown}, err
}

type createRun struct {
	ID   string       `path:"id"`
	Body v5.RunCreate `body:"json"`
}

func (a *handlers) runsCreate(ctx context.Context, in *createRun) (*v5.EvaluationRunResponse, error) {
	b := &in.Body
	r, err := a.o.Evaluations.CreateRun(ctx, in.ID, evaluations.RunDraft{
		Dataset: versionRef(b.Dataset), Version: versionRef(b.Version), Orchestrated: orchestrated(b), UseExistingLogs: b.UseExistingLogs,
		MaxCost: b.MaxCost, MaxErrors: b.MaxErrors,
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

type oneRun struct {
	ID    string `path:"id"`
	RunID string `path:"run_id"`
}

func (a *handlers) runsAdd(ctx context.Context, in *oneRun) (*v5.EvaluationRunResponse, error) {
	r, err := a.o.DB.AddRun(ctx, in.ID, in.RunID)
	return a.showRun(ctx, r, err)
}

func (a *handlers) runsRemove(ctx context.Context, in *oneRun) error {
	return a.o.DB.RemoveRun(ctx, in.ID, in.RunID)
}

type updateRun struct {
	ID    string       `path:"id"`
	RunID string       `path:"run_id"`
	Body  v5.RunUpdate `body:"json"`
}

func (a *handlers) runsUpdate(ctx context.Context, in *updateRun) (*v5.EvaluationRunResponse, error) {
	change := store.RunChange{Control: in.Body.Control, Close: judgment.Progress(in.Body.Status)}
	if change.Close == judgment.Pending || change.Close == judgment.Running {
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

func (a *handlers) runsAddLogs(ctx context.Context, in *addRunLogs) (*v5.EvaluationRunResponse, error) {
	r, err := a.o.DB.AddLogsToRun(ctx, in.ID, in.RunID, in.Body.LogIDs)
	return a.showRun(ctx, r, err)
}

type retryRun struct {
	ID    string      `path:"id"`
	RunID string      `path:"run_id"`
	Body  v5.RunRetry `body:"json"`
}

func (a *handlers) runsRetry(ctx context.Context, in *retryRun) (*v5.EvaluationRunResponse, error) {
	r, err := a.o.Evaluations.RetryRun(ctx, in.ID, in.RunID, cmp.Or(store.Retry(in.Body.Only), store.RetryErrors))
	return a.showRun(ctx, r, err)
}

func (a *handlers) showRun(ctx context.Context, r *judgment.Run, err error) (*v5.EvaluationRunResponse, error) {
	if err != nil {
		return nil, err
	}
	shown, err := a.o.Shows.Runs(ctx, []judgment.Run{*r})
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

type listRunLogs struct {
	ID    string   `path:"id"`
	Page  int      `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size  int      `query:"size" default:"10" min:"0" doc:"Records per page."`
	RunID []string `query:"run_id" doc:"Only the Logs of these Runs; may be repeated."`
}

func (a *handlers) evaluationsLogs(ctx context.Context, in *listRunLogs) (*v5.Page[v5.EvaluationLogResponse], error) {
	e, err := a.o.DB.Evaluation(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, total, err := a.o.DB.RunLogs(ctx, in.ID, in.RunID, trace.Page{Number: in.Page, Size: in.Size})
	if err != nil {
		return nil, err
	}
	records, err := a.o.Shows.RunLogs(ctx, e, list)
	return &v5.Page[v5.EvaluationLogResponse]{Records: records, Page: in.Page, Size: in.Size, Total: total}, err
}
