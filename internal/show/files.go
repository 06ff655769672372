package show

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// view is one answer about versions of Files. First all that they refer to is gathered, each once; then they are rendered from memory.
type view struct {
	*Shows
	with With

	opened       map[string]*catalog.Opened   // by the version's id
	linked       map[file.Link]*file.Snapshot // nil for what is gone
	authors      map[string]*v5.UserResponse  // by the key's id
	environments map[string]file.Environment  // by id; read when some Evaluator monitors by one
	err          error                        // the first failure of the rendering
}

// view gathers what snaps refer to.
func (s *Shows) view(ctx context.Context, with With, snaps ...*file.Snapshot) (*view, error) {
	v := &view{Shows: s, with: with, opened: map[string]*catalog.Opened{}, linked: map[file.Link]*file.Snapshot{}}
	for _, snap := range snaps {
		if err := v.gather(ctx, snap, false); err != nil {
			return nil, err
		}
	}
	return v, v.settle(ctx)
}

// gather reads what snap refers to. A nested File, which an Agent links to, is shown without the Files that it links to in turn: Agents may
// link to each other in a circle.
func (v *view) gather(ctx context.Context, snap *file.Snapshot, nested bool) error {
	opened, err := v.open(snap)
	if err != nil {
		return err
	}
	for i := range snap.Monitors {
		if _, err := v.follow(ctx, linkOf(&snap.Monitors[i])); err != nil {
			return err
		}
	}
	switch content := opened.Content.(type) {
	case *file.Prompt:
		for _, id := range content.LinkedTools {
			if _, err := v.follow(ctx, file.Link{FileID: id}); err != nil {
				return err
			}
		}
	case *file.Agent:
		return v.gatherTools(ctx, content.Tools, nested)
	}
	return nil
}

func (v *view) gatherTools(ctx context.Context, tools []file.AgentTool, nested bool) error {
	for _, t := range tools {
		if t.Link == nil || nested {
			continue
		}
		snap, err := v.follow(ctx, *t.Link)
		if err != nil {
			return err
		}
		if snap == nil {
			continue
		}
		if err := v.gather(ctx, snap, true); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) open(snap *file.Snapshot) (*catalog.Opened, error) {
	opened, err := v.catalog.Opened(snap)
	v.opened[snap.Version.ID] = opened
	return opened, err
}

// follow reads what a link means at the moment, nil for what was deleted.
func (v *view) follow(ctx context.Context, l file.Link) (*file.Snapshot, error) {
	if snap, known := v.linked[l]; known {
		return snap, nil
	}
	snap, err := v.catalog.Linked(ctx, l)
	if gone(err) {
		snap, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	v.linked[l] = snap
	if snap != nil {
		_, err = v.open(snap)
	}
	return snap, err
}

// gone reports whether err says that a File or a version does not exist.
func gone(err error) bool {
	for _, spec := range file.Specs() {
		if errs.Is(err, spec.NotFound) {
			return true
		}
	}
	return errs.Is(err, errs.VersionNotFound, errs.EnvironmentNotFound)
}

func linkOf(m *file.Monitor) file.Link {
	return file.Link{FileID: m.EvaluatorID, VersionID: m.VersionID, EnvironmentID: m.EnvironmentID}
}

// settle reads what all that was gathered needs together.
func (v *view) settle(ctx context.Context) error {
	var counted []*file.Snapshot
	byEnvironment := false
	for l, snap := range v.linked {
		byEnvironment = byEnvironment || l.EnvironmentID != ""
		if snap != nil {
			counted = append(counted, snap)
		}
	}
	if err := v.db.Recount(ctx, counted); err != nil {
		return err
	}
	if byEnvironment {
		all, err := v.db.Environments(ctx)
		if err != nil {
			return err
		}
		v.environments = make(map[string]file.Environment, len(all))
		for _, e := range all {
			v.environments[e.ID] = e
		}
	}
	var err error
	v.authors, err = v.Shows.authors.all(ctx)
	return err
}

func (v *view) file(snap *file.Snapshot, nested bool) v5.File {
	opened := v.opened[snap.Version.ID]
	inputs := opened.Inputs()
	switch content := opened.Content.(type) {
	case *file.Prompt:
		return v5.File{Value: v.prompt(snap, content, inputs)}
	case *file.Agent:
		return v5.File{Value: v.agent(snap, content, inputs, nested)}
	case *file.Tool:
		return v5.File{Value: &v5.ToolResponse{
			FileFields: v.fields(snap, content.Parameters()), Type: string(snap.File.Kind), ToolKernel: v5.ToolKernelOf(content), ToolType: string(content.Runs()),
		}}
	case *file.Evaluator:
		return v5.File{Value: evaluator(v.fields(snap, inputs), snap, content)}
	case *file.Flow:
		return v5.File{Value: &v5.FlowResponse{FileFields: v.fields(snap, nil), Type: string(snap.File.Kind), Attributes: json.ObjectOrEmpty(content.Attributes)}}
	case *file.Dataset:
		return v5.File{Value: v5.DatasetOf(snap, content, v.authors)}
	default:
		return v5.File{}
	}
}

// fields are those that all kinds share.
func (v *view) fields(snap *file.Snapshot, inputs []string) v5.FileFields {
	out := v5.FieldsOf(snap, inputs, v.authors)
	if v.with.Aggregates != nil {
		out.EvaluatorAggregates = aggregates(v.with.Aggregates[snap.Version.ID])
	}
	for i := range snap.Monitors {
		if shown := v.monitor(&snap.Monitors[i]); shown != nil {
			out.Evaluators = append(out.Evaluators, *shown)
		}
	}
	return out
}

// monitor is nil for an Evaluator that was deleted.
func (v *view) monitor(m *file.Monitor) *v5.MonitoringEvaluatorResponse {
	snap := v.linked[linkOf(m)]
	if snap == nil {
		return nil
	}
	opened := v.opened[snap.Version.ID]
	content, ok := opened.Content.(*file.Evaluator)
	if !ok {
		return nil
	}
	shown := evaluator(v5.FieldsOf(snap, opened.Inputs(), v.authors), snap, content)
	out := &v5.MonitoringEvaluatorResponse{
		Version: shown, State: "inactive", CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, SampleRate: m.SampleRate, Runs: m.Runs,
	}
	if m.Only != (file.LogSelection{}) {
		out.Filter = &v5.MonitorFilter{Environment: m.Only.Environment, Source: m.Only.Source, HasError: m.Only.Failed}
	}
	if m.Active {
		out.State = "active"
	}
	if m.EnvironmentID == "" {
		out.VersionReference.Value = &v5.VersionResponse{Type: "version", Version: v5.File{Value: shown}}
		return out
	}
	environment := v.environments[m.EnvironmentID]
	out.VersionReference.Value = &v5.DeploymentResponse{Type: "environment", File: v5.File{Value: shown}, Environment: v5.EnvironmentOf(&environment, nil)}
	return out
}

func evaluator(fields v5.FileFields, snap *file.Snapshot, content *file.Evaluator) *v5.EvaluatorResponse {
	return &v5.EvaluatorResponse{FileFields: fields, Type: string(snap.File.Kind), Spec: v5.EvaluatorSpecOf(content), Attributes: content.Attributes}
}

func aggregates(list []store.Aggregate) []v5.EvaluatorAggregate {
	out := make([]v5.EvaluatorAggregate, 0, len(list))
	for _, a := range list {
		out = append(out, v5.EvaluatorAggregate{
			Value: a.Mean, EvaluatorID: a.EvaluatorID, EvaluatorVersionID: a.EvaluatorVersionID, CreatedAt: a.From, UpdatedAt: a.To,
		})
	}
	return out
}
