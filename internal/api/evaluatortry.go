package api

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// evaluatorRoutes returns the operations that only Evaluators have.
func evaluatorRoutes(a *API, _ file.Spec) []web.Route {
	return []web.Route{
		{Method: "POST", Path: "/v5/evaluators/try", ID: "evaluators.try", Tag: "Evaluators", Role: auth.Developer, Summary: "Judge some Logs without saving the judgments", Op: web.JSON(a.evaluatorsTry)},
	}
}

// maxTried is the most Logs that are judged in a request.
const maxTried = 20

type evaluatorsTry struct {
	Body v5.EvaluatorTry `body:"json"`
}

func (a *API) evaluatorsTry(ctx context.Context, in *evaluatorsTry) ([]v5.EvaluatorTryResult, error) {
	evaluator, err := a.tried(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	cases, err := a.triedLogs(ctx, &in.Body)
	if err != nil {
		return nil, err
	}
	out := make([]v5.EvaluatorTryResult, len(cases))
	failures := make([]error, len(cases))
	var running sync.WaitGroup
	for i := range cases {
		running.Go(func() {
			defer guard(&failures[i])
			out[i], failures[i] = a.try(ctx, evaluator, &cases[i])
		})
	}
	running.Wait()
	return out, errors.Join(failures...)
}

// guard turns a panic into an error of the request.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = errs.Wrap("api.try", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}
}

// tried is the version to try: of the content in the request, or the one that it names.
func (a *API) tried(ctx context.Context, b *v5.EvaluatorTry) (*file.Snapshot, error) {
	ref := file.Ref{ID: b.ID, Path: b.Path, VersionID: b.VersionID, Environment: b.Environment}
	var snap file.Snapshot
	var err error
	switch {
	case b.Spec != nil && ref != (file.Ref{}):
		return nil, errs.Invalid("Give either spec or a version (version_id, id or path), not both.", "spec")
	case b.Spec != nil:
		snap, err = a.o.Catalog.Unsaved(ctx, catalog.Draft{Content: b.Spec.Content()})
	default:
		snap, err = a.o.Catalog.Find(ctx, file.EvaluatorKind, ref)
	}
	return &snap, err
}

// triedLog is a Log with the datapoint that it is judged by, which may be nil.
type triedLog struct {
	log      *trace.Log
	testcase *file.Datapoint
}

// triedLogs are the Logs to judge: first the stored ones.
func (a *API) triedLogs(ctx context.Context, b *v5.EvaluatorTry) ([]triedLog, error) {
	switch n := len(b.LogIDs) + len(b.Logs); {
	case n == 0:
		return nil, errs.Invalid("There is no Log to judge: give log_ids or logs.", "log_ids")
	case n > maxTried:
		return nil, errs.Invalid(fmt.Sprintf("At most %d Logs are judged at once, not %d.", maxTried, n), "log_ids")
	}
	stored, err := a.o.DB.LogsByID(ctx, b.LogIDs)
	if err != nil {
		return nil, err
	}
	out := make([]triedLog, 0, len(b.LogIDs)+len(b.Logs))
	for i, id := range b.LogIDs {
		if stored[id] == nil {
			return nil, errs.New(errs.LogNotFound, "The Log `%s` does not exist.", id).At(errs.Dotted([]any{"log_ids", i}))
		}
		out = append(out, triedLog{log: stored[id]})
	}
	for i := range b.Logs {
		out = append(out, triedLog{log: unsavedLog(&b.Logs[i])})
	}
	return out, a.putTestcases(ctx, out, b.Testcase)
}

func unsavedLog(b *v5.TriedLog) *trace.Log {
	l := &trace.Log{Kind: file.PromptKind, CreatedAt: timeOf(b.CreatedAt)}
	putAnswer(l, &b.ModelAnswer)
	putResult(l, &b.LogResult)
	putAbout(l, &b.LogAbout)
	return l
}

// putTestcases sets the datapoint of the request, or else those that the Logs name.
func (a *API) putTestcases(ctx context.Context, cases []triedLog, given *v5.CreateDatapoint) error {
	if given != nil {
		all := v5.DatapointsOf([]v5.CreateDatapoint{*given})
		for i := range cases {
			cases[i].testcase = &all[0]
		}
		return nil
	}
	var ids []string
	for _, c := range cases {
		if c.log.DatapointID != "" {
			ids = append(ids, c.log.DatapointID)
		}
	}
	known, err := a.o.DB.DatapointsByID(ctx, ids)
	for i := range cases {
		if d, ok := known[cases[i].log.DatapointID]; ok {
			cases[i].testcase = &d
		}
	}
	return err
}

// try has one Log judged.
func (a *API) try(ctx context.Context, evaluator *file.Snapshot, c *triedLog) (v5.EvaluatorTryResult, error) {
	l, err := a.o.Judge.Judge(ctx, evaluator, c.log, c.testcase)
	if err != nil {
		return v5.EvaluatorTryResult{}, err
	}
	out := v5.EvaluatorTryResult{
		Judgment: v5.Judgment{Value: l.Payload.Judgment}, Error: l.Error, Detail: l.Detail.Under(a.o.BaseURL), Stdout: l.Payload.Stdout, Output: l.Payload.Output,
		Metadata: l.Metadata, Milliseconds: l.EndTime.Sub(l.StartTime).Milliseconds(), Cost: costOf(l),
	}
	if out.Judgment.Value == nil {
		out.Judgment.Value = json.Value("null")
	}
	return out, nil
}

// costOf is what a Log cost in US dollars, nil if that is not known.
func costOf(l *trace.Log) *float64 {
	if l.PromptCost == nil || l.OutputCost == nil {
		return nil
	}
	cost := *l.PromptCost + *l.OutputCost
	return &cost
}
