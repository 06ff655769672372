package storetest

import (
	"context"
	"errors"
	"net/url"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

var events = map[string]func(*testing.T, *harness){
	"A change leaves one event":               changesLeaveEvents,
	"What changes nothing leaves no event":    nothingLeavesNoEvent,
	"A failed change leaves no event":         failureLeavesNoEvent,
	"Events are read in pages":                eventsPage,
	"Events are kept for 90 days":             eventsExpire,
	"Every method that changes is in a table": methodsAreKnown,
	"A change needs no second connection":     changesNeedOneConnection,
}

// stage is what the changes of the table are about.
type stage struct {
	*harness
	prompt, tool, judge, dataset file.Snapshot
	second, third                string // versions of the Prompt
	directory, environment       string
	evaluation, run, log         string
}

// actor is who changes things.
var actor = auth.Principal{KeyID: "key_actor", Role: auth.Admin}

func newStage(t *testing.T, h *harness) *stage {
	t.Helper()
	s := &stage{harness: h, prompt: h.save(t, prompt("p", "1")), tool: h.save(t, saveOf(file.ToolKind, "t", "1")), judge: h.save(t, saveOf(file.EvaluatorKind, "e", "1"))}
	s.second, s.third = h.save(t, prompt("p", "2")).Version.ID, h.save(t, prompt("p", "3")).Version.ID
	var err error
	s.dataset, _, err = h.SaveDataset(t.Context(), store.DatasetSave{Save: store.Save{Path: "d"}, Action: file.SetDatapoints})
	must(t, err)
	d, err := h.MakeDirectory(t.Context(), store.NewDirectory{Path: "dir"})
	must(t, err)
	all, err := h.Environments(t.Context())
	must(t, err)
	s.directory, s.environment = d.ID, all[1].ID
	e := &judgment.Evaluation{Name: "first"}
	must(t, h.CreateEvaluation(t.Context(), e))
	s.evaluation = e.ID
	r, err := h.CreateRun(t.Context(), e.ID, store.NewRun{})
	must(t, err)
	s.run, s.log = r.ID, newLogID()
	h.appendMany(t, &s.prompt, s.log)
	return s
}

// change is a row of the table: a method, how it is called, and what its event is about.
type change struct {
	method string
	do     func(context.Context, *stage) error
	kind   sqldb.Kind
	id     func(*stage) string
	detail func(*stage) string
}

// err is the last of what a method returns.
func err2[T any](_ T, err error) error         { return err }
func err3[T, U any](_ T, _ U, err error) error { return err }

func promptID(s *stage) string               { return s.prompt.File.ID }
func toolID(s *stage) string                 { return s.tool.File.ID }
func evalID(s *stage) string                 { return s.evaluation }
func runID(s *stage) string                  { return s.run }
func judgeID(s *stage) string                { return s.judge.Version.ID }
func environmentID(s *stage) string          { return s.environment }
func secondID(s *stage) string               { return s.second }
func none(*stage) string                     { return "" }
func always(text string) func(*stage) string { return func(*stage) string { return text } }

// changes are calls of all methods that change something, in an order in which each does.
var changes = []change{
	{"SaveVersion", func(ctx context.Context, s *stage) error {
		v := prompt("p", "1")
		v.VersionName = "one"
		return err3(s.SaveVersion(ctx, v))
	}, sqldb.FileKind, promptID, func(s *stage) string { return s.prompt.Version.ID }},
	{"SaveDataset", func(ctx context.Context, s *stage) error {
		return err3(s.SaveDataset(ctx, store.DatasetSave{Save: store.Save{Path: "d", VersionName: "one"}, Action: file.SetDatapoints}))
	}, sqldb.FileKind, func(s *stage) string { return s.dataset.File.ID }, func(s *stage) string { return s.dataset.Version.ID }},
	{"DescribeVersion", func(ctx context.Context, s *stage) error {
		return err2(s.DescribeVersion(ctx, file.PromptKind, promptID(s), s.second, new("two"), nil))
	}, sqldb.FileKind, promptID, secondID},
	{"Deploy", func(ctx context.Context, s *stage) error {
		return err2(s.Deploy(ctx, file.PromptKind, promptID(s), s.environment, s.second, store.Terms{}))
	}, sqldb.FileKind, promptID, secondID},
	{"Undeploy", func(ctx context.Context, s *stage) error {
		return s.Undeploy(ctx, file.PromptKind, promptID(s), s.environment, store.Terms{})
	}, sqldb.FileKind, promptID, environmentID},
	{"SetGate", func(ctx context.Context, s *stage) error {
		return s.SetGate(ctx, file.PromptKind, promptID(s), s.environment, json.Value(`{}`))
	}, sqldb.FileKind, promptID, environmentID},
	{"DeleteGate", func(ctx context.Context, s *stage) error {
		return s.DeleteGate(ctx, file.PromptKind, promptID(s), s.environment)
	}, sqldb.FileKind, promptID, environmentID},
	{"DeleteVersion", func(ctx context.Context, s *stage) error {
		return s.DeleteVersion(ctx, file.PromptKind, promptID(s), s.third)
	}, sqldb.FileKind, promptID, func(s *stage) string { return s.third }},
	{"SetMonitors", func(ctx context.Context, s *stage) error {
		return err2(s.SetMonitors(ctx, file.PromptKind, promptID(s), []store.Activation{{Ref: file.Ref{VersionID: judgeID(s)}}}, nil))
	}, sqldb.FileKind, promptID, none},
	{"MoveFile", func(ctx context.Context, s *stage) error {
		return err2(s.MoveFile(ctx, file.PromptKind, promptID(s), store.Move{Name: new("q")}))
	}, sqldb.FileKind, promptID, none},
	{"SetRetention", func(ctx context.Context, s *stage) error {
		return s.SetRetention(ctx, promptID(s), new(time.Hour))
	}, sqldb.FileKind, promptID, none},
	{"MakeDirectory", func(ctx context.Context, s *stage) error {
		d, err := s.MakeDirectory(ctx, store.NewDirectory{Path: "other"})
		s.directory = d.ID
		return err
	}, sqldb.DirectoryKind, func(s *stage) string { return s.directory }, none},
	{"MoveDirectory", func(ctx context.Context, s *stage) error {
		return err3(s.MoveDirectory(ctx, s.directory, store.Move{Name: new("another")}))
	}, sqldb.DirectoryKind, func(s *stage) string { return s.directory }, none},
	{"DeleteDirectory", func(ctx context.Context, s *stage) error {
		return s.DeleteDirectory(ctx, s.directory)
	}, sqldb.DirectoryKind, func(s *stage) string { return s.directory }, none},
	{"PutToolVariables", func(ctx context.Context, s *stage) error {
		return err2(s.PutToolVariables(ctx, toolID(s), []store.ToolVariable{{Name: "A", Sealed: []byte("a")}, {Name: "B", Sealed: []byte("b")}}))
	}, sqldb.FileKind, toolID, none},
	{"DeleteToolVariable", func(ctx context.Context, s *stage) error {
		return err2(s.DeleteToolVariable(ctx, toolID(s), "A"))
	}, sqldb.FileKind, toolID, always("A")},
	{"DeleteFile", func(ctx context.Context, s *stage) error {
		return s.DeleteFile(ctx, file.ToolKind, toolID(s))
	}, sqldb.FileKind, toolID, none},
	{"CreateKey", func(ctx context.Context, s *stage) error {
		return s.CreateKey(ctx, auth.APIKey{ID: "key_1", Name: "n", Role: auth.Member, Hash: "h", CreatedAt: epoch})
	}, sqldb.KeyKind, always("key_1"), none},
	{"SetKeyPriority", func(ctx context.Context, s *stage) error { return s.SetKeyPriority(ctx, "key_1", auth.Batch) }, sqldb.KeyKind, always("key_1"), always("batch")},
	{"RenameKey", func(ctx context.Context, s *stage) error { return s.RenameKey(ctx, "key_1", "m") }, sqldb.KeyKind, always("key_1"), none},
	{"CreateLink", func(ctx context.Context, s *stage) error { return s.CreateLink(ctx, "l", "key_1") }, sqldb.KeyKind, always("key_1"), none},
	{"RedeemLink", func(ctx context.Context, s *stage) error {
		return err2(s.RedeemLink(ctx, "l", auth.Session{ID: "login_1", Hash: "1"}))
	}, sqldb.SessionKind, always("login_1"), always("key_1")},
	{"CreateSession", func(ctx context.Context, s *stage) error {
		return err2(s.CreateSession(ctx, auth.Session{ID: "login_2", Hash: "2", KeyID: "key_1"}))
	}, sqldb.SessionKind, always("login_2"), always("key_1")},
	{"EndSession", func(ctx context.Context, s *stage) error { return s.EndSession(ctx, "key_1", "login_2") }, sqldb.SessionKind, always("login_2"), none},
	{"RevokeKey", func(ctx context.Context, s *stage) error { return s.RevokeKey(ctx, "key_1") }, sqldb.KeyKind, always("key_1"), none},
	{"SaveProviderKey", func(ctx context.Context, s *stage) error {
		return err2(s.SaveProviderKey(ctx, store.ProviderKey{Provider: "openai", Sealed: []byte("k")}))
	}, sqldb.ProviderKeyKind, always("openai"), none},
	{"RotateProviderKey", func(ctx context.Context, s *stage) error {
		return err2(s.RotateProviderKey(ctx, "openai", store.DefaultKey, store.Rotation{Order: 1}))
	}, sqldb.ProviderKeyKind, always("openai"), none},
	{"DeleteProviderKey", func(ctx context.Context, s *stage) error { return s.DeleteProviderKey(ctx, "openai", store.DefaultKey) }, sqldb.ProviderKeyKind, always("openai"), none},
	{"SaveProviderKey", func(ctx context.Context, s *stage) error {
		return err2(s.SaveProviderKey(ctx, store.ProviderKey{Provider: "openai", Name: "second", Sealed: []byte("k")}))
	}, sqldb.ProviderKeyKind, always("openai"), always("second")},
	{"SaveAlias", func(ctx context.Context, s *stage) error { return err2(s.SaveAlias(ctx, store.Alias{Name: "fast"})) }, sqldb.AliasKind, always("fast"), none},
	{"DeleteAlias", func(ctx context.Context, s *stage) error { return s.DeleteAlias(ctx, "fast") }, sqldb.AliasKind, always("fast"), none},
	{"CreateEnvironment", func(ctx context.Context, s *stage) error {
		e, err := s.CreateEnvironment(ctx, "new")
		s.environment = e.ID
		return err
	}, sqldb.EnvironmentKind, environmentID, none},
	{"RenameEnvironment", func(ctx context.Context, s *stage) error {
		return err2(s.RenameEnvironment(ctx, s.environment, "newer"))
	}, sqldb.EnvironmentKind, environmentID, none},
	{"SetDefaultEnvironment", func(ctx context.Context, s *stage) error {
		return err2(s.SetDefaultEnvironment(ctx, s.environment))
	}, sqldb.EnvironmentKind, environmentID, none},
	{"DeleteEnvironment", func(ctx context.Context, s *stage) error {
		all, err := s.Environments(ctx)
		if err != nil {
			return err
		}
		s.environment = all[2].ID
		return s.DeleteEnvironment(ctx, s.environment)
	}, sqldb.EnvironmentKind, environmentID, none},
	{"CreateEvaluation", func(ctx context.Context, s *stage) error {
		e := &judgment.Evaluation{FileID: promptID(s), Name: "e"}
		err := s.CreateEvaluation(ctx, e)
		s.evaluation = e.ID
		return err
	}, sqldb.EvaluationKind, evalID, none},
	{"AddEvaluators", func(ctx context.Context, s *stage) error {
		return err2(s.AddEvaluators(ctx, s.evaluation, []judgment.Evaluator{{VersionID: judgeID(s)}}))
	}, sqldb.EvaluationKind, evalID, none},
	{"RemoveEvaluator", func(ctx context.Context, s *stage) error {
		return err2(s.RemoveEvaluator(ctx, s.evaluation, judgeID(s)))
	}, sqldb.EvaluationKind, evalID, judgeID},
	{"AddRun", func(ctx context.Context, s *stage) error { return err2(s.AddRun(ctx, s.evaluation, s.run)) }, sqldb.EvaluationKind, evalID, runID},
	{"AddLogsToRun", func(ctx context.Context, s *stage) error {
		return err2(s.AddLogsToRun(ctx, s.evaluation, s.run, []string{s.log}))
	}, sqldb.EvaluationKind, evalID, runID},
	{"UpdateRun", func(ctx context.Context, s *stage) error {
		return err2(s.UpdateRun(ctx, s.evaluation, s.run, store.RunChange{Control: true}))
	}, sqldb.EvaluationKind, evalID, runID},
	{"RetryRun", func(ctx context.Context, s *stage) error {
		return err2(s.RetryRun(ctx, s.evaluation, s.run, store.RetryErrors))
	}, sqldb.EvaluationKind, evalID, runID},
	{"RemoveRun", func(ctx context.Context, s *stage) error { return s.RemoveRun(ctx, s.evaluation, s.run) }, sqldb.EvaluationKind, evalID, runID},
	{"CreateRun", func(ctx context.Context, s *stage) error {
		r, err := s.CreateRun(ctx, s.evaluation, store.NewRun{})
		if err == nil {
			s.run = r.ID
		}
		return err
	}, sqldb.EvaluationKind, evalID, runID},
	{"DeleteEvaluation", func(ctx context.Context, s *stage) error { return s.DeleteEvaluation(ctx, s.evaluation) }, sqldb.EvaluationKind, evalID, none},
	{"UpdateLog", func(ctx context.Context, s *stage) error {
		return err2(s.UpdateLog(ctx, s.log, func(l *trace.Log) error { l.Source = "s"; return nil }))
	}, sqldb.LogKind, func(s *stage) string { return s.log }, none},
	{"DeleteLogs", func(ctx context.Context, s *stage) error { return err2(s.DeleteLogs(ctx, []string{s.log})) }, sqldb.LogKind,
		func(s *stage) string { return s.log }, always("1")},
	{"SweepDrafts", func(ctx context.Context, s *stage) error {
		if _, _, err := s.SaveVersion(context.Background(), draft("q", "tried")); err != nil {
			return err
		}
		s.ticks.Add((8 * 24 * time.Hour).Milliseconds())
		return err2(s.SweepDrafts(ctx))
	}, sqldb.FileKind, promptID, none},
	{"DeleteSealed", func(ctx context.Context, s *stage) error {
		if _, err := s.SaveProviderKey(context.Background(), store.ProviderKey{Provider: "openai", Sealed: []byte("k")}); err != nil {
			return err
		}
		return err3(s.DeleteSealed(ctx))
	}, sqldb.SealedKind, none, none},
}

// after are the events since a moment, without what the test does by itself.
func (h *harness) eventsAfter(t *testing.T, seq int64) []sqldb.Event {
	t.Helper()
	list, err := h.Events(t.Context(), seq, 1000)
	must(t, err)
	return list
}

func (h *harness) lastEvent(t *testing.T) int64 {
	t.Helper()
	last := int64(0)
	for _, e := range h.eventsAfter(t, 0) {
		last = e.Seq
	}
	return last
}

func changesLeaveEvents(t *testing.T, h *harness) {
	s := newStage(t, h)
	ctx := auth.With(t.Context(), actor)
	for _, c := range changes {
		last, earliest := h.lastEvent(t), epoch.Add(time.Duration(h.ticks.Load())*time.Millisecond)
		if err := c.do(ctx, s); err != nil {
			t.Fatalf("%s: %v", c.method, err)
		}
		var got []sqldb.Event
		for _, e := range h.eventsAfter(t, last) {
			if e.Principal != "" {
				got = append(got, e)
			}
		}
		want := []sqldb.Event{{Operation: c.method, Kind: c.kind, ID: c.id(s), Principal: actor.KeyID, Detail: c.detail(s)}}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(sqldb.Event{}, "Seq", "Time")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.method, diff)
		}
		if len(got) == 1 && (got[0].Time.Before(earliest) || got[0].Seq <= last) {
			t.Errorf("%s: event %d at %v", c.method, got[0].Seq, got[0].Time)
		}
	}
}

// changesNeedOneConnection makes each change by a store that remembers nothing and, on PostgreSQL, has one connection. If a transaction waited for a second
// one, those that are waited for by others could hold all there are, for ever.
func changesNeedOneConnection(t *testing.T, h *harness) {
	s := newStage(t, h)
	if h.options.URL != "" {
		u, err := url.Parse(h.options.URL)
		must(t, err)
		query := u.Query()
		query.Set("pool_max_conns", "1")
		u.RawQuery = query.Encode()
		h.options.URL = u.String()
	}
	for _, c := range changes {
		h.reopen(t)
		ctx, cancel := context.WithTimeout(auth.With(t.Context(), actor), time.Minute)
		if err := c.do(ctx, s); err != nil {
			t.Fatalf("%s: %v", c.method, err)
		}
		cancel()
	}
}

// quiet are the methods that leave no event: they read, they store Logs, or they keep the database in order.
var quiet = []string{
	"Adopt", "AdvanceLog", "Aggregates", "Aliases", "AppendLog", "Await", "BackfillTasks", "Changes", "Children", "ClaimTasks", "Close", "Datapoints",
	"DatapointsByID", "DeploymentChanges", "DeploymentCounts", "Deployments", "Directories", "DirectoryByID", "EndTurn", "Environments",
	"Clock", "CommitQueue", "Commits", "Hear", "HoldLease", "KeptResponse", "LeaveLease", "Pools", "SweepResponses", "Tell",
	"CreateFirstKey", // leaves the event of CreateKey
	"Evaluation", "EvaluationNames", "Evaluations", "EvaluationsOfRun", "EvaluatorLogs", "Events", "FileNames", "FileRowByID", "FileRows",
	"Files", "FilesIn", "FinishTasks", "FirstTurn", "FreeTasks", "Frozen", "Gate", "GateRuns", "HealMonitored", "HealTasks", "HeldTasks", "IDsOfMarks", "ImportLogs",
	"IndexLogs", "KeepSkipped", "KeepUses", "Key", "KeyByHash", "KeyCount", "Keys", "Kind", "LeaveReplicas", "Log", "LogExists", "LogFacets",
	"LogRows", "Logs", "LogsByID", "LogsWithID", "Marks", "Moment", "MonitorCounts", "Ping", "PlaceOf", "ProviderKeys", "PutBackTasks",
	"Ready", "Recount", "ReleaseTasks", "RenewTasks", "RenewTurn", "Repeated", "Retention", "Review", "RollUp", "Run", "RunFailures",
	"RunLogs", "RunOutcomes", "Runs", "RunsWithID", "SealedMarks", "SeenReplica", "SessionByHash", "Sessions", "SettingChanges", "Since", "SkippedLogs",
	"Snapshot", "Spans", "SpentToday", "Statements", "Stats", "StatsNames", "Status", "StopRun", "StrayLogs", "SubjectOf", "Sweep", "TailLogs",
	"TakeTurn", "Tallies", "TaskCounts", "ToolVariables", "TraceFiles", "TraceOf", "TraceStatus", "UsesOf", "VersionRows", "Versions",
	"VersionNamed", "VersionsByID", "VersionsNamed", "VersionsWithID", "WaitingPools", "Woken",
}

func methodsAreKnown(t *testing.T, h *harness) {
	known := map[string]bool{}
	for _, c := range changes {
		known[c.method] = true
	}
	for _, m := range quiet {
		known[m] = true
	}
	all := reflect.TypeOf(h.DB)
	for m := range all.Methods() {
		if !known[m.Name] && !testOnly[m.Name] {
			t.Errorf("the table has no row of %s", m.Name)
		}
		delete(known, m.Name)
	}
	if len(known) > 0 {
		t.Errorf("there are no methods %v", known)
	}
}

// testOnly are the methods that the tests of package store add.
var testOnly = map[string]bool{"Exec": true, "Pragma": true, "Lines": true, "Migrate": true, "Reader": true, "ReadOnly": true}

func nothingLeavesNoEvent(t *testing.T, h *harness) {
	s := newStage(t, h)
	last := h.lastEvent(t)
	for what, err := range map[string]error{
		"a version that exists":  err3(h.SaveVersion(t.Context(), prompt("p", "1"))),
		"a deployment as it is":  err2(h.Deploy(t.Context(), file.PromptKind, promptID(s), s.defaultEnvironment(t), s.prompt.Version.ID, store.Terms{})),
		"nothing to undeploy":    h.Undeploy(t.Context(), file.PromptKind, promptID(s), s.environment, store.Terms{}),
		"a place as it is":       err2(h.MoveFile(t.Context(), file.PromptKind, promptID(s), store.Move{})),
		"a directory as it is":   err3(h.MoveDirectory(t.Context(), s.directory, store.Move{})),
		"nothing that is sealed": err3(h.DeleteSealed(t.Context())),
		"the default as it is":   err2(h.SetDefaultEnvironment(t.Context(), s.defaultEnvironment(t))),
		"a name as it is":        err2(h.RenameEnvironment(t.Context(), s.environment, "staging")),
		"uses of keys":           h.KeepUses(t.Context(), []string{"key_1"}, nil),
		"no gate":                h.DeleteGate(t.Context(), file.PromptKind, promptID(s), s.environment),
		"no Logs":                err2(h.DeleteLogs(t.Context(), []string{"log_x"})),
		"a Log":                  h.AppendLog(t.Context(), logOf(&s.prompt, newLogID())),
		"readiness":              h.Ready(t.Context()),
		"an index":               err2(h.IndexLogs(t.Context())),
		"a sweep":                err2(h.Sweep(t.Context(), time.Hour)),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	equal(t, "events", nil, h.eventsAfter(t, last))
}

func (s *stage) defaultEnvironment(t *testing.T) string {
	t.Helper()
	all, err := s.Environments(t.Context())
	must(t, err)
	return all[0].ID
}

func failureLeavesNoEvent(t *testing.T, h *harness) {
	s := newStage(t, h)
	last := h.lastEvent(t)
	refused := errors.New("refused")
	for what, err := range map[string]error{
		"a change of a Log that fails": err2(h.UpdateLog(t.Context(), s.log, func(*trace.Log) error { return refused })),
		"a guard that refuses": err2(h.SaveProviderKey(t.Context(), store.ProviderKey{Provider: "openai", Sealed: []byte("k")},
			func([]store.Mark) error { return refused })),
		"a Run of no version":      err2(h.CreateRun(t.Context(), s.evaluation, store.NewRun{VersionID: "prv_x"})),
		"a directory that is full": h.DeleteDirectory(t.Context(), store.RootDirectory),
		"a Run that is not there":  err2(h.AddRun(t.Context(), s.evaluation, "run_x")),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	equal(t, "events", nil, h.eventsAfter(t, last))
}

func eventsPage(t *testing.T, h *harness) {
	newStage(t, h)
	all := h.eventsAfter(t, 0)
	var paged []sqldb.Event
	for last := int64(0); ; {
		few, err := h.Events(t.Context(), last, 3)
		must(t, err)
		if len(few) == 0 {
			break
		}
		last = few[len(few)-1].Seq
		paged = append(paged, few...)
	}
	equal(t, "events", all, paged)
	if len(all) < 5 {
		t.Errorf("%d events", len(all))
	}
}

func eventsExpire(t *testing.T, h *harness) {
	newStage(t, h)
	last := h.lastEvent(t)
	h.ticks.Add((89 * 24 * time.Hour).Milliseconds())
	_, err := h.Sweep(t.Context(), 0)
	must(t, err)
	if got := len(h.eventsAfter(t, 0)); got < 5 {
		t.Errorf("%d events after 89 days", got)
	}
	h.ticks.Add((2 * 24 * time.Hour).Milliseconds())
	_, err = h.Sweep(t.Context(), 0)
	must(t, err)
	left := h.eventsAfter(t, 0)
	if len(left) != 1 || left[0].Seq != last {
		t.Errorf("after 91 days events are left: %+v", left)
	}
	h.save(t, prompt("p", "4"))
	if fresh := h.eventsAfter(t, last); len(fresh) != 1 {
		t.Errorf("events after the last: %+v", fresh)
	}
}
