package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/evaluations/gate"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/web"
)

// gateRoutes returns the operations on the gates before the environments of a kind's Files.
func gateRoutes[Req, Resp any](f *files[Req, Resp]) []web.Route {
	name := f.kind.spec.Plural
	base := "/v5/" + name + "/{id}/environments/{environment_id}/gate"
	return []web.Route{
		{Method: "GET", Path: base, ID: name + ".get_gate", Role: auth.Member, Summary: "Get the gate before an environment", Op: web.JSON(f.gate)},
		{Method: "PUT", Path: base, ID: name + ".set_gate", Role: auth.Developer, Summary: "Put a gate before an environment", Op: web.JSON(f.setGate)},
		{Method: "DELETE", Path: base, ID: name + ".delete_gate", Role: auth.Developer, Summary: "Remove the gate before an environment", Op: web.NoContent(f.deleteGate)},
		{Method: "POST", Path: base + "/check", ID: name + ".check_gate", Role: auth.Member, Summary: "Start the Run that may open a gate", Op: web.JSON(f.checkGate)},
	}
}

type gateOf struct {
	ID            string `path:"id"`
	EnvironmentID string `path:"environment_id"`
	VersionID     string `query:"version_id" doc:"The version that is to pass; by default the newest."`
}

func (f *files[Req, Resp]) place(id, environmentID string) gate.Place {
	return gate.Place{Kind: f.kind.spec.Kind, FileID: id, EnvironmentID: environmentID}
}

func (f *files[Req, Resp]) gate(ctx context.Context, in *gateOf) (*v5.GateResponse, error) {
	state, err := f.api.gates.State(ctx, f.place(in.ID, in.EnvironmentID), in.VersionID)
	return f.api.showGate(ctx, state, err)
}

func (f *files[Req, Resp]) checkGate(ctx context.Context, in *gateOf) (*v5.GateResponse, error) {
	state, err := f.api.gates.Check(ctx, f.place(in.ID, in.EnvironmentID), in.VersionID)
	return f.api.showGate(ctx, state, err)
}

func (f *files[Req, Resp]) deleteGate(ctx context.Context, in *deployment) error {
	return f.api.gates.Delete(ctx, f.place(in.ID, in.EnvironmentID))
}

type setGate struct {
	ID            string     `path:"id"`
	EnvironmentID string     `path:"environment_id"`
	Body          v5.GateSet `body:"json"`
}

func (f *files[Req, Resp]) setGate(ctx context.Context, in *setGate) (*v5.GateResponse, error) {
	b := &in.Body
	d := gate.Draft{
		Dataset: file.Ref{ID: b.Evaluation.Dataset.ID, Path: b.Evaluation.Dataset.Path}, MinLogs: b.MinLogs, MaxErrors: b.MaxErrors, MaxAge: b.MaxAge,
		Mode: gate.Mode(b.Mode),
	}
	for _, e := range b.Evaluation.Evaluators {
		d.Evaluators = append(d.Evaluators, gate.CriterionDraft{
			Ref: file.Ref{ID: e.ID, Path: e.Path}, Threshold: e.Threshold, Strict: e.Strict, NoRegression: e.NoRegression,
		})
	}
	at := f.place(in.ID, in.EnvironmentID)
	if err := f.api.gates.Set(ctx, at, &d); err != nil {
		return nil, err
	}
	state, err := f.api.gates.State(ctx, at, "")
	return f.api.showGate(ctx, state, err)
}

// showGate names the Files of a gate by id and path. Those that were deleted have no path.
func (a *API) showGate(ctx context.Context, state *gate.State, err error) (*v5.GateResponse, error) {
	if err != nil {
		return nil, err
	}
	g := &state.Gate
	paths, err := a.gates.Paths(ctx, g)
	if err != nil {
		return nil, err
	}
	out := &v5.GateResponse{
		Evaluation: v5.GateEvaluation{Dataset: v5.FileRequest{ID: g.DatasetID, Path: paths[g.DatasetID]}, Evaluators: make([]v5.GateEvaluator, len(g.Evaluators))},
		MinLogs:    g.MinLogs, MaxErrors: g.MaxErrors, MaxAge: g.MaxAge, Mode: string(g.Mode), GateState: *gateState(state),
	}
	for i, c := range g.Evaluators {
		out.Evaluation.Evaluators[i] = v5.GateEvaluator{
			FileRequest: v5.FileRequest{ID: c.EvaluatorID, Path: paths[c.EvaluatorID]}, Threshold: c.Threshold, Strict: c.Strict, NoRegression: new(c.NoRegression),
		}
	}
	return out, nil
}

func gateState(state *gate.State) *v5.GateState {
	out := &v5.GateState{
		State: string(state.Status), VersionID: state.VersionID, EvaluationID: state.EvaluationID, RunID: state.RunID, ForcedBy: state.ForcedBy,
		Checks: make([]v5.GateCheck, len(state.Checks)),
	}
	for i, c := range state.Checks {
		out.Checks[i] = v5.GateCheck{Check: c.Name, Evaluator: c.Evaluator, Wanted: c.Wanted, Found: c.Found, Passed: c.Passed, RunID: c.RunID}
	}
	return out
}
