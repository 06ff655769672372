package gate

import (
	"context"
	"fmt"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// maxRuns is how many Runs of a version a gate looks at: the newest.
const maxRuns = 20

// assessment is one look at a gate for a version.
type assessment struct {
	*Service
	gate      *Gate
	since     time.Time // Runs that began before are too old
	versionID string
	deployed  string // the version behind the gate; "" for none
	judges    []judge
	runs      store.GateRuns
	bases     store.GateRuns // of the deployed version
}

// judge is an Evaluator of the gate.
type judge struct {
	Criterion
	path    string
	version string // that is deployed now
	content *file.Evaluator
}

// anyVersion reports whether judgments by all versions of the Evaluator count, because people or clients make them.
func (j *judge) anyVersion() bool {
	return j.content.Type == file.HumanEvaluator || j.content.Type == file.ExternalEvaluator
}

// assess looks for a Run that opens the gate for a version. Of Runs that do not, it tells of the one in progress, or else of the newest that
// is complete.
func (s *Service) assess(ctx context.Context, g *Gate, stored *store.Gate, versionID string) (*State, error) {
	state := &State{Gate: *g, Status: Closed, VersionID: versionID}
	if stored.Deployed == versionID {
		state.Status, state.ForcedBy = Open, stored.ForcedBy
		return state, nil
	}
	a := &assessment{Service: s, gate: g, versionID: versionID, deployed: stored.Deployed}
	missing, err := a.prepare(ctx)
	if err != nil || missing != nil {
		state.Checks = missing
		return state, err
	}
	looked := map[string]bool{}
	for _, r := range a.runs.Runs {
		if len(looked) == maxRuns && !looked[r.RunID] {
			break
		}
		looked[r.RunID] = true
		if err := a.look(ctx, r, state); err != nil || state.Status == Open {
			return state, err
		}
	}
	if state.Checks == nil {
		state.Checks = []Check{a.noRun(state)}
	}
	return state, nil
}

// noRun is the check that there is a complete Run.
func (a *assessment) noRun(state *State) Check {
	c := Check{
		Name: "run", Found: "none", RunID: state.RunID,
		Wanted: fmt.Sprintf("a complete Run of %s over %s by all Evaluators of the gate, not older than %s", a.versionID, a.runs.DatasetVersionID, a.gate.MaxAge),
	}
	if state.Status == Running {
		c.Found = "one in progress"
	}
	return c
}

// prepare reads what the gate names. Checks tell of what is not there any more.
func (a *assessment) prepare(ctx context.Context) ([]Check, error) {
	age, err := ageOf(a.gate.MaxAge)
	if err != nil {
		return nil, err
	}
	a.since = a.o.Now().Add(-age)
	for _, c := range a.gate.Evaluators {
		snap, err := a.o.Catalog.Find(ctx, file.EvaluatorKind, file.Ref{ID: c.EvaluatorID})
		if errs.Is(err, errs.EvaluatorNotFound) {
			return []Check{{Name: "evaluator", Wanted: "the Evaluator " + c.EvaluatorID, Found: "it was deleted"}}, nil
		}
		if err != nil {
			return nil, err
		}
		opened, err := a.o.Catalog.Opened(&snap)
		if err != nil {
			return nil, err
		}
		content, _ := opened.Content.(*file.Evaluator)
		a.judges = append(a.judges, judge{Criterion: c, path: snap.File.Path, version: snap.Version.ID, content: content})
	}
	a.runs, err = a.o.DB.GateRuns(ctx, a.versionID, a.gate.DatasetID, a.since)
	if errs.Is(err, errs.DatasetNotFound) {
		return []Check{{Name: "dataset", Wanted: "the Dataset " + a.gate.DatasetID, Found: "it was deleted"}}, nil
	}
	if err == nil && a.deployed != "" {
		a.bases, err = a.o.DB.GateRuns(ctx, a.deployed, a.gate.DatasetID, a.since)
	}
	return nil, err
}

// look looks at one Run in one Evaluation, and notes in state what it shows.
func (a *assessment) look(ctx context.Context, r store.GateRun, state *State) error {
	e, err := a.o.DB.Evaluation(ctx, r.EvaluationID)
	if errs.Is(err, errs.EvaluationNotFound) { // it was deleted just now
		return nil
	}
	if err != nil {
		return err
	}
	versions, err := a.versionsIn(ctx, e)
	if err != nil || versions == nil {
		return err
	}
	run, err := a.o.DB.Run(ctx, r.EvaluationID, r.RunID)
	if err != nil {
		return err
	}
	switch status := run.Status(); {
	case status == judgment.Pending || status == judgment.Running:
		if state.Status == Closed {
			state.Status, state.EvaluationID, state.RunID = Running, r.EvaluationID, r.RunID
		}
		return nil
	case status == judgment.Cancelled || run.Stopped != "":
		return nil
	}
	checks, err := a.checks(ctx, run, e.ID, versions)
	if err != nil {
		return err
	}
	switch {
	case passed(checks):
		state.Status, state.EvaluationID, state.RunID, state.Checks = Open, e.ID, run.ID, checks
	case state.Checks == nil:
		state.Checks = checks
		if state.Status == Closed {
			state.EvaluationID, state.RunID = e.ID, run.ID
		}
	}
	return nil
}

// versionsIn are the versions by which the Evaluators of the gate judge in an Evaluation; nil when one does not judge there, or by another version than
// the one that is deployed now.
func (a *assessment) versionsIn(ctx context.Context, e *judgment.Evaluation) ([]string, error) {
	ids := make([]string, len(e.Evaluators))
	for i := range ids {
		ids[i] = e.Evaluators[i].VersionID
	}
	snaps, err := a.o.Catalog.Versions(ctx, ids)
	if err != nil {
		return nil, err
	}
	var found []string
	for i := range a.judges {
		j := &a.judges[i]
		for _, id := range ids {
			if snap := snaps[id]; snap != nil && snap.File.ID == j.EvaluatorID && (id == j.version || j.anyVersion()) {
				found = append(found, id)
				break
			}
		}
	}
	if len(found) < len(a.judges) {
		return nil, nil
	}
	return found, nil
}
