package gate

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// Check starts the Run that may open a gate for a version, or with "" for the newest of the File, in an Evaluation that is named after the environment.
// The version that is deployed is run too, as the control, unless it was not long ago. Nothing is started while the gate is open, or a Run is in
// progress. The state is that at once.
//
// Errors: those of [Service.State], and of [evaluations.Service.CreateRun] for a version that the server cannot run.
func (s *Service) Check(ctx context.Context, at Place, versionID string) (*State, error) {
	stored, g, state, err := s.look(ctx, at, versionID)
	if err != nil || state.Status != Closed {
		return state, err
	}
	a := &assessment{Service: s, gate: g, versionID: state.VersionID, deployed: stored.Deployed}
	if missing, err := a.prepare(ctx); err != nil || missing != nil {
		return state, err
	}
	e, err := a.evaluation(ctx, at.FileID, "gate: "+stored.Environment.Name)
	if err != nil {
		return nil, err
	}
	if err := a.control(ctx, e.ID); err != nil {
		return nil, err
	}
	if _, err := a.run(ctx, e.ID, a.versionID); err != nil {
		return nil, err
	}
	return s.assess(ctx, g, &stored, a.versionID)
}

// run starts a Run of a version, unless one is in progress.
func (a *assessment) run(ctx context.Context, evaluationID, versionID string) (*judgment.Run, error) {
	r, err := a.o.Evaluations.CreateRun(ctx, evaluationID, evaluations.RunDraft{
		Dataset: &file.Ref{VersionID: a.runs.DatasetVersionID}, Version: &file.Ref{VersionID: versionID}, Orchestrated: true, Gate: true,
	})
	return r, errs.About(err, errs.ValidationFailed, "version_id")
}

// control has a Run of the deployed version in the Evaluation that others are compared with: one that there is and that is not too old, or a new
// one.
func (a *assessment) control(ctx context.Context, evaluationID string) error {
	wanted := slices.ContainsFunc(a.judges, func(j judge) bool { return j.NoRegression })
	if a.deployed == "" || !wanted {
		return nil
	}
	for _, r := range a.bases.Runs {
		run, err := a.o.DB.Run(ctx, r.EvaluationID, r.RunID)
		if err != nil {
			return err
		}
		if run.Status() == judgment.Cancelled || run.Stopped != "" {
			continue
		}
		if _, err := a.o.DB.AddRun(ctx, evaluationID, r.RunID); err != nil {
			return err
		}
		return a.makeControl(ctx, evaluationID, r.RunID)
	}
	r, err := a.run(ctx, evaluationID, a.deployed)
	if err != nil {
		return err
	}
	return a.makeControl(ctx, evaluationID, r.ID)
}

// evaluation finds the Evaluation of a File with a name, or makes it, and has it judge by the Evaluators of the gate and no others.
func (a *assessment) evaluation(ctx context.Context, fileID, name string) (*judgment.Evaluation, error) {
	draft := evaluations.Draft{File: &file.Ref{ID: fileID}, Name: name}
	for i := range a.judges {
		draft.Evaluators = append(draft.Evaluators, evaluations.EvaluatorRef{Ref: file.Ref{VersionID: a.judges[i].version}, Orchestrated: true})
	}
	e, err := a.o.Evaluations.Create(ctx, draft)
	if !errs.Is(err, errs.AlreadyExists) {
		return e, err
	}
	if e, err = a.named(ctx, fileID, name); err != nil {
		return nil, err
	}
	judges := func(id string) func(judge) bool { return func(j judge) bool { return j.version == id } }
	for _, other := range e.Evaluators {
		if slices.ContainsFunc(a.judges, judges(other.VersionID)) {
			continue
		}
		if _, err := a.o.DB.RemoveEvaluator(ctx, e.ID, other.VersionID); err != nil && !errs.Is(err, errs.VersionNotFound) {
			return nil, err
		}
	}
	return a.o.Evaluations.AddEvaluators(ctx, e.ID, draft.Evaluators)
}

// named finds the Evaluation of a File with a name.
func (a *assessment) named(ctx context.Context, fileID, name string) (*judgment.Evaluation, error) {
	const size = 100
	for page := 1; ; page++ {
		list, _, err := a.o.DB.Evaluations(ctx, fileID, trace.Page{Number: page, Size: size})
		if err != nil {
			return nil, err
		}
		for i := range list {
			if list[i].Name == name {
				return &list[i], nil
			}
		}
		if len(list) < size {
			return nil, errs.New(errs.Conflict, "The Evaluation `%s` was deleted at the same moment. Try again.", name)
		}
	}
}

func (a *assessment) makeControl(ctx context.Context, evaluationID, runID string) error {
	run, err := a.o.DB.Run(ctx, evaluationID, runID)
	if err != nil || run.Control {
		return err
	}
	_, err = a.o.DB.UpdateRun(ctx, evaluationID, runID, store.RunChange{Control: true})
	return err
}
