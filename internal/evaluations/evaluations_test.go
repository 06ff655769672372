package evaluations_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/evaluations"
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
	"github.com/openloop-server/openloop/internal/trace"
)

// fixture is the use cases on a database with a Flow, a Dataset of one datapoint, and an external Evaluator with two versions, of which the
// first is deployed.
type fixture struct {
	*evaluations.Service
	db                               *store.DB
	files                            *catalog.Catalog
	flow, dataset, first, second, by file.Snapshot
}

var who = auth.Principal{KeyID: "key_1"}

func open(t *testing.T) *fixture {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "test.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	files := catalog.New(db, time.Now)
	f := &fixture{Service: newService(t, db, files), db: db, files: files}
	save := func(path string, content file.Content) file.Snapshot {
		snap, err := files.Save(asked(t), catalog.Draft{Ref: file.Ref{Path: path}, Content: content})
		if err != nil {
			t.Fatal(err)
		}
		return snap
	}
	external := func(code string, returns file.ReturnType) *file.Evaluator {
		return &file.Evaluator{Type: file.ExternalEvaluator, ArgumentsType: "target_free", ReturnType: returns, Attributes: json.Value(`{"code":"` + code + `"}`)}
	}
	f.flow = save("flow", &file.Flow{})
	f.first, f.second = save("dir/check", external("1", file.ReturnsNumber)), save("dir/check", external("2", file.ReturnsNumber))
	f.by = save("by", external("1", file.ReturnsBoolean))
	f.dataset, err = files.SaveDataset(asked(t), catalog.DatasetDraft{
		Draft: catalog.Draft{Ref: file.Ref{Path: "cases"}}, Datapoints: []file.Datapoint{{Inputs: map[string]string{"q": "1"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// newService returns a Service that asks the models of the providers mock, and keyed, which has no key.
func newService(t *testing.T, db *store.DB, files *catalog.Catalog) *evaluations.Service {
	t.Helper()
	known, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	python := sandbox.New(sandbox.Options{})
	t.Cleanup(python.Close)
	ask := relay.New(relay.Options{Models: known, Now: time.Now, Providers: map[string]relay.Provider{
		"mock": {Driver: &mock.Driver{}, Display: mock.Display}, "keyed": {Driver: &mock.Driver{}, Display: "Keyed", NeedsKey: true, KeyName: "KEY"},
	}})
	book := logbook.New(logbook.Options{DB: db, Catalog: files, Models: known, Now: time.Now})
	return evaluations.New(evaluations.Options{
		DB: db, Catalog: files, Relay: ask, Gateway: gateway.New(gateway.Options{Catalog: files, Relay: ask, Logs: book, Now: time.Now}), Logs: book,
		Judge: judge.New(judge.Options{Shows: show.New(db, files, ""), Catalog: files, Relay: ask, Python: python, Now: time.Now}), Now: time.Now,
	})
}

func (f *fixture) create(t *testing.T, refs ...evaluations.EvaluatorRef) *judgment.Evaluation {
	t.Helper()
	e, err := f.Create(asked(t), evaluations.Draft{File: &file.Ref{Path: "/flow"}, Evaluators: refs})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEvaluatorsAreResolvedToVersions(t *testing.T) {
	f := open(t)
	for name, test := range map[string]struct {
		ref  file.Ref
		want string
	}{
		"by path":                {file.Ref{Path: "dir/check"}, f.first.Version.ID},
		"by a path with slashes": {file.Ref{Path: "/dir/check/"}, f.first.Version.ID},
		"by id":                  {file.Ref{ID: f.first.File.ID}, f.first.Version.ID},
		"by both":                {file.Ref{ID: f.first.File.ID, Path: "dir/check"}, f.first.Version.ID},
		"by environment":         {file.Ref{Path: "dir/check", Environment: "production"}, f.first.Version.ID},
		"by version":             {file.Ref{VersionID: f.second.Version.ID}, f.second.Version.ID},
		"by version and path":    {file.Ref{VersionID: f.second.Version.ID, Path: "dir/check"}, f.second.Version.ID},
	} {
		e := f.create(t, evaluations.EvaluatorRef{Ref: test.ref, Orchestrated: true})
		if got := e.Evaluators[0]; got.VersionID != test.want || !got.Orchestrated || e.FileID != f.flow.File.ID || e.CreatedBy != "key_1" {
			t.Errorf("%s: %+v of %+v", name, got, e)
		}
	}
}

// TestPresetEvaluatorsAreThere names one that nobody has used yet.
func TestPresetEvaluatorsAreThere(t *testing.T) {
	f := open(t)
	e := f.create(t)
	changed, err := f.AddEvaluators(asked(t), e.ID, []evaluations.EvaluatorRef{{Ref: file.Ref{Path: "rating"}}})
	if err != nil {
		t.Fatal(err)
	}
	snap, err := f.db.Snapshot(t.Context(), file.EvaluatorKind, file.Ref{Path: "rating"})
	if err != nil || changed.Evaluators[0].VersionID != snap.Version.ID {
		t.Errorf("%+v, %v", changed.Evaluators, err)
	}
}

// TestTheExampleEvaluatorsAreThere names those of the vendor's examples.
//
// Fault F10: they did not exist.
func TestTheExampleEvaluatorsAreThere(t *testing.T) {
	f := open(t)
	e := f.create(t)
	const number, boolean = "number", "boolean"
	for path, want := range map[string][2]string{
		"Example Evaluators/Code/Exact match":          {boolean, file.TargetRequired},
		"Example Evaluators/Code/Levenshtein distance": {number, file.TargetRequired},
		"Example Evaluators/Code/Levenshtein":          {number, file.TargetRequired},
		"Example Evaluators/Code/Latency":              {number, file.TargetFree},
		"Latency":                                      {number, file.TargetFree},
		"Cost":                                         {number, file.TargetFree},
		"Tokens":                                       {number, file.TargetFree},
	} {
		if _, err := f.AddEvaluators(asked(t), e.ID, []evaluations.EvaluatorRef{{Ref: file.Ref{Path: path}}}); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		snap, err := f.db.Snapshot(t.Context(), file.EvaluatorKind, file.Ref{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		var got file.Evaluator
		if err := json.Unmarshal(snap.Version.Content, &got); err != nil {
			t.Fatal(err)
		}
		if got.Type != file.PythonEvaluator || [2]string{string(got.ReturnType), got.ArgumentsType} != want || !strings.Contains(got.Code, "def ") {
			t.Errorf("%s is %+v", path, got)
		}
	}
}

func TestReferencesAreRefused(t *testing.T) {
	f := open(t)
	for name, test := range map[string]struct {
		ref    file.Ref
		reason errs.Reason
		param  string
	}{
		"nothing":                   {file.Ref{}, errs.ValidationFailed, "evaluators.1"},
		"a version and environment": {file.Ref{VersionID: f.first.Version.ID, Environment: "production"}, errs.ValidationFailed, "evaluators.1.version_id"},
		"an unknown path":           {file.Ref{Path: "nope"}, errs.EvaluatorNotFound, "evaluators.1"},
		"a path that cannot be one": {file.Ref{Path: "a//b"}, errs.ValidationFailed, "evaluators.1.path"},
		"a File of another kind":    {file.Ref{Path: "flow"}, errs.EvaluatorNotFound, "evaluators.1"},
		"an unknown version":        {file.Ref{VersionID: "evv_x"}, errs.VersionNotFound, "evaluators.1.version_id"},
		"a version of another kind": {file.Ref{VersionID: f.flow.Version.ID}, errs.VersionNotFound, "evaluators.1.version_id"},
		"a version of another File": {file.Ref{VersionID: f.by.Version.ID, ID: f.first.File.ID}, errs.VersionNotFound, "evaluators.1.version_id"},
		"two Files":                 {file.Ref{ID: f.by.File.ID, Path: "dir/check"}, errs.ValidationFailed, "evaluators.1.path"},
		"where nothing is deployed": {file.Ref{Path: "dir/check", Environment: "staging"}, errs.VersionNotFound, "evaluators.1.environment"},
		"an unknown environment":    {file.Ref{Path: "dir/check", Environment: "nope"}, errs.EnvironmentNotFound, "evaluators.1.environment"},
		"an id that none can have":  {file.Ref{ID: "\x00"}, errs.EvaluatorNotFound, "evaluators.1"},
	} {
		_, err := f.Create(asked(t), evaluations.Draft{Evaluators: []evaluations.EvaluatorRef{{Ref: file.Ref{Path: "by"}}, {Ref: test.ref}}})
		if !errs.Is(err, test.reason) || errs.From(err).Param != test.param {
			t.Errorf("%s: %v of %q", name, err, errs.From(err).Param)
		}
	}
}

func TestRunsNeedWhatTheyRun(t *testing.T) {
	f := open(t)
	e := f.create(t)
	dataset, flow := &file.Ref{Path: "cases"}, &file.Ref{ID: f.flow.File.ID}
	at := func(path string, c file.Content) *file.Ref {
		if _, err := f.files.Save(asked(t), catalog.Draft{Ref: file.Ref{Path: path}, Content: c}); err != nil {
			t.Fatal(err)
		}
		return &file.Ref{Path: path}
	}
	version := at("prompt", &file.Prompt{Provider: "mock", Model: "echo"})
	keyless := at("keyless", &file.Prompt{Provider: "keyed", Model: "echo"})
	backed := at("backed", &file.Prompt{Provider: "keyed", Model: "echo", Fallbacks: []file.Fallback{{Provider: "mock", Model: "echo"}}})
	agent, tool := at("agent", &file.Agent{Prompt: file.Prompt{Provider: "mock", Model: "echo"}}), at("tool", &file.Tool{})
	silent, mock := at("silent", &file.Agent{Prompt: file.Prompt{Provider: "keyed", Model: "echo"}}), at("mock", &file.Tool{Type: file.MockTool})
	unknown := at("unknown", &file.Prompt{Provider: "nobody", Model: "echo"})
	for name, test := range map[string]struct {
		draft  evaluations.RunDraft
		reason errs.Reason // "" for none
	}{
		"both":                          {evaluations.RunDraft{Dataset: dataset, Version: version, Orchestrated: true, UseExistingLogs: true}, ""},
		"neither":                       {evaluations.RunDraft{}, ""},
		"a Dataset alone":               {evaluations.RunDraft{Dataset: dataset}, ""},
		"orchestrated without Dataset":  {evaluations.RunDraft{Version: version, Orchestrated: true}, errs.ValidationFailed},
		"orchestrated without version":  {evaluations.RunDraft{Dataset: dataset, Orchestrated: true}, errs.ValidationFailed},
		"existing Logs without Dataset": {evaluations.RunDraft{Version: version, UseExistingLogs: true}, errs.ValidationFailed},
		"a Dataset as version":          {evaluations.RunDraft{Dataset: dataset, Version: dataset}, errs.ValidationFailed},
		"a Flow as Dataset":             {evaluations.RunDraft{Dataset: flow, Version: version}, errs.DatasetNotFound},
		"a Flow":                        {evaluations.RunDraft{Dataset: dataset, Version: flow}, ""},
		"an orchestrated Flow":          {evaluations.RunDraft{Dataset: dataset, Version: flow, Orchestrated: true}, errs.ValidationFailed},
		"an orchestrated Evaluator":     {evaluations.RunDraft{Dataset: dataset, Version: &file.Ref{Path: "by"}, Orchestrated: true}, errs.ValidationFailed},
		"an orchestrated Agent":         {evaluations.RunDraft{Dataset: dataset, Version: agent, Orchestrated: true}, ""},
		"an Agent without a key":        {evaluations.RunDraft{Dataset: dataset, Version: silent, Orchestrated: true}, errs.ProviderKeyMissing},
		"an orchestrated Tool":          {evaluations.RunDraft{Dataset: dataset, Version: mock, Orchestrated: true}, ""},
		"a Tool of the client's":        {evaluations.RunDraft{Dataset: dataset, Version: tool, Orchestrated: true}, errs.ToolNotRunnable},
		"a Prompt without a key":        {evaluations.RunDraft{Dataset: dataset, Version: keyless, Orchestrated: true}, errs.ProviderKeyMissing},
		"its Logs from elsewhere":       {evaluations.RunDraft{Dataset: dataset, Version: keyless}, ""},
		"a fallback with a key":         {evaluations.RunDraft{Dataset: dataset, Version: backed, Orchestrated: true}, ""},
		"an unknown provider":           {evaluations.RunDraft{Dataset: dataset, Version: unknown, Orchestrated: true}, errs.UnknownProvider},
		"an unknown version":            {evaluations.RunDraft{Version: &file.Ref{VersionID: "x"}}, errs.VersionNotFound},
	} {
		r, err := f.CreateRun(asked(t), e.ID, test.draft)
		switch {
		case test.reason != "" && !errs.Is(err, test.reason):
			t.Errorf("%s: %v", name, err)
		case test.reason == "" && (err != nil || r.Orchestrated != test.draft.Orchestrated || r.CreatedBy != "key_1"):
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if _, err := f.CreateRun(asked(t), "evr_x", evaluations.RunDraft{}); !errs.Is(err, errs.EvaluationNotFound) {
		t.Errorf("an unknown Evaluation: %v", err)
	}
}

// TestStats has a Log judged by a version that is not the Evaluation's, as clients whose code has changed do.
func TestStats(t *testing.T) {
	f := open(t)
	e := f.create(t, evaluations.EvaluatorRef{Ref: file.Ref{Path: "dir/check"}}, evaluations.EvaluatorRef{Ref: file.Ref{Path: "by"}})
	r, err := f.CreateRun(asked(t), e.ID, evaluations.RunDraft{Dataset: &file.Ref{Path: "cases"}, Version: &file.Ref{Path: "flow"}})
	if err != nil {
		t.Fatal(err)
	}
	points, _, err := f.db.Datapoints(t.Context(), f.dataset.Version.ID, trace.Page{Number: 1, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	add := func(id string, snap *file.Snapshot, change func(*trace.Log)) {
		l := &trace.Log{ID: id, Kind: snap.File.Kind, FileID: snap.File.ID, VersionID: snap.Version.ID}
		change(l)
		if err := f.db.AppendLog(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	add("log", &f.flow, func(l *trace.Log) { l.RunID, l.DatapointID = r.ID, points[0].ID })
	add("number", &f.second, func(l *trace.Log) { l.ParentID, l.Payload.Judgment = "log", json.Value("2.5") })
	add("failure", &f.by, func(l *trace.Log) { l.ParentID, l.Error = "log", new("it broke") })
	stats, err := f.Stats(t.Context(), e.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := []judgment.Stats{
		{
			VersionID: f.first.Version.ID, Path: "dir/check", Type: file.ExternalEvaluator, ReturnType: file.ReturnsNumber, Judgments: 1, Mean: new(2.5), Sum: new(2.5), Std: new(0.0),
			Percentiles: map[string]float64{"0": 2.5, "25": 2.5, "50": 2.5, "75": 2.5, "100": 2.5},
			Estimate:    &judgment.Estimate{Mean: 2.5, N: 1},
		},
		{VersionID: f.by.Version.ID, Path: "by", Type: file.ExternalEvaluator, ReturnType: file.ReturnsBoolean, Errors: 1},
	}
	if diff := cmp.Diff(want, stats.Runs[0].Evaluators); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if stats.Status != judgment.Completed || stats.Runs[0].Logs != 1 || stats.Evaluation.ID != e.ID {
		t.Errorf("%s, %+v", stats.Status, stats.Runs[0].Run)
	}
	if _, err := f.Stats(t.Context(), "evr_x"); !errs.Is(err, errs.EvaluationNotFound) {
		t.Errorf("an unknown Evaluation: %v", err)
	}
}

// asked is the context of what somebody asks for.
func asked(t *testing.T) context.Context { return auth.With(t.Context(), who) }
