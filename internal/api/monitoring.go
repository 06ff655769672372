package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// monitoringRoutes returns the operations about the Evaluators that judge new Logs. Kinds have them that have Logs.
func monitoringRoutes[Req, Resp any](f *files[Req, Resp]) []web.Route {
	base, name := "/v5/"+f.kind.spec.Plural+"/{id}", f.kind.spec.Plural
	return []web.Route{
		{Method: "POST", Path: base + "/evaluators", ID: name + ".update_monitoring", Role: auth.Developer, Summary: "Choose the Evaluators that run on new Logs", Op: web.JSON(f.monitor)},
		{Method: "GET", Path: base + "/monitoring", ID: name + ".monitoring", Role: auth.Member, Summary: "See how the Evaluators that run on new Logs keep up", Op: web.JSON(f.monitoring)},
		{Method: "POST", Path: base + "/evaluators/backfill", ID: name + ".backfill", Role: auth.Developer, Summary: "Run an Evaluator on Logs that exist", Op: web.JSON(f.backfill)},
	}
}

type monitor struct {
	ID   string           `path:"id"`
	Body v5.MonitorUpdate `body:"json"`
}

func (f *files[Req, Resp]) monitor(ctx context.Context, in *monitor) (out Resp, err error) {
	activate := make([]store.Activation, len(in.Body.Activate))
	for i := range in.Body.Activate {
		if activate[i], err = activation(&in.Body.Activate[i]); err != nil {
			return out, errs.Within(err, "activate", i)
		}
	}
	deactivate := make([]file.Ref, len(in.Body.Deactivate))
	for i := range in.Body.Deactivate {
		if deactivate[i], err = monitorRef(&in.Body.Deactivate[i]); err != nil {
			return out, errs.Within(err, "deactivate", i)
		}
	}
	snap, err := f.api.o.DB.SetMonitors(ctx, f.kind.spec.Kind, in.ID, activate, deactivate)
	return f.show(ctx, snap, err)
}

func activation(m *v5.MonitorActivation) (store.Activation, error) {
	ref, err := monitorRef(&m.MonitorRef)
	a := store.Activation{Ref: ref, SampleRate: 1, Runs: m.Runs}
	if err == nil && m.SampleRate != nil {
		if a.SampleRate = *m.SampleRate; a.SampleRate == 0 {
			err = errs.Invalid("A sample has some Logs: deactivate an Evaluator that is to judge none.", "sample_rate")
		}
	}
	if m.Filter != nil {
		a.Only = file.LogSelection{Environment: m.Filter.Environment, Source: m.Filter.Source, Failed: m.Filter.HasError}
	}
	return a, err
}

// monitorRef refuses a reference that does not name an Evaluator in one of the two ways.
func monitorRef(m *v5.MonitorRef) (file.Ref, error) {
	byVersion, byEnvironment := m.EvaluatorVersionID != "", m.EvaluatorID != "" && m.EnvironmentID != ""
	if byVersion == byEnvironment {
		return file.Ref{}, errs.Invalid("Give either evaluator_version_id, or evaluator_id and environment_id.")
	}
	return file.Ref{VersionID: m.EvaluatorVersionID, ID: m.EvaluatorID, Environment: m.EnvironmentID}, nil
}

func (f *files[Req, Resp]) monitoring(ctx context.Context, in *byID) (*v5.Monitoring, error) {
	if _, err := f.api.o.Catalog.Find(ctx, f.kind.spec.Kind, file.Ref{ID: in.ID}); err != nil {
		return nil, err
	}
	counts, err := f.api.o.DB.MonitorCounts(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var ids []string
	for i := range counts {
		if id := counts[i].FailedLog; id != "" {
			ids = append(ids, id)
		}
	}
	failed, err := f.api.o.DB.LogsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := &v5.Monitoring{Evaluators: make([]v5.MonitoringState, len(counts))}
	for i := range counts {
		out.Evaluators[i] = monitoringState(&counts[i], failed[counts[i].FailedLog])
	}
	return out, nil
}

// monitoringState is how an Evaluator keeps up. failed is its Log that failed last; nil for none.
func monitoringState(c *store.MonitorCount, failed *trace.Log) v5.MonitoringState {
	out := v5.MonitoringState{
		EvaluatorID: c.EvaluatorID, EvaluatorPath: c.EvaluatorPath, EvaluatorVersionID: c.VersionID, EnvironmentID: c.EnvironmentID,
		State: "inactive", Waiting: c.Waiting, Judged: c.Judged, Failed: c.Failed, Skipped: c.Skipped,
	}
	if c.Active {
		out.State = "active"
	}
	if !c.Oldest.IsZero() {
		out.Oldest = &c.Oldest
	}
	if failed != nil && failed.Error != nil {
		out.LastError = &v5.MonitoringError{LogID: failed.ID, JudgedLogID: failed.ParentID, CreatedAt: failed.CreatedAt, Message: *failed.Error}
		if failed.Detail != nil {
			out.LastError.Reason = string(failed.Detail.Reason)
		}
	}
	return out
}

type backfill struct {
	ID   string             `path:"id"`
	Body v5.MonitorBackfill `body:"json"`
}

func (f *files[Req, Resp]) backfill(ctx context.Context, in *backfill) (*v5.MonitorBackfilled, error) {
	if _, err := f.api.o.Catalog.Find(ctx, f.kind.spec.Kind, file.Ref{ID: in.ID}); err != nil {
		return nil, err
	}
	b := &in.Body
	if (b.Last > 0) == (b.StartDate != nil || b.EndDate != nil) {
		return nil, errs.Invalid("Give either last, or start_date and end_date or one of them.", "last")
	}
	made, err := f.api.o.DB.BackfillTasks(ctx, store.Backfill{
		FileID: in.ID, VersionID: b.EvaluatorVersionID, Last: b.Last, From: timeOf(b.StartDate), To: timeOf(b.EndDate),
	})
	if err != nil {
		return nil, err
	}
	out := &v5.MonitorBackfilled{Logs: made.Tasks}
	if !made.Left.IsZero() {
		out.EndDate = &made.Left
	}
	return out, nil
}
