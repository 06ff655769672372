package gate_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/evaluations/gate"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/provider/mock"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
	"github.com/openloop-server/openloop/internal/trace"
)

var postgres pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	os.Exit(code)
}

// fixture is gates on a database with a Prompt, whose first version is deployed to production, a Dataset of eight datapoints, and two Evaluators.
type fixture struct {
	*gate.Service
	db            *store.DB
	files         *catalog.Catalog
	evaluations   *evaluations.Service
	now           time.Time
	log           bytes.Buffer
	first, second file.Snapshot
	exact, speed  file.Snapshot
	dataset       file.Snapshot
	at            gate.Place
	logs          int
}

func onBoth(t *testing.T, run func(*testing.T, *fixture)) {
	t.Run("SQLite", func(t *testing.T) { run(t, open(t, store.Options{Path: filepath.Join(t.TempDir(), "test.db")})) })
	t.Run("PostgreSQL", func(t *testing.T) { run(t, open(t, store.Options{URL: postgres.URL(t)})) })
}

func open(t *testing.T, o store.Options) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	var mu sync.Mutex
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		f.now = f.now.Add(time.Millisecond)
		return f.now
	}
	o.Now = clock
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	f.db, f.files = db, catalog.New(db, clock)
	f.evaluations = newEvaluations(t, db, f.files, clock)
	f.Service = gate.New(gate.Options{DB: db, Catalog: f.files, Evaluations: f.evaluations, Now: clock, Logger: slog.New(slog.NewTextHandler(&f.log, nil))})
	f.first, f.second = f.save(t, "reply", &file.Prompt{Provider: "mock", Model: "one"}), f.save(t, "reply", &file.Prompt{Provider: "mock", Model: "two"})
	f.exact = f.save(t, "exact", &file.Evaluator{Type: file.ExternalEvaluator, ArgumentsType: file.TargetFree, ReturnType: file.ReturnsBoolean})
	f.speed = f.save(t, "speed", &file.Evaluator{
		Type: file.PythonEvaluator, ArgumentsType: file.TargetFree, ReturnType: file.ReturnsNumber, NumberValence: "negative", Code: "def f(log): return 1",
	})
	f.saveDataset(t, 8)
	f.at = gate.Place{Kind: file.PromptKind, FileID: f.first.File.ID, EnvironmentID: f.first.Version.Environments[0].ID}
	return f
}

func newEvaluations(t *testing.T, db *store.DB, files *catalog.Catalog, now func() time.Time) *evaluations.Service {
	t.Helper()
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	python := sandbox.New(sandbox.Options{})
	t.Cleanup(python.Close)
	ask := relay.New(relay.Options{Models: known, Now: now, Providers: map[string]relay.Provider{"mock": {Driver: &mock.Driver{}, Display: mock.Display}}})
	book := logbook.New(logbook.Options{DB: db, Catalog: files, Models: known, Now: now})
	return evaluations.New(evaluations.Options{
		DB: db, Catalog: files, Relay: ask, Gateway: gateway.New(gateway.Options{Catalog: files, Relay: ask, Logs: book, Now: now}), Logs: book,
		Judge: judge.New(judge.Options{Shows: show.New(db, files, ""), Catalog: files, Relay: ask, Python: python, Now: now}), Now: now,
	})
}

func (f *fixture) save(t *testing.T, path string, content file.Content) file.Snapshot {
	t.Helper()
	snap, err := f.files.Save(t.Context(), catalog.Draft{Ref: file.Ref{Path: path}, Content: content})
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// saveDataset saves a version of the Dataset with so many datapoints.
func (f *fixture) saveDataset(t *testing.T, size int) {
	t.Helper()
	var points []file.Datapoint
	for i := range size {
		points = append(points, file.Datapoint{Inputs: map[string]string{"q": fmt.Sprint(i)}})
	}
	var err error
	f.dataset, err = f.files.SaveDataset(t.Context(), catalog.DatasetDraft{Draft: catalog.Draft{Ref: file.Ref{Path: "cases"}}, Datapoints: points})
	if err != nil {
		t.Fatal(err)
	}
}

// set puts a gate before production: of the Evaluators, of eight Logs at least.
func (f *fixture) set(t *testing.T, change func(*gate.Draft), evaluators ...gate.CriterionDraft) {
	t.Helper()
	d := &gate.Draft{Dataset: file.Ref{Path: "cases"}, Evaluators: evaluators, MinLogs: new(8)}
	if change != nil {
		change(d)
	}
	if err := f.Set(t.Context(), f.at, d); err != nil {
		t.Fatal(err)
	}
}

func by(path string, change func(*gate.CriterionDraft)) gate.CriterionDraft {
	c := gate.CriterionDraft{Ref: file.Ref{Path: path}}
	if change != nil {
		change(&c)
	}
	return c
}

func alone(c *gate.CriterionDraft) { c.NoRegression = new(false) }

// evaluate makes an Evaluation by Evaluators.
func (f *fixture) evaluate(t *testing.T, evaluators ...file.Snapshot) string {
	t.Helper()
	d := evaluations.Draft{}
	for _, e := range evaluators {
		d.Evaluators = append(d.Evaluators, evaluations.EvaluatorRef{Ref: file.Ref{VersionID: e.Version.ID}})
	}
	e, err := f.evaluations.Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

// run makes a Run of a version in an Evaluation, with a Log for each datapoint and what an Evaluator judges of it; "" for nothing, "!" for a failure.
func (f *fixture) run(t *testing.T, evaluationID string, version, evaluator *file.Snapshot, judgments string) string {
	t.Helper()
	r, err := f.evaluations.CreateRun(t.Context(), evaluationID, evaluations.RunDraft{
		Dataset: &file.Ref{VersionID: f.dataset.Version.ID}, Version: &file.Ref{VersionID: version.Version.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.fill(t, r.ID, version, evaluator, judgments)
	return r.ID
}

// fill gives a Run its Logs and their judgments.
func (f *fixture) fill(t *testing.T, runID string, version, evaluator *file.Snapshot, judgments string) {
	t.Helper()
	points, _, err := f.db.Datapoints(t.Context(), f.dataset.Version.ID, trace.Page{Number: 1, Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i, judged := range strings.Fields(judgments) {
		id := f.append(t, version, trace.Log{RunID: runID, DatapointID: points[i].ID})
		l := trace.Log{ParentID: id, Payload: trace.Payload{Judgment: json.Value(judged)}}
		if judged == "!" {
			l.Error, l.Payload.Judgment = new("it failed"), nil
		}
		f.append(t, evaluator, l)
	}
}

func (f *fixture) append(t *testing.T, snap *file.Snapshot, l trace.Log) string {
	t.Helper()
	f.logs++
	l.ID, l.Kind, l.FileID, l.VersionID = fmt.Sprint("log", f.logs), snap.File.Kind, snap.File.ID, snap.Version.ID
	if err := f.db.AppendLog(t.Context(), &l); err != nil {
		t.Fatal(err)
	}
	return l.ID
}

// state is the gate for the second version in a few words: its state and the checks that failed, with what was found.
func (f *fixture) state(t *testing.T) string {
	t.Helper()
	s, err := f.State(t.Context(), f.at, "")
	if err != nil {
		t.Fatal(err)
	}
	words := []string{string(s.Status)}
	for _, c := range s.Checks {
		if !c.Passed {
			words = append(words, strings.TrimSpace(c.Name+" "+c.Evaluator)+": "+c.Found)
		}
	}
	return strings.Join(words, "; ")
}

func (f *fixture) deploy(t *testing.T, role auth.Role, force bool) (*gate.State, error) {
	t.Helper()
	ctx := auth.With(t.Context(), auth.Principal{KeyID: "key_" + string(role), Role: role})
	_, closed, err := f.Deploy(ctx, f.at, f.second.Version.ID, force, store.Terms{})
	return closed, err
}

func TestThresholds(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		const most, half = "true true true true true true true false", "true true true true false false false false"
		for _, c := range []struct {
			judgments string
			criterion func(*gate.CriterionDraft)
			want      string
		}{
			{most, func(c *gate.CriterionDraft) { c.Threshold = new(0.8) }, "open"},
			{half, func(c *gate.CriterionDraft) { c.Threshold = new(0.8) }, "closed; threshold exact: 0.5"},
			{most, func(c *gate.CriterionDraft) { c.Threshold, c.Strict = new(0.8), true }, "closed; threshold exact: 0.875, from 0.5291 to 0.9776"},
			{most, func(c *gate.CriterionDraft) { c.Threshold, c.Strict = new(0.5), true }, "open"},
			{most, nil, "open"},
			{"true true true", nil, "closed; run: one in progress"},
			{"! true true true true true true true", nil, "closed; judged exact: 1 of 8"},
		} {
			e := f.evaluate(t, f.exact)
			f.second = f.save(t, "reply", &file.Prompt{Provider: "mock", Model: fmt.Sprint("next", f.logs)})
			f.set(t, nil, by("exact", func(d *gate.CriterionDraft) {
				alone(d)
				if c.criterion != nil {
					c.criterion(d)
				}
			}))
			f.run(t, e, &f.second, &f.exact, c.judgments)
			want := strings.Replace(c.want, "closed; run: one in progress", "running; run: one in progress", 1)
			if got := f.state(t); got != want {
				t.Errorf("%s: %s, want %s", c.judgments, got, want)
			}
		}
	})
}

// TestLowerIsBetter has an Evaluator whose small numbers are the good ones.
func TestLowerIsBetter(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", func(c *gate.CriterionDraft) {
			alone(c)
			c.Threshold = new(1.5)
		}))
		e := f.evaluate(t, f.speed)
		f.run(t, e, &f.second, &f.speed, "1 2 1 2 3 2 1 2")
		if got := f.state(t); got != "closed; threshold speed: 1.75" {
			t.Error(got)
		}
		f.run(t, e, &f.second, &f.speed, "1 2 1 2 1 2 1 2")
		if got := f.state(t); got != "open" {
			t.Error(got)
		}
	})
}

// TestRegressions compares with the version that is deployed.
func TestRegressions(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", nil))
		e, other := f.evaluate(t, f.speed), f.evaluate(t, f.speed)
		f.run(t, e, &f.second, &f.speed, "2 2 2 2.1 2 2 2 2")
		f.run(t, other, &f.first, &f.speed, "1 1 1 1 1 1 1 1.1")
		if got := f.state(t); got != "closed; no_regression speed: no complete Run of it in the same Evaluation" {
			t.Error(got)
		}
		f.run(t, e, &f.first, &f.speed, "1 1 1 1 1 1 1 1.1")
		if got := f.state(t); got != "closed; no_regression speed: worse (+1; 0 better, 8 worse)" {
			t.Error(got)
		}
		f.run(t, e, &f.second, &f.speed, "1.1 0.9 1 1 1.1 0.9 1 1")
		if got := f.state(t); got != "open" {
			t.Error(got)
		}
	})
}

func TestWhatDoesNotCount(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		const good = "1 1 1 1 1 1 1 1"
		f.set(t, nil, by("speed", alone))
		e := f.evaluate(t, f.speed)
		expect := func(what, want string) {
			t.Helper()
			if got := f.state(t); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		f.run(t, e, &f.first, &f.speed, good)
		expect("a Run of another version", "closed; run: none")
		cancelled := f.run(t, e, &f.second, &f.speed, "1 1")
		if _, err := f.db.UpdateRun(t.Context(), e, cancelled, store.RunChange{Close: judgment.Cancelled}); err != nil {
			t.Fatal(err)
		}
		expect("a Run that was cancelled", "closed; run: none")
		part := f.run(t, e, &f.second, &f.speed, "1 1 1 1 1 1")
		if _, err := f.db.UpdateRun(t.Context(), e, part, store.RunChange{Close: judgment.Completed}); err != nil {
			t.Fatal(err)
		}
		expect("a Run that was completed by hand", "closed; logs: 6, 0 of another version; errors: 2 of 8")
		f.run(t, f.evaluate(t, f.exact), &f.second, &f.exact, "true true true true true true true true")
		expect("a Run by another Evaluator", "closed; logs: 6, 0 of another version; errors: 2 of 8")
		f.run(t, e, &f.second, &f.speed, good)
		expect("a good Run", "open")
		f.now = f.now.Add(29 * 24 * time.Hour)
		expect("after 29 days", "open")
		f.now = f.now.Add(2 * 24 * time.Hour)
		expect("after 31 days", "closed; run: none")
		f.run(t, e, &f.second, &f.speed, good)
		expect("another Run", "open")
		f.saveDataset(t, 9)
		expect("a newer version of the Dataset", "closed; run: none")
		f.saveDataset(t, 8)
		expect("the older one again", "open")
		next := f.save(t, "speed", &file.Evaluator{Type: file.PythonEvaluator, ArgumentsType: file.TargetFree, ReturnType: file.ReturnsNumber, Code: "def g(log): return 2"})
		expect("a newer version of the Evaluator that is not deployed", "open")
		if _, err := f.db.Deploy(t.Context(), file.EvaluatorKind, next.File.ID, f.at.EnvironmentID, next.Version.ID, store.Terms{}); err != nil {
			t.Fatal(err)
		}
		expect("one that is", "closed; run: none")
		if err := f.db.DeleteFile(t.Context(), file.EvaluatorKind, f.speed.File.ID); err != nil {
			t.Fatal(err)
		}
		expect("an Evaluator that was deleted", "closed; evaluator: it was deleted")
	})
}

func TestDeployments(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", alone))
		_, err := f.deploy(t, auth.Developer, false)
		if e := errs.From(err); !errs.Is(err, errs.GateClosed) || len(e.Violations) != 1 || e.Violations[0].Type != "run" || e.Gate != nil {
			t.Errorf("a closed gate: %+v", e)
		}
		if _, err = f.deploy(t, auth.Developer, true); !errs.Is(err, errs.GatewayPermissionDenied) {
			t.Errorf("a developer forces it: %v", err)
		}
		closed, err := f.deploy(t, auth.Admin, true)
		if err != nil || closed == nil || closed.Status != gate.Closed || !strings.Contains(f.log.String(), "version="+f.second.Version.ID+" key=key_admin") {
			t.Errorf("an admin forces it: %+v, %v; %s", closed, err, f.log.String())
		}
		stored, err := f.db.Gate(t.Context(), f.at.Kind, f.at.FileID, f.at.EnvironmentID)
		if err != nil || stored.Deployed != f.second.Version.ID || stored.ForcedBy != "key_admin" {
			t.Errorf("what is deployed: %+v, %v", stored, err)
		}
		if closed, err = f.deploy(t, auth.Developer, false); err != nil || closed != nil {
			t.Errorf("what is deployed already: %+v, %v", closed, err)
		}
		open, err := f.State(t.Context(), f.at, f.second.Version.ID)
		if err != nil || open.Status != gate.Open || open.ForcedBy != "key_admin" {
			t.Errorf("the gate then: %+v, %v", open, err)
		}
	})
}

// TestWarnings go back to the first version after the second was forced.
func TestWarnings(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", alone))
		if _, err := f.deploy(t, auth.Admin, true); err != nil {
			t.Fatal(err)
		}
		f.second = f.first
		f.set(t, func(d *gate.Draft) { d.Mode = gate.Warn }, by("speed", alone))
		closed, err := f.deploy(t, auth.Developer, false)
		if err != nil || closed == nil || closed.Status != gate.Closed {
			t.Errorf("a warning: %+v, %v", closed, err)
		}
		stored, err := f.db.Gate(t.Context(), f.at.Kind, f.at.FileID, f.at.EnvironmentID)
		if err != nil || stored.Deployed != f.first.Version.ID || stored.ForcedBy != "" {
			t.Errorf("what is deployed after a warning: %+v, %v", stored, err)
		}
	})
}

// TestCheckStartsRuns starts the Run of a version and the control, each once, however many ask.
func TestCheckStartsRuns(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", nil))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				state, err := f.Check(t.Context(), f.at, "")
				if err != nil || state.Status != gate.Running {
					t.Errorf("state %+v, %v", state, err)
				}
			})
		}
		all.Wait()
		list, _, err := f.db.Evaluations(t.Context(), f.at.FileID, trace.Page{Number: 1, Size: 10})
		if err != nil || len(list) != 1 || list[0].Name != "gate: production" {
			t.Fatalf("Evaluations %+v, %v", list, err)
		}
		runs, err := f.db.Runs(t.Context(), list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, r := range runs {
			got[r.VersionID] += fmt.Sprintf("control %v, gate %v;", r.Control, r.Gate)
		}
		want := map[string]string{f.first.Version.ID: "control true, gate true;", f.second.Version.ID: "control false, gate true;"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for i := range runs {
			version := map[string]*file.Snapshot{f.first.Version.ID: &f.first, f.second.Version.ID: &f.second}[runs[i].VersionID]
			f.fill(t, runs[i].ID, version, &f.speed, "1 1 1 1 1 1 1 1")
		}
		if state, err := f.Check(t.Context(), f.at, ""); err != nil || state.Status != gate.Open {
			t.Errorf("after the Runs: %+v, %v", state, err)
		}
		f.set(t, nil, by("exact", nil))
		if _, err := f.Check(t.Context(), f.at, ""); err != nil {
			t.Fatal(err)
		}
		e, err := f.db.Evaluation(t.Context(), list[0].ID)
		if err != nil || len(e.Evaluators) != 1 || e.Evaluators[0].VersionID != f.exact.Version.ID {
			t.Errorf("the Evaluation when the gate has changed: %+v, %v", e, err)
		}
	})
}

// TestAGateThatClosesMeanwhile deploys while the gate is changed: no version passes that only the older gate would have let.
func TestAGateThatClosesMeanwhile(t *testing.T) {
	onBoth(t, func(t *testing.T, f *fixture) {
		f.set(t, nil, by("speed", alone))
		f.run(t, f.evaluate(t, f.speed), &f.second, &f.speed, "1 1 1 1 1 1 1 1")
		stored, err := f.db.Gate(t.Context(), f.at.Kind, f.at.FileID, f.at.EnvironmentID)
		if err != nil {
			t.Fatal(err)
		}
		f.set(t, func(d *gate.Draft) { d.MinLogs = new(9) }, by("speed", alone))
		past := store.Passage{Gate: stored.Revision, Deployed: stored.Deployed}
		if _, err := f.db.Deploy(t.Context(), f.at.Kind, f.at.FileID, f.at.EnvironmentID, f.second.Version.ID, store.Terms{Past: &past}); !errs.Is(err, errs.Conflict) {
			t.Errorf("past the older gate: %v", err)
		}
		if err := f.Delete(t.Context(), f.at); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				if i == 0 {
					d := &gate.Draft{Dataset: file.Ref{Path: "cases"}, Evaluators: []gate.CriterionDraft{by("speed", alone)}, MinLogs: new(9)}
					if err := f.Set(t.Context(), f.at, d); err != nil {
						t.Error(err)
					}
					return
				}
				if _, _, err := f.Deploy(t.Context(), f.at, f.second.Version.ID, false, store.Terms{}); err != nil && !errs.Is(err, errs.GateClosed) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		events, err := f.db.Events(t.Context(), 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		set := 0
		for _, e := range events {
			switch {
			case e.Operation == "SetGate":
				set++
			case e.Operation == "Deploy" && set == 3:
				t.Error("it was deployed after the gate was closed")
			}
		}
		if set != 3 {
			t.Errorf("the gate was set %d times", set)
		}
	})
}

func TestGatesAreRefused(t *testing.T) {
	f := open(t, store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	for name, c := range map[string]struct {
		change func(*gate.Draft)
		param  string
		reason errs.Reason
	}{
		"an unknown Dataset":     {func(d *gate.Draft) { d.Dataset = file.Ref{Path: "nope"} }, "evaluation.dataset", errs.DatasetNotFound},
		"no Evaluator":           {func(d *gate.Draft) { d.Evaluators = nil }, "evaluation.evaluators", errs.ValidationFailed},
		"an Evaluator twice":     {func(d *gate.Draft) { d.Evaluators = append(d.Evaluators, d.Evaluators[0]) }, "evaluation.evaluators.1", errs.ValidationFailed},
		"an unknown Evaluator":   {func(d *gate.Draft) { d.Evaluators[0].Path = "nope" }, "evaluation.evaluators.0", errs.EvaluatorNotFound},
		"a time without a unit":  {func(d *gate.Draft) { d.MaxAge = "30" }, "max_age", errs.ValidationFailed},
		"a time below a minute":  {func(d *gate.Draft) { d.MaxAge = "59s" }, "max_age", errs.ValidationFailed},
		"no days":                {func(d *gate.Draft) { d.MaxAge = "0d" }, "max_age", errs.ValidationFailed},
		"more days than a life":  {func(d *gate.Draft) { d.MaxAge = "65535d" }, "max_age", errs.ValidationFailed},
		"a time with a negative": {func(d *gate.Draft) { d.MaxAge = "-3h" }, "max_age", errs.ValidationFailed},
	} {
		d := &gate.Draft{Dataset: file.Ref{Path: "cases"}, Evaluators: []gate.CriterionDraft{by("speed", nil)}}
		c.change(d)
		if err := f.Set(t.Context(), f.at, d); !errs.Is(err, c.reason) || errs.From(err).Param != c.param {
			t.Errorf("%s: %v at %q", name, err, errs.From(err).Param)
		}
	}
}
