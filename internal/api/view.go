package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/store"
)

// view shows versions of Files in one answer. What several of them refer to is read once.
type view struct {
	api    *API
	raw    bool // with the text of the .prompt or .agent file
	nested bool // of a File that another one links to

	aggregates   map[string][]store.Aggregate // by version; nil when they are not wanted
	environments map[string]file.Environment
	snaps        map[file.Link]*file.Snapshot // nil for what is gone
}

func (a *API) view() *view { return &view{api: a, snaps: map[file.Link]*file.Snapshot{}} }

// file shows a version of a File of any kind.
func (v *view) file(ctx context.Context, snap *file.Snapshot) (v5.File, error) {
	return v.api.kinds[snap.File.Kind].show(ctx, v, snap)
}

// files shows versions of Files of any kind.
func (v *view) files(ctx context.Context, snaps []file.Snapshot) ([]v5.File, error) {
	out := make([]v5.File, 0, len(snaps))
	for i := range snaps {
		shown, err := v.file(ctx, &snaps[i])
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}

// fields are those that all kinds share.
func (v *view) fields(ctx context.Context, snap *file.Snapshot, inputs []string) (v5.FileFields, error) {
	out, err := v.plainFields(ctx, snap, inputs)
	if err != nil {
		return out, err
	}
	if v.aggregates != nil {
		out.EvaluatorAggregates = aggregatesOf(v.aggregates[snap.Version.ID])
	}
	for i := range snap.Monitors {
		shown, err := v.monitor(ctx, &snap.Monitors[i])
		if err != nil {
			return out, err
		}
		if shown != nil {
			out.Evaluators = append(out.Evaluators, *shown)
		}
	}
	return out, nil
}

// plainFields are fields without the Evaluators that monitor the File.
func (v *view) plainFields(ctx context.Context, snap *file.Snapshot, inputs []string) (v5.FileFields, error) {
	by, err := v.api.authors.of(ctx, snap.Version.CreatedBy)
	return v5.FieldsOf(snap, inputs, by), err
}

func aggregatesOf(list []store.Aggregate) []v5.EvaluatorAggregate {
	out := make([]v5.EvaluatorAggregate, 0, len(list))
	for _, a := range list {
		out = append(out, v5.EvaluatorAggregate{
			Value: a.Mean, EvaluatorID: a.EvaluatorID, EvaluatorVersionID: a.EvaluatorVersionID, CreatedAt: a.From, UpdatedAt: a.To,
		})
	}
	return out
}

// monitor is nil for an Evaluator that was deleted.
func (v *view) monitor(ctx context.Context, m *file.Monitor) (*v5.MonitoringEvaluatorResponse, error) {
	snap, err := v.linked(ctx, file.Link{FileID: m.EvaluatorID, VersionID: m.VersionID, EnvironmentID: m.EnvironmentID})
	if err != nil || snap == nil {
		return nil, err
	}
	fields, err := v.plainFields(ctx, snap, nil)
	if err != nil {
		return nil, err
	}
	evaluator, err := evaluatorResponse(fields, snap)
	if err != nil {
		return nil, err
	}
	out := &v5.MonitoringEvaluatorResponse{Version: evaluator, State: "inactive", CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt}
	if m.Active {
		out.State = "active"
	}
	if m.EnvironmentID == "" {
		out.VersionReference.Value = &v5.VersionResponse{Type: "version", Version: v5.File{Value: evaluator}}
		return out, nil
	}
	environment, err := v.environment(ctx, m.EnvironmentID)
	if err != nil {
		return nil, err
	}
	out.VersionReference.Value = &v5.DeploymentResponse{Type: "environment", File: v5.File{Value: evaluator}, Environment: environment}
	return out, nil
}

func (v *view) environment(ctx context.Context, id string) (v5.EnvironmentResponse, error) {
	if v.environments == nil {
		all, err := v.api.o.DB.Environments(ctx)
		if err != nil {
			return v5.EnvironmentResponse{}, err
		}
		v.environments = make(map[string]file.Environment, len(all))
		for _, e := range all {
			v.environments[e.ID] = e
		}
	}
	e := v.environments[id]
	return v5.EnvironmentOf(&e), nil
}

// linked reads what a link means at the moment, nil for what was deleted.
func (v *view) linked(ctx context.Context, l file.Link) (*file.Snapshot, error) {
	if snap, known := v.snaps[l]; known {
		return snap, nil
	}
	snap, err := v.api.o.Catalog.Linked(ctx, &l)
	switch {
	case err == nil:
		v.snaps[l] = &snap
	case gone(err):
		v.snaps[l] = nil
	default:
		return nil, err
	}
	return v.snaps[l], nil
}

// gone reports whether err says that a File or a version does not exist.
func gone(err error) bool {
	for _, spec := range file.Specs() {
		if errs.Is(err, spec.NotFound) {
			return true
		}
	}
	return errs.Is(err, errs.VersionNotFound) || errs.Is(err, errs.EnvironmentNotFound)
}
