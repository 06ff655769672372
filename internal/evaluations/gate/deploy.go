package gate

import (
	"context"
	"fmt"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// maxTries is how often a deployment is checked again because what it passes was changed at the same moment.
const maxTries = 5

// Deploy makes a version the one that an environment uses, if its gate is open or there is none. With force, which is for admins, it goes past a
// closed gate. Of terms, Past is not read. The state is that of a closed gate that only warns or was forced, otherwise nil.
//
// Errors: those of [store.DB.Deploy]; gate_closed; gateway_permission_denied.
func (s *Service) Deploy(ctx context.Context, at Place, versionID string, force bool, terms store.Terms) (snap file.Snapshot, closed *State, err error) {
	by := auth.From(ctx)
	if force && !by.Role.Allows(auth.Admin) {
		return snap, nil, errs.New(errs.GatewayPermissionDenied, "To force a gate needs a key with the role %s; the key of this request has the role %s.", auth.Admin, by.Role)
	}
	for range maxTries {
		var past store.Passage
		if past, closed, err = s.pass(ctx, at, versionID, force); err != nil {
			return snap, nil, err
		}
		terms.Past = &past
		snap, err = s.o.DB.Deploy(ctx, at.Kind, at.FileID, at.EnvironmentID, versionID, terms)
		if !errs.Is(err, errs.Conflict) {
			break
		}
	}
	if err != nil {
		return snap, nil, err
	}
	if closed != nil && force {
		s.o.Logger.WarnContext(ctx, "a closed gate was forced", "file", at.FileID, "environment", at.EnvironmentID, "version", versionID, "key", by.KeyID)
	}
	return snap, closed, nil
}

// pass checks whether a version may pass, and says past what. closed is a gate that is closed, and does not block.
func (s *Service) pass(ctx context.Context, at Place, versionID string, force bool) (past store.Passage, closed *State, err error) {
	stored, err := s.o.DB.Gate(ctx, at.Kind, at.FileID, at.EnvironmentID)
	if err != nil {
		return past, nil, err
	}
	past = store.Passage{Gate: stored.Revision, Deployed: stored.Deployed}
	if stored.Content == nil {
		return past, nil, nil
	}
	if _, err := s.version(ctx, at, versionID); err != nil {
		return past, nil, err
	}
	g, err := decode(stored.Content)
	if err != nil {
		return past, nil, err
	}
	state, err := s.assess(ctx, g, &stored, versionID)
	switch {
	case err != nil || state.Status == Open:
		return past, nil, err
	case force:
		past.ForcedBy = auth.From(ctx).KeyID
		state.ForcedBy = past.ForcedBy
	case g.Mode == Block:
		return past, nil, refusal(state, stored.Environment.Name)
	}
	return past, state, nil
}

// refusal is the error of a closed gate, with each check that failed.
func refusal(state *State, environment string) error {
	e := errs.New(errs.GateClosed, "The gate of the environment `%s` is closed for the version `%s`.", environment, state.VersionID)
	e.Param = "version_id"
	if state.Status == Running {
		e.Message += " A Run is in progress that may open it."
		e.Gate = &errs.Gate{Evaluation: state.EvaluationID, Run: state.RunID}
	}
	for _, c := range state.Checks {
		if c.Passed {
			continue
		}
		message := fmt.Sprintf("Wanted: %s. Found: %s.", c.Wanted, c.Found)
		if c.Evaluator != "" {
			message = c.Evaluator + ": " + message
		}
		e.Violations = append(e.Violations, errs.Violation{
			Loc: []any{"version_id"}, Param: "version_id", Message: message, Type: c.Name, Wanted: c.Wanted, Found: c.Found, RunID: c.RunID,
		})
	}
	return e
}
