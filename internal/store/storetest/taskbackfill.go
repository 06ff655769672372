package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

var taskBackfills = map[string]func(*testing.T, *harness){
	"Monitors judge Logs of Runs if they are to":        monitorsOfRuns,
	"What monitors judge is counted":                    monitorsCount,
	"A judgment of what a Log was is not stored":        judgedTooLate,
	"A task that has changed stays when it is finished": finishedTooLate,
	"A task of a Run goes with its Log":                 goneWithItsLog,
	"Old Logs are judged on request":                    backfilled,
	"Old Logs are judged as new ones are":               backfilledAsMonitored,
	"Many old Logs are judged in parts":                 backfilledInParts,
	"Lost tasks of monitors are made again":             monitoredHealed,
	"Logs from before a monitor are not healed":         monitoredNotHealed,
	"Skipped Logs are taken up once there is room":      skippedHealed,
	"Nothing is left of what nobody wants any more":     unwantedTasks,
}

func monitorsOfRuns(t *testing.T, h *harness) {
	w := newWork(t, h)
	more := h.save(t, evaluator("more", "1"))
	h.activate(t, &w.prompt, store.Activation{Ref: byVersion(&more), Runs: true})
	equal(t, "monitor", true, h.current(t, &w.prompt).Monitors[0].Runs)
	r := w.run(t)
	named := w.log(t, "a", r.ID)
	equal(t, "judged for the Run and for the monitor", named+" "+named, h.judges(t, "python"))
}

func monitorsCount(t *testing.T, h *harness) {
	p, e := h.watched(t)
	h.appendMany(t, &p, "log_1", "log_2", "log_3")
	tasks := h.claim(t, "w", "python", 10)
	var done []store.FinishedTask
	for i, task := range tasks {
		done = append(done, store.FinishedTask{Seq: task.Seq, Revision: task.Revision, Monitor: task.Monitor, LogID: "j_" + itoa(i), Failed: i == 1})
	}
	done = append(done, store.FinishedTask{Seq: 1000, Monitor: tasks[0].Monitor}, store.FinishedTask{Seq: 1001, Monitor: 99, LogID: "x"})
	must(t, h.FinishTasks(t.Context(), "w", done))
	want := []store.MonitorCount{{
		EvaluatorID: e.File.ID, EvaluatorPath: "code", VersionID: e.Version.ID, Active: true, Judged: 2, Failed: 1, FailedLog: "j_1",
	}}
	count := func(what string) {
		t.Helper()
		got, err := h.MonitorCounts(t.Context(), p.File.ID)
		must(t, err)
		equal(t, what, want, got)
	}
	count("counts")
	h.pass(23 * time.Hour)
	count("the same day")
	h.pass(2 * time.Hour)
	want[0].Judged, want[0].Failed, want[0].FailedLog = 0, 0, ""
	count("a day later")
	_, err := h.HealMonitored(t.Context(), epoch.Add(1000*time.Hour))
	must(t, err)
	count("once old counts are deleted")
	must(t, h.DeleteFile(t.Context(), file.EvaluatorKind, e.File.ID))
	want = nil
	count("without the Evaluator")
}

func judgedTooLate(t *testing.T, h *harness) {
	p, e := h.watched(t)
	h.appendMany(t, &p, "log_1")
	old := h.claim(t, "w", "python", 1)[0]
	before, ok, err := h.SubjectOf(t.Context(), old)
	must(t, err)
	equal(t, "wanted", true, ok)
	_, err = h.UpdateLog(t.Context(), "log_1", func(l *trace.Log) error { l.Payload.Output = new("other"); return nil })
	must(t, err)
	task := h.claim(t, "w", "python", 1)[0]
	after, _, err := h.SubjectOf(t.Context(), task)
	must(t, err)
	judge := func(id string, task *store.Task) error {
		l := logOf(&e, id)
		l.ParentID, l.Source, l.Payload.Judgment = "log_1", trace.SourceMonitoring, json.Value("true")
		return h.AppendLog(t.Context(), l, task.Rider())
	}
	is(t, judge(before.LogID, &old), errs.Conflict)
	must(t, judge(after.LogID, &task))
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}}))
	is(t, judge(before.LogID, &old), errs.Conflict)
	equal(t, "judgments", 1, h.judgments(t, "log_1"))
}

// goneWithItsLog stores a Log for a place, and again for the task of an earlier try.
func goneWithItsLog(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t)
	tasks := h.claim(t, "w", "openai", 2)
	record := func(id string, task *store.Task) {
		p, _, err := h.PlaceOf(t.Context(), *task)
		must(t, err)
		l := logOf(&w.prompt, id)
		l.RunID, l.DatapointID, l.Error = r.ID, p.Datapoint.ID, new("it failed")
		must(t, h.AppendLog(t.Context(), l, task.Rider()))
	}
	record("log_1", &tasks[0])
	equal(t, "held", []int64{tasks[1].Seq}, h.held(t, "w"))
	old := tasks[1]
	old.Revision++
	record("log_2", &old)
	equal(t, "held for another try", []int64{tasks[1].Seq}, h.held(t, "w"))
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: tasks[1].Seq, Revision: tasks[1].Revision, Run: tasks[1].Run, Nano: 5, Gone: true}}))
	equal(t, "held, as only the cost counts", []int64{tasks[1].Seq}, h.held(t, "w"))
	spent, err := h.SpentToday(t.Context())
	must(t, err)
	equal(t, "spent", int64(5), spent)
}

func finishedTooLate(t *testing.T, h *harness) {
	p, _ := h.watched(t)
	h.appendMany(t, &p, "log_1")
	old := h.claim(t, "w", "python", 1)[0]
	_, err := h.UpdateLog(t.Context(), "log_1", func(l *trace.Log) error { l.Payload.Output = new("other"); return nil })
	must(t, err)
	task := h.claim(t, "w", "python", 1)[0]
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: old.Seq, Revision: old.Revision}}))
	must(t, h.PutBackTasks(t.Context(), "w", []store.TaskFailure{{Seq: old.Seq, Revision: old.Revision, Due: epoch.Add(time.Hour)}}))
	equal(t, "held", []int64{task.Seq}, h.held(t, "w"))
}

func (h *harness) backfill(t *testing.T, b store.Backfill) store.Backfilled {
	t.Helper()
	made, err := h.BackfillTasks(t.Context(), b)
	must(t, err)
	return made
}

func backfilled(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.save(t, evaluator("code", "1"))
	for i := range 6 {
		h.appendMany(t, &p, "log_"+itoa(i))
		h.pass(time.Second)
	}
	equal(t, "made", store.Backfilled{Tasks: 3}, h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: e.Version.ID, Last: 3}))
	equal(t, "again", store.Backfilled{}, h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: e.Version.ID, Last: 3}))
	equal(t, "tasks, the newest first", "judge lane2 turn1, judge lane2 turn2, judge lane2 turn3", brief(h.tasks(t, "python")))
	equal(t, "judged", "log_5 log_4 log_3", h.judges(t, "python"))
	h.judgeAll(t, &e)
	l, err := h.Log(t.Context(), "log_1")
	must(t, err)
	made := h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: e.Version.ID, From: l.CreatedAt})
	equal(t, "since a time, without what was judged", store.Backfilled{Tasks: 2}, made)
	equal(t, "judged", "log_2 log_1", h.judges(t, "python"))
	made = h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: e.Version.ID, To: l.CreatedAt.Add(-time.Microsecond)})
	equal(t, "until a time", store.Backfilled{Tasks: 1}, made)
	people := h.save(t, human("tone", "1"))
	for what, c := range map[string]struct {
		b    store.Backfill
		want errs.Reason
	}{
		"a File":                         {store.Backfill{FileID: "pr_x", VersionID: e.Version.ID, Last: 1}, errs.FileNotFound},
		"a version":                      {store.Backfill{FileID: p.File.ID, VersionID: "evv_x", Last: 1}, errs.VersionNotFound},
		"a version of a Prompt":          {store.Backfill{FileID: p.File.ID, VersionID: p.Version.ID, Last: 1}, errs.VersionNotFound},
		"an Evaluator for people to use": {store.Backfill{FileID: p.File.ID, VersionID: people.Version.ID, Last: 1}, errs.ValidationFailed},
	} {
		_, err := h.BackfillTasks(t.Context(), c.b)
		if !errs.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func backfilledAsMonitored(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.run(t)
	w.log(t, "a", r.ID)
	for i := range 4 {
		l := logOf(&w.prompt, "log_"+itoa(i))
		l.Source = []string{"sdk", "other"}[i%2]
		h.append(t, l)
	}
	more := h.save(t, evaluator("more", "1"))
	h.activate(t, &w.prompt, store.Activation{Ref: byVersion(&more), Only: file.LogSelection{Source: "sdk"}})
	equal(t, "as monitored", store.Backfilled{Tasks: 2}, h.backfill(t, store.Backfill{FileID: w.prompt.File.ID, VersionID: more.Version.ID, Last: 100}))
	_, err := h.SetMonitors(t.Context(), file.PromptKind, w.prompt.File.ID, nil, []file.Ref{byVersion(&more)})
	must(t, err)
	equal(t, "all that are in no Run", store.Backfilled{Tasks: 2}, h.backfill(t, store.Backfill{FileID: w.prompt.File.ID, VersionID: more.Version.ID, Last: 100}))
	h.activate(t, &w.prompt, store.Activation{Ref: byVersion(&more), Runs: true})
	equal(t, "those in Runs", store.Backfilled{Tasks: 1}, h.backfill(t, store.Backfill{FileID: w.prompt.File.ID, VersionID: more.Version.ID, Last: 100}))
}

func backfilledInParts(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.save(t, evaluator("code", "1"))
	const logs = 903
	var ids []string
	for i := range logs {
		ids = append(ids, "log_"+itoa(i))
	}
	h.appendMany(t, &p, ids...)
	equal(t, "made", store.Backfilled{Tasks: logs}, h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: e.Version.ID, From: epoch}))
	seen := map[int64]bool{}
	for _, task := range h.tasks(t, "python") {
		seen[task.Turn] = true
	}
	equal(t, "turns", logs, len(seen))
}

// loseTasks deletes all tasks for Python, as if they had never been made.
func (h *harness) loseTasks(t *testing.T) {
	t.Helper()
	var lost []store.FinishedTask
	for _, task := range h.claim(t, "thief", "python", 1000) {
		lost = append(lost, store.FinishedTask{Seq: task.Seq, Revision: task.Revision})
	}
	must(t, h.FinishTasks(t.Context(), "thief", lost))
}

func monitoredHealed(t *testing.T, h *harness) {
	p, e := h.watched(t, store.Activation{Only: file.LogSelection{Failed: new(false)}})
	flow := h.save(t, saveOf(file.FlowKind, "flow", "1"))
	h.activate(t, &flow, store.Activation{Ref: byVersion(&e)})
	h.appendMany(t, &p, "log_1", "log_2")
	failed := logOf(&p, "log_3")
	failed.Error = new("it failed")
	h.append(t, failed)
	open := logOf(&flow, "flow_1")
	open.Status = trace.Incomplete
	h.append(t, open)
	must(t, h.judgeFirst(t, &e))
	h.loseTasks(t)
	heal := func(since time.Time) int {
		t.Helper()
		n, err := h.HealMonitored(t.Context(), since)
		must(t, err)
		return n
	}
	equal(t, "made for Logs of later", 0, heal(epoch.Add(1000*time.Hour)))
	equal(t, "made", 1, heal(epoch))
	equal(t, "once more", 0, heal(epoch))
	equal(t, "what has neither judgment nor task", "log_2", h.judges(t, "python"))
	_, err := h.UpdateLog(t.Context(), "flow_1", func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	h.loseTasks(t)
	equal(t, "made", 2, heal(epoch))
	equal(t, "the Flow as well", true, strings.Contains(h.judges(t, "python"), "flow_1"))
}

// judgeFirst judges one task.
func (h *harness) judgeFirst(t *testing.T, e *file.Snapshot) error {
	t.Helper()
	task := h.claim(t, "w", "python", 1)[0]
	h.judgeOne(t, e, task)
	return h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}})
}

func monitoredNotHealed(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.save(t, evaluator("code", "1"))
	h.appendMany(t, &p, "log_1")
	h.pass(time.Second)
	h.activate(t, &p, store.Activation{Ref: h.inEnvironment(t, &e, "production")})
	h.appendMany(t, &p, "log_2")
	h.judgeAll(t, &e)
	h.pass(time.Second)
	second := h.save(t, evaluator("code", "2"))
	_, err := h.Deploy(t.Context(), file.EvaluatorKind, e.File.ID, h.environment(t, "production").ID, second.Version.ID, store.Terms{})
	must(t, err)
	n, err := h.HealMonitored(t.Context(), epoch)
	must(t, err)
	equal(t, "made", 0, n)
	h.appendMany(t, &p, "log_3")
	h.loseTasks(t)
	n, err = h.HealMonitored(t.Context(), epoch)
	must(t, err)
	equal(t, "made since", 1, n)
	equal(t, "judged", "log_3", h.judges(t, "python"))
}

func skippedHealed(t *testing.T, h *harness) {
	must(t, h.Close(t.Context()))
	h.options.MonitorBacklog = 2
	h.open(t)
	p, e := h.watched(t)
	h.appendMany(t, &p, "log_1")
	h.appendMany(t, &p, "log_2")
	h.appendMany(t, &p, "log_3")
	h.appendMany(t, &p, "log_4")
	h.appendMany(t, &p, "log_5")
	n, err := h.HealMonitored(t.Context(), epoch)
	must(t, err)
	equal(t, "made without room", 0, n)
	h.judgeAll(t, &e)
	h.pass(10 * time.Second)
	n, err = h.HealMonitored(t.Context(), epoch)
	must(t, err)
	equal(t, "made as far as there is room", 2, n)
	equal(t, "the newest first", "log_5 log_4", h.judges(t, "python"))
	equal(t, "skipped", int64(3), h.SkippedLogs())
}

func unwantedTasks(t *testing.T, h *harness) {
	p, e := h.watched(t)
	second := h.save(t, evaluator("code", "2"))
	h.appendMany(t, &p, "log_1")
	h.backfill(t, store.Backfill{FileID: p.File.ID, VersionID: second.Version.ID, Last: 1})
	equal(t, "wanted", "log_1 log_1", h.judges(t, "python"))
	must(t, h.DeleteVersion(t.Context(), file.EvaluatorKind, e.File.ID, second.Version.ID))
	equal(t, "without the version", "log_1 nothing", h.judges(t, "python"))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	equal(t, "without the File", "nothing nothing", h.judges(t, "python"))
}
