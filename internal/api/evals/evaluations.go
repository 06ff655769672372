// Package evals is the part of the HTTP interface that is about Evaluations: their Runs, statistics and Logs.
package evals

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. All fields are required.
type Options struct {
	DB          *store.DB
	Shows       *show.Shows
	Evaluations *evaluations.Service
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Routes returns the operations on Evaluations.
func Routes(o Options) []web.Route {
	a := &handlers{o}
	const tag, base = "Evaluations", "/v5/evaluations"
	return []web.Route{
		{Method: "GET", Path: base, ID: "evaluations.list", Tag: tag, Role: auth.Member, Summary: "List a File's Evaluations", Op: web.JSON(a.evaluationsList)},
		{Method: "POST", Path: base, ID: "evaluations.create", Tag: tag, Role: auth.Developer, Summary: "Create an Evaluation", Op: web.Created(a.evaluationsCreate)},
		{Method: "GET", Path: base + "/{id}", ID: "evaluations.get", Tag: tag, Role: auth.Member, Summary: "Get an Evaluation", Op: web.JSON(a.evaluationsGet)},
		{Method: "DELETE", Path: base + "/{id}", ID: "evaluations.delete", Tag: tag, Role: auth.Developer, Summary: "Delete an Evaluation", Op: web.NoContent(a.evaluationsDelete)},
		{Method: "POST", Path: base + "/{id}/evaluators", ID: "evaluations.add_evaluators", Tag: tag, Role: auth.Developer, Summary: "Add Evaluators", Op: web.JSON(a.evaluationsAddEvaluators)},
		{Method: "DELETE", Path: base + "/{id}/evaluators/{evaluator_version_id}", ID: "evaluations.remove_evaluator", Tag: tag, Role: auth.Developer, Summary: "Remove an Evaluator", Op: web.JSON(a.evaluationsRemoveEvaluator)},
		{Method: "GET", Path: base + "/{id}/runs", ID: "evaluations.list_runs_for_evaluation", Name: "evaluations.list_runs", Tag: tag, Role: auth.Member, Summary: "List Runs", Op: web.JSON(a.runsList)},
		{Method: "POST", Path: base + "/{id}/runs", ID: "evaluations.create_run", Tag: tag, Role: auth.Member, Summary: "Create a Run", Op: web.JSON(a.runsCreate)},
		{Method: "POST", Path: base + "/{id}/runs/{run_id}", ID: "evaluations.add_existing_run", Tag: tag, Role: auth.Member, Summary: "Add a Run of another Evaluation", Op: web.JSON(a.runsAdd)},
		{Method: "DELETE", Path: base + "/{id}/runs/{run_id}", ID: "evaluations.remove_run", Tag: tag, Role: auth.Developer, Summary: "Remove a Run", Op: web.NoContent(a.runsRemove)},
		{Method: "PATCH", Path: base + "/{id}/runs/{run_id}", ID: "evaluations.update_evaluation_run", Tag: tag, Role: auth.Member, Summary: "Close a Run, or make it the control", Op: web.JSON(a.runsUpdate)},
		{Method: "POST", Path: base + "/{id}/runs/{run_id}/logs", ID: "evaluations.add_logs_to_run", Tag: tag, Role: auth.Member, Summary: "Add Logs to a Run", Op: web.JSON(a.runsAddLogs)},
		{Method: "POST", Path: base + "/{id}/runs/{run_id}/retry", ID: "evaluations.retry_run", Tag: tag, Role: auth.Member, Summary: "Retry what failed in a Run", Op: web.JSON(a.runsRetry)},
		{Method: "GET", Path: base + "/{id}/stats", ID: "evaluations.get_stats", Tag: tag, Role: auth.Member, Summary: "Get the statistics of the Runs", Op: web.JSON(a.evaluationsStats)},
		{Method: "GET", Path: base + "/{id}/review", ID: "evaluations.review", Tag: tag, Role: auth.Member, Summary: "Get Logs to judge by hand", Op: web.JSON(a.review)},
		{Method: "GET", Path: base + "/{id}/logs", ID: "evaluations.get_logs", Tag: tag, Role: auth.Member, Summary: "List the Logs of Runs", Op: web.JSON(a.evaluationsLogs)},
		{Method: "GET", Path: base + "/{id}/comparison", ID: "evaluations.compare", Tag: tag, Role: auth.Member, Summary: "Compare a Run with another", Op: web.JSON(a.evaluationsCompare)},
		{Method: "GET", Path: "/v5/runs/{run_id}/evaluations", ID: "runs.evaluations", Tag: tag, Role: auth.Member, Summary: "List the Evaluations that have a Run", Op: web.JSON(a.runsEvaluations)},
	}
}

type listEvaluations struct {
	FileID string `query:"file_id" required:"true" doc:"The File whose Evaluations are listed."`
	Page   int    `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size   int    `query:"size" default:"10" min:"0" doc:"Records per page."`
}

func (a *handlers) evaluationsList(ctx context.Context, in *listEvaluations) (*v5.Page[*v5.EvaluationResponse], error) {
	list, total, err := a.o.DB.Evaluations(ctx, in.FileID, trace.Page{Number: in.Page, Size: in.Size})
	if err != nil {
		return nil, errs.About(err, errs.FileNotFound, "file_id")
	}
	records, err := a.o.Shows.Evaluations(ctx, list)
	return &v5.Page[*v5.EvaluationResponse]{Records: records, Page: in.Page, Size: in.Size, Total: total}, err
}

type createEvaluation struct {
	Body v5.EvaluationCreate `body:"json"`
}

func (a *handlers) evaluationsCreate(ctx context.Context, in *createEvaluation) (*v5.EvaluationResponse, error) {
	draft := evaluations.Draft{Name: in.Body.Name, Evaluators: evaluatorRefs(in.Body.Evaluators), ReviewsPerLog: in.Body.ReviewsPerLog}
	if f := in.Body.File; f != nil {
		draft.File = &file.Ref{ID: f.ID, Path: f.Path}
	}
	e, err := a.o.Evaluations.Create(ctx, draft)
	return a.showEvaluation(ctx, e, err)
}

func evaluatorRefs(list []v5.EvaluatorRequest) []evaluations.EvaluatorRef {
	refs := make([]evaluations.EvaluatorRef, len(list))
	for i := range list {
		refs[i] = evaluations.EvaluatorRef{Ref: *versionRef(&list[i].VersionRequest), Orchestrated: unlessFalse(list[i].Orchestrated)}
	}
	return refs
}

func versionRef(r *v5.VersionRequest) *file.Ref {
	if r == nil {
		return nil
	}
	return &file.Ref{VersionID: r.VersionID, ID: r.ID, Path: r.Path, Environment: r.Environment}
}

// unlessFalse returns the value of a boolean that is true by default.
func unlessFalse(b *bool) bool { return b == nil || *b }

type byID struct {
	ID string `path:"id"`
}

func (a *handlers) evaluationsGet(ctx context.Context, in *byID) (*v5.EvaluationResponse, error) {
	e, err := a.o.DB.Evaluation(ctx, in.ID)
	return a.showEvaluation(ctx, e, err)
}

func (a *handlers) evaluationsDelete(ctx context.Context, in *byID) error {
	return a.o.DB.DeleteEvaluation(ctx, in.ID)
}

type addEvaluators struct {
	ID   string           `path:"id"`
	Body v5.EvaluatorsAdd `body:"json"`
}

func (a *handlers) evaluationsAddEvaluators(ctx context.Context, in *addEvaluators) (*v5.EvaluationResponse, error) {
	e, err := a.o.Evaluations.AddEvaluators(ctx, in.ID, evaluatorRefs(in.Body.Evaluators))
	return a.showEvaluation(ctx, e, err)
}

type removeEvaluator struct {
	ID        string `path:"id"`
	VersionID string `path:"evaluator_version_id"`
}

func (a *handlers) evaluationsRemoveEvaluator(ctx context.Context, in *removeEvaluator) (*v5.EvaluationResponse, error) {
	e, err := a.o.DB.RemoveEvaluator(ctx, in.ID, in.VersionID)
	return a.showEvaluation(ctx, e, err)
}

func (a *handlers) evaluationsStats(ctx context.Context, in *byID) (*v5.EvaluationStats, error) {
	stats, err := a.o.Evaluations.Stats(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return v5.StatsOf(stats.Runs, stats.Report, stats.Status), nil
}

func (a *handlers) showEvaluation(ctx context.Context, e *judgment.Evaluation, err error) (*v5.EvaluationResponse, error) {
	if err != nil {
		return nil, err
	}
	shown, err := a.o.Shows.Evaluations(ctx, []judgment.Evaluation{*e})
	if err != nil {
		return nil, err
	}
	return shown[0], nil
}
