package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

var taskMonitors = map[string]func(*testing.T, *harness){
	"Logs of a monitored File are to be judged":             monitoredLogs,
	"A Log of a File that nobody monitors pays nothing":     monitoredByNobody,
	"A monitored Log is judged by the version of now":       monitoredByDeployed,
	"Monitors choose Logs":                                  monitorsChoose,
	"Monitors take a sample":                                monitorsSample,
	"A Flow's Log is monitored once it is complete":         monitoredOnceWhole,
	"A monitored Log that is changed is judged again":       monitoredAgain,
	"A monitored root is judged again with what is below":   monitoredRoot,
	"Logs of Runs and judgments of tasks are not monitored": monitoredNot,
	"Logs without a payload are judged natively":            monitoredNatively,
	"Too many tasks of a monitor are skipped":               monitorsSkip,
	"Monitored Logs at once":                                monitoredAtOnce,
}

// watched is a Prompt that an Evaluator monitors which the server runs.
func (h *harness) watched(t *testing.T, activation ...store.Activation) (p, e file.Snapshot) {
	t.Helper()
	p, e = h.save(t, prompt("p", "m")), h.save(t, evaluator("code", "1"))
	if activation == nil {
		activation = []store.Activation{{}}
	}
	for i := range activation {
		activation[i].VersionID = e.Version.ID
	}
	h.activate(t, &p, activation...)
	return p, e
}

func (h *harness) activate(t *testing.T, s *file.Snapshot, list ...store.Activation) {
	t.Helper()
	_, err := h.SetMonitors(t.Context(), s.File.Kind, s.File.ID, list, nil)
	must(t, err)
}

func monitoredLogs(t *testing.T, h *harness) {
	p, e := h.watched(t)
	h.woken()
	h.appendMany(t, &p, "log_1")
	equal(t, "woken", true, h.woken())
	tasks := h.tasks(t, "python")
	equal(t, "tasks", "judge lane2 turn0", brief(tasks))
	equal(t, "nobody pays", int64(0), tasks[0].Run)
	s, ok, err := h.SubjectOf(t.Context(), tasks[0])
	must(t, err)
	l, err := h.Log(t.Context(), "log_1")
	must(t, err)
	equal(t, "subject", store.Subject{LogID: s.LogID, EvaluatorID: e.Version.ID, Log: l}, s)
	equal(t, "there is something to do", true, ok)
	_, err = h.SetMonitors(t.Context(), file.PromptKind, p.File.ID, nil, []file.Ref{{VersionID: e.Version.ID}})
	must(t, err)
	equal(t, "once it is not monitored", "nothing", h.judges(t, "python"))
	h.appendMany(t, &p, "log_2")
	equal(t, "another Log", "nothing", h.judges(t, "python"))
	h.activate(t, &p, store.Activation{Ref: file.Ref{VersionID: e.Version.ID}})
	h.appendMany(t, &p, "log_3")
	equal(t, "once it is again", "log_1 log_3", h.judges(t, "python"))
}

// monitoredByNobody counts statements: those of a Log are none outside its commit, before and after others are monitored.
func monitoredByNobody(t *testing.T, h *harness) {
	other := h.save(t, prompt("other", "m"))
	h.appendMany(t, &other, "log_0")
	cost := func(id string) int64 {
		before := h.Statements()
		h.appendMany(t, &other, id)
		return h.Statements() - before
	}
	equal(t, "statements", int64(0), cost("log_1"))
	h.watched(t)
	equal(t, "statements to learn what is monitored", int64(1), cost("log_2"))
	equal(t, "statements", int64(0), cost("log_3"))
	h.save(t, prompt("other", "n"))
	equal(t, "statements after a change of its File", int64(0), cost("log_4"))
	equal(t, "pools", "", h.pools(t))
}

func monitoredByDeployed(t *testing.T, h *harness) {
	p, e := h.save(t, prompt("p", "m")), h.save(t, evaluator("code", "1"))
	h.activate(t, &p, store.Activation{Ref: h.inEnvironment(t, &e, "production")}, store.Activation{Ref: byVersion(&e)})
	h.appendMany(t, &p, "log_1")
	equal(t, "one task for one version", "judge lane2 turn0", brief(h.tasks(t, "python")))
	second := h.save(t, evaluator("code", "2"))
	_, err := h.Deploy(t.Context(), file.EvaluatorKind, e.File.ID, h.environment(t, "production").ID, second.Version.ID, store.Terms{})
	must(t, err)
	h.appendMany(t, &p, "log_2")
	equal(t, "the version that is deployed now, and the other", "log_1 log_2 log_2", h.judges(t, "python"))
	must(t, h.DeleteFile(t.Context(), file.EvaluatorKind, e.File.ID))
	h.appendMany(t, &p, "log_3")
	equal(t, "when the Evaluator is deleted", "nothing nothing nothing", h.judges(t, "python"))
}

func monitorsChoose(t *testing.T, h *harness) {
	p, e := h.watched(t, store.Activation{Only: file.LogSelection{Environment: "live", Source: "sdk", Failed: new(true)}})
	for i, fits := range []bool{true, false, false, false} {
		l := logOf(&p, "log_"+itoa(i))
		l.Environment, l.Source, l.Error = "live", "sdk", new("it failed")
		switch i {
		case 1:
			l.Environment = "test"
		case 2:
			l.Source = ""
		case 3:
			l.Error = nil
		}
		h.append(t, l)
		equal(t, l.ID, fits && i == 0, strings.Contains(h.judges(t, "python"), l.ID))
	}
	got := h.current(t, &p).Monitors
	want := []file.Monitor{{
		EvaluatorID: e.File.ID, VersionID: e.Version.ID, Active: true, SampleRate: 1, CreatedAt: got[0].CreatedAt, UpdatedAt: got[0].UpdatedAt,
		Only: file.LogSelection{Environment: "live", Source: "sdk", Failed: new(true)},
	}}
	equal(t, "monitors", want, got)
	h.activate(t, &p, store.Activation{Ref: byVersion(&e), SampleRate: 0.5, Only: file.LogSelection{Failed: new(false)}})
	want[0].SampleRate, want[0].Only, want[0].UpdatedAt = 0.5, file.LogSelection{Failed: new(false)}, h.current(t, &p).Monitors[0].UpdatedAt
	equal(t, "changed", want, h.current(t, &p).Monitors)
}

func monitorsSample(t *testing.T, h *harness) {
	p, _ := h.watched(t, store.Activation{SampleRate: 0.25})
	more := h.save(t, evaluator("more", "1"))
	h.activate(t, &p, store.Activation{Ref: byVersion(&more), SampleRate: 0.25})
	for i := range 200 {
		h.appendMany(t, &p, "log_"+itoa(i))
	}
	judged := strings.Fields(h.judges(t, "python"))
	slices.Sort(judged)
	if n := len(judged) / 2; n < 30 || n > 70 {
		t.Errorf("%d of 200 Logs are judged", n)
	}
	for i := 0; i < len(judged); i += 2 {
		equal(t, "both judge the same", judged[i], judged[i+1])
	}
}

func monitoredOnceWhole(t *testing.T, h *harness) {
	flow, e := h.save(t, saveOf(file.FlowKind, "flow", "1")), h.save(t, evaluator("code", "1"))
	h.activate(t, &flow, store.Activation{Ref: byVersion(&e)})
	l := logOf(&flow, "flow_1")
	l.Status = trace.Incomplete
	h.append(t, l)
	_, err := h.UpdateLog(t.Context(), l.ID, func(l *trace.Log) error { l.Payload.Output = new("some"); return nil })
	must(t, err)
	equal(t, "while it is not complete", "", h.pools(t))
	_, err = h.UpdateLog(t.Context(), l.ID, func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	equal(t, "once it is", "flow_1", h.judges(t, "python"))
}

// judgeAll judges what waits, as a worker does.
func (h *harness) judgeAll(t *testing.T, e *file.Snapshot) {
	t.Helper()
	for _, task := range h.claim(t, "w", "python", 1000) {
		h.judgeOne(t, e, task)
		must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}}))
	}
}

// judgeOne stores the judgment that a task asks for, unless there is nothing to do, and reports whether it was the first to do so.
func (h *harness) judgeOne(t *testing.T, e *file.Snapshot, task store.Task) bool {
	t.Helper()
	s, ok, err := h.SubjectOf(t.Context(), task)
	must(t, err)
	if !ok {
		return false
	}
	l := logOf(e, s.LogID)
	l.ParentID, l.Source, l.Payload.Judgment = s.Log.ID, trace.SourceMonitoring, json.Value("true")
	err = h.AppendLog(t.Context(), l)
	if errs.Is(err, errs.AlreadyExists) {
		return false
	}
	must(t, err)
	return true
}

// judgments counts the Logs that judge a Log.
func (h *harness) judgments(t *testing.T, id string) int {
	t.Helper()
	all, err := h.EvaluatorLogs(t.Context(), []string{id})
	must(t, err)
	return len(all[id])
}

func monitoredAgain(t *testing.T, h *harness) {
	p, e := h.watched(t)
	h.appendMany(t, &p, "log_1")
	h.judgeAll(t, &e)
	change := func(f func(*trace.Log)) {
		t.Helper()
		_, err := h.UpdateLog(t.Context(), "log_1", func(l *trace.Log) error { f(l); return nil })
		must(t, err)
	}
	change(func(l *trace.Log) { l.User, l.Environment = "u", "e" })
	equal(t, "what Evaluators do not see", "", h.pools(t))
	change(func(l *trace.Log) { l.Payload.Output = new("other") })
	equal(t, "what they see", "log_1", h.judges(t, "python"))
	held := h.claim(t, "w", "python", 1)[0]
	change(func(l *trace.Log) { l.Metadata = json.Value(`{"a":1}`) })
	equal(t, "held by who judges what it was", nil, h.held(t, "w"))
	equal(t, "that judgment is the last", true, h.judgeOne(t, &e, held))
	h.judgeAll(t, &e)
	equal(t, "judgments", 3, h.judgments(t, "log_1"))
	h.judgeAll(t, &e)
	equal(t, "judgments", 3, h.judgments(t, "log_1"))
}

func monitoredRoot(t *testing.T, h *harness) {
	flow, e, p := h.save(t, saveOf(file.FlowKind, "flow", "1")), h.save(t, evaluator("code", "1")), h.save(t, prompt("p", "m"))
	h.activate(t, &flow, store.Activation{Ref: byVersion(&e)})
	root := logOf(&flow, "root")
	root.Status, root.TraceID = trace.Incomplete, "root"
	h.append(t, root)
	below := func(id, traceID string) {
		l := logOf(&p, id)
		l.TraceParentID, l.TraceID = "root", traceID
		h.append(t, l)
	}
	below("early", "")
	below("span", "root")
	equal(t, "while it grows", "", h.pools(t))
	_, err := h.UpdateLog(t.Context(), "root", func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	equal(t, "once it is complete", "root", h.judges(t, "python"))
	h.judgeAll(t, &e)
	below("late", "root")
	equal(t, "when more comes", "root", h.judges(t, "python"))
	h.judgeAll(t, &e)
	_, err = h.UpdateLog(t.Context(), "early", func(l *trace.Log) error { l.User = "u"; return nil })
	must(t, err)
	equal(t, "when nothing changes below", "", h.pools(t))
	_, err = h.UpdateLog(t.Context(), "early", func(l *trace.Log) error { l.Payload.Output = new("other"); return nil })
	must(t, err)
	equal(t, "when something changes below", "root", h.judges(t, "python"))
	h.judgeAll(t, &e)
	equal(t, "judgments", 3, h.judgments(t, "root"))
}

func monitoredNot(t *testing.T, h *harness) {
	w := newWork(t, h)
	more := h.save(t, evaluator("more", "1"))
	h.activate(t, &w.prompt, store.Activation{Ref: byVersion(&more)})
	h.activate(t, &w.code, store.Activation{Ref: byVersion(&more)})
	r := w.run(t)
	named, placed := w.log(t, "a", r.ID), w.log(t, "b", "")
	got := strings.Fields(h.judges(t, "python"))
	equal(t, "Logs that name a Run or take a place", []string{named, placed}, got)
	w.do(t, "python")
	equal(t, "judgments of tasks", "", h.pools(t))
	mine := w.judgedBy(t, &w.code, named, "true")
	equal(t, "judgments of clients", mine, h.judges(t, "python"))
}

func monitoredNatively(t *testing.T, h *harness) {
	p, e := h.watched(t)
	content, hash, err := file.Seal(file.PresetEvaluator("Latency"))
	must(t, err)
	latency := h.save(t, store.Save{Kind: file.EvaluatorKind, Path: "Latency", Content: content, Hash: hash})
	h.activate(t, &p, store.Activation{Ref: byVersion(&e)}, store.Activation{Ref: byVersion(&latency)})
	l := logOf(&p, "log_1")
	l.PayloadDropped = true
	h.append(t, l)
	equal(t, "pools", "native", h.pools(t))
	equal(t, "judged", "log_1", h.judges(t, "native"))
}

func monitorsSkip(t *testing.T, h *harness) {
	must(t, h.Close(t.Context()))
	h.options.MonitorBacklog = 5
	h.open(t)
	p, e := h.watched(t)
	for i := range 8 {
		h.appendMany(t, &p, "log_"+itoa(i))
	}
	counts, err := h.MonitorCounts(t.Context(), p.File.ID)
	must(t, err)
	want := []store.MonitorCount{{EvaluatorID: e.File.ID, EvaluatorPath: "code", VersionID: e.Version.ID, Active: true, Waiting: 5, Oldest: counts[0].Oldest, Skipped: 3}}
	equal(t, "counts", want, counts)
	h.judgeAll(t, &e)
	h.pass(10 * time.Second)
	h.appendMany(t, &p, "log_8")
	equal(t, "once there is room", "log_8", h.judges(t, "python"))
	equal(t, "skipped", int64(3), h.SkippedLogs())
	_, err = h.MonitorCounts(t.Context(), "pr_x")
	is(t, err, errs.FileNotFound)
}

// monitoredAtOnce stores and changes Logs of traces from many goroutines, while others judge them.
func monitoredAtOnce(t *testing.T, h *harness) {
	flow, e, p := h.save(t, saveOf(file.FlowKind, "flow", "1")), h.save(t, evaluator("code", "1")), h.save(t, prompt("p", "m"))
	h.activate(t, &flow, store.Activation{Ref: byVersion(&e)})
	h.activate(t, &p, store.Activation{Ref: byVersion(&e)})
	roots := []string{"root_0", "root_1", "root_2", "root_3"}
	for _, id := range roots {
		root := logOf(&flow, id)
		root.Status, root.TraceID = trace.Complete, id
		h.append(t, root)
	}
	const each = 20
	var all, judges sync.WaitGroup
	stop := make(chan struct{})
	for i := range 2 {
		judges.Go(func() {
			name := fmt.Sprint("w", i)
			for {
				select {
				case <-stop:
					return
				default:
				}
				for _, task := range h.claim(t, name, "python", 4) {
					h.judgeOne(t, &e, task)
					must(t, h.FinishTasks(t.Context(), name, []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}}))
				}
			}
		})
	}
	for i, id := range roots {
		all.Go(func() {
			for n := range each {
				l := logOf(&p, fmt.Sprint("log_", i, "_", n))
				l.TraceID, l.TraceParentID = roots[(i+n)%len(roots)], roots[(i+n)%len(roots)]
				h.append(t, l)
				_, err := h.UpdateLog(t.Context(), id, func(l *trace.Log) error { l.Payload.Output = new(fmt.Sprint(n)); return nil })
				must(t, err)
			}
		})
	}
	all.Wait()
	close(stop)
	judges.Wait()
	h.judgeAll(t, &e)
	equal(t, "pools", "", h.pools(t))
	for i := range roots {
		for n := range each {
			equal(t, "judgments", 1, h.judgments(t, fmt.Sprint("log_", i, "_", n)))
		}
	}
	for _, id := range roots {
		root, err := h.Log(t.Context(), id)
		must(t, err)
		judged, err := h.EvaluatorLogs(t.Context(), []string{id})
		must(t, err)
		last := judged[id][len(judged[id])-1]
		if last.CreatedAt.Before(root.UpdatedAt) {
			t.Errorf("%s was judged last at %v and changed at %v", id, last.CreatedAt, root.UpdatedAt)
		}
	}
}
