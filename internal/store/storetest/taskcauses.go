package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/trace"
)

var taskCauses = map[string]func(*testing.T, *harness){
	"A Log that takes a place is to be judged":                judgedOnceInPlace,
	"Evaluators that the server does not run make no tasks":   notJudgedByOthers,
	"A task for a judgment commits with its Log":              judgedWithTheLog,
	"A Flow's Log is judged once it is complete":              judgedOnceWhole,
	"Logs that are added to a Run are to be judged":           judgedOnceAdded,
	"Evaluators that are added judge what is there":           judgedByAdded,
	"Several Runs of a Log make one task":                     judgedForSeveral,
	"A Run that uses existing Logs makes what is missing":     missingOnly,
	"What a task is about":                                    aboutTasks,
	"A task about what is gone is about nothing":              aboutNothing,
	"A Log deleted from a Run that is going frees its place":  placeFreed,
	"A Log deleted from a complete Run takes its place along": placeGone,
	"Logs that expire take their places along":                placeExpired,
	"Judgments that expire stay counted":                      judgmentExpired,
	"A deleted judgment is made again":                        judgmentDeleted,
	"HealTasks makes the tasks that were lost":                tasksHealed,
	"RetryRun makes again what failed":                        runRetried,
	"Stopped Runs and what they came to":                      runStopped,
	"Logs of a stopped Run that were not tried":               untriedJudged,
	"Counts of tasks":                                         tasksCounted,
	"Progress says for whom a Run waits":                      runWaits,
}

// tasks claims all that wait in a pool, and frees them again.
func (h *harness) tasks(t *testing.T, pool string) []store.Task {
	t.Helper()
	tasks := h.claim(t, "look", pool, 1000)
	must(t, h.ReleaseTasks(t.Context(), "look"))
	return tasks
}

// about says which Logs the tasks of a pool are to judge.
func (h *harness) judges(t *testing.T, pool string) string {
	t.Helper()
	var out []string
	for _, task := range h.tasks(t, pool) {
		s, ok, err := h.SubjectOf(t.Context(), task)
		must(t, err)
		if !ok {
			out = append(out, "nothing")
			continue
		}
		out = append(out, s.Log.ID)
	}
	return strings.Join(out, " ")
}

// work does all tasks of a pool: Logs of the Prompt, and judgments. Logs and judgments of the words fail.
func (w *work) do(t *testing.T, pool string, failing ...string) {
	t.Helper()
	for {
		tasks := w.claim(t, "w", pool, 100)
		if len(tasks) == 0 {
			return
		}
		var done []store.FinishedTask
		for _, task := range tasks {
			w.doOne(t, task, failing)
			done = append(done, store.FinishedTask{Seq: task.Seq, Revision: task.Revision, Run: task.Run, Nano: 1})
		}
		must(t, w.FinishTasks(t.Context(), "w", done))
	}
}

func (w *work) doOne(t *testing.T, task store.Task, failing []string) {
	t.Helper()
	var l *trace.Log
	word := ""
	if task.Kind == store.MakeLog {
		p, ok, err := w.PlaceOf(t.Context(), task)
		must(t, err)
		if !ok {
			return
		}
		l, word = logOf(&w.prompt, p.LogID), p.Datapoint.Inputs["word"]
		l.RunID, l.DatapointID, l.Source = p.RunID, p.Datapoint.ID, trace.SourceEvaluation
	} else {
		s, ok, err := w.SubjectOf(t.Context(), task)
		must(t, err)
		if !ok {
			return
		}
		l = logOf(&w.code, s.LogID)
		l.ParentID, l.Source, l.Payload.Judgment = s.Log.ID, trace.SourceEvaluation, []byte("true")
		if s.Datapoint != nil {
			word = "judge " + s.Datapoint.Inputs["word"]
		}
	}
	for _, one := range failing {
		if one == word {
			l.Error, l.Detail, l.Payload.Judgment = new("it failed"), &errs.Detail{Reason: errs.Timeout}, nil
		}
	}
	if err := w.AppendLog(t.Context(), l); !errs.Is(err, errs.AlreadyExists) {
		must(t, err)
	}
}

func judgedOnceInPlace(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.run(t)
	h.woken()
	id := w.log(t, "b", r.ID)
	equal(t, "woken", true, h.woken())
	tasks := h.tasks(t, "python")
	equal(t, "tasks", "judge lane1 turn1", brief(tasks))
	equal(t, "it is judged", id, h.judges(t, "python"))
	byVersion := w.log(t, "a", "")
	equal(t, "one that names no Run", byVersion+" "+id, h.judges(t, "python"))
	further := w.log(t, "", r.ID)
	equal(t, "one without a datapoint", true, strings.Contains(h.judges(t, "python"), further))
	w.log(t, "", "")
	w.judgedBy(t, &w.code, id, "true")
	equal(t, "judged by a client meanwhile", true, strings.Contains(h.judges(t, "python"), "nothing"))
	w.do(t, "python")
	equal(t, "the Run", "running: 3 logs, 1 missing; 3 of 3 judged", w.state(t, r.ID))
}

func notJudgedByOthers(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.evaluation = w.evaluate(t, "others", w.judge.Version.ID)
	_, err := h.AddEvaluators(t.Context(), w.evaluation.ID, []judgment.Evaluator{{VersionID: w.code.Version.ID}})
	must(t, err)
	r := w.run(t)
	w.log(t, "a", r.ID)
	equal(t, "pools", "", h.pools(t))
	_, err = h.AddEvaluators(t.Context(), w.evaluation.ID, []judgment.Evaluator{{VersionID: w.code.Version.ID, Orchestrated: true}})
	must(t, err)
	equal(t, "once the server runs it", "judge lane1 turn0", brief(h.tasks(t, "python")))
}

func judgedWithTheLog(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.run(t)
	l := logOf(&w.prompt, "refused")
	l.RunID, l.DatapointID = r.ID, w.datapoint["a"]
	if err := h.AppendLog(t.Context(), l, &logs.Rider{Statements: []logs.Statement{logs.Exec("INSERT INTO nowhere VALUES (1)")}}); err == nil {
		t.Error("a Log with a rider that fails is stored")
	}
	equal(t, "pools", "", h.pools(t))
	l.ID = w.log(t, "b", r.ID)
	is(t, h.AppendLog(t.Context(), l), errs.AlreadyExists)
	equal(t, "tasks", "judge lane1 turn1", brief(h.tasks(t, "python")))
}

func judgedOnceWhole(t *testing.T, h *harness) {
	w := newWork(t, h)
	flow := h.save(t, saveOf(file.FlowKind, "flow", "1"))
	r, err := h.CreateRun(t.Context(), w.evaluation.ID, store.NewRun{VersionID: flow.Version.ID, DatasetVersionID: w.dataset.Version.ID})
	must(t, err)
	l := logOf(&flow, "flow_1")
	l.RunID, l.DatapointID, l.Status = r.ID, w.datapoint["a"], trace.Incomplete
	h.append(t, l)
	equal(t, "while it is not complete", "", h.pools(t))
	_, err = h.UpdateLog(t.Context(), l.ID, func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	equal(t, "once it is", "flow_1", h.judges(t, "python"))
	bare := logOf(&flow, "flow_2")
	bare.Status = trace.Incomplete
	h.append(t, bare)
	_, err = h.AddLogsToRun(t.Context(), w.evaluation.ID, r.ID, []string{"flow_2"})
	must(t, err)
	equal(t, "one that was added and is not complete", true, strings.Contains(h.judges(t, "python"), "nothing"))
	w.do(t, "python")
	_, err = h.UpdateLog(t.Context(), bare.ID, func(l *trace.Log) error { l.Status = trace.Complete; return nil })
	must(t, err)
	equal(t, "once that is", "flow_2", h.judges(t, "python"))
	late := logOf(&flow, "flow_3")
	late.Status = trace.Complete
	h.append(t, late)
	_, err = h.UpdateLog(t.Context(), late.ID, func(l *trace.Log) error { l.RunID, l.DatapointID = r.ID, w.datapoint["b"]; return nil })
	must(t, err)
	w.do(t, "python")
	equal(t, "the Run", "running: 3 logs, 1 missing; 3 of 3 judged", w.state(t, r.ID))
}

func judgedOnceAdded(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.run(t)
	ids := []string{w.log(t, "", ""), w.log(t, "", "")}
	w.judgedBy(t, &w.code, ids[1], "true")
	equal(t, "before", "", h.pools(t))
	_, err := h.AddLogsToRun(t.Context(), w.evaluation.ID, r.ID, ids)
	must(t, err)
	equal(t, "the one that is not judged", ids[0], h.judges(t, "python"))
}

func judgedByAdded(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.evaluation = w.evaluate(t, "none")
	open, closed := w.run(t), w.run(t)
	id := w.log(t, "a", open.ID)
	w.log(t, "a", closed.ID)
	_, err := h.UpdateRun(t.Context(), w.evaluation.ID, closed.ID, store.RunChange{Close: judgment.Completed})
	must(t, err)
	_, err = h.AddEvaluators(t.Context(), w.evaluation.ID, []judgment.Evaluator{{VersionID: w.code.Version.ID, Orchestrated: true}})
	must(t, err)
	equal(t, "of open Runs", id, h.judges(t, "python"))
	other := w.evaluate(t, "other", h.save(t, evaluator("more", "2")).Version.ID)
	_, err = h.AddRun(t.Context(), other.ID, open.ID)
	must(t, err)
	equal(t, "by those of another Evaluation", 2, len(h.tasks(t, "python")))
	_, err = h.RemoveEvaluator(t.Context(), w.evaluation.ID, w.code.Version.ID)
	must(t, err)
	equal(t, "once one is removed", true, strings.Contains(h.judges(t, "python"), "nothing"))
}

func judgedForSeveral(t *testing.T, h *harness) {
	w := newWork(t, h)
	first := w.run(t)
	id := w.log(t, "c", first.ID)
	tasks := h.tasks(t, "python")
	gate, err := h.CreateRun(t.Context(), w.evaluation.ID, store.NewRun{
		VersionID: w.prompt.Version.ID, DatasetVersionID: w.dataset.Version.ID, UseExistingLogs: true, Gate: true,
	})
	must(t, err)
	_, err = h.CreateRun(t.Context(), w.evaluation.ID, store.NewRun{VersionID: w.prompt.Version.ID, DatasetVersionID: w.dataset.Version.ID, UseExistingLogs: true})
	must(t, err)
	again := h.tasks(t, "python")
	want := tasks[0]
	want.Lane, want.Run = store.GateLane, again[0].Run
	equal(t, "one task, in the lower lane", []store.Task{want}, again)
	equal(t, "which pays", false, again[0].Run == tasks[0].Run)
	w.do(t, "python")
	equal(t, "the first Run", "running: 1 logs, 2 missing; 1 of 1 judged", w.state(t, first.ID))
	equal(t, "the gate", "running: 1 logs, 2 missing; 1 of 1 judged", w.state(t, gate.ID))
	_, err = h.UpdateLog(t.Context(), id, func(l *trace.Log) error { l.Source = "x"; return nil })
	must(t, err)
	equal(t, "pools", "", h.pools(t))
}

func missingOnly(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.log(t, "b", "")
	r := w.orchestrated(t, func(n *store.NewRun) { n.UseExistingLogs = true })
	equal(t, "Logs", "make lane1 turn0, make lane1 turn2", brief(h.tasks(t, "openai")))
	equal(t, "judgments", "judge lane1 turn1", brief(h.tasks(t, "python")))
	w.do(t, "openai")
	w.do(t, "python")
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
	again := w.orchestrated(t, func(n *store.NewRun) { n.UseExistingLogs = true })
	equal(t, "once more", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, again.ID))
	equal(t, "pools", "", h.pools(t))
}

func aboutTasks(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t, func(n *store.NewRun) { n.MaxCost, n.MaxErrors = 5, new(2) })
	task := h.claim(t, "w", "openai", 1)[0]
	p, ok, err := h.PlaceOf(t.Context(), task)
	must(t, err)
	want := store.Place{
		Payer: store.Payer{RunID: r.ID, MaxCost: 5}, LogID: p.LogID, VersionID: w.prompt.Version.ID, MaxErrors: new(2), CreatedBy: "key",
		Datapoint: h.datapoints(t, &w.dataset)[0],
	}
	equal(t, "place", want, p)
	equal(t, "there is something to do", true, ok)
	again, _, err := h.PlaceOf(t.Context(), task)
	must(t, err)
	equal(t, "the id follows from the task", p.LogID, again.LogID)
	w.doOne(t, task, nil)
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision, Run: task.Run, Nano: 7}}))
	s, ok, err := h.SubjectOf(t.Context(), h.claim(t, "w", "python", 1)[0])
	must(t, err)
	l, err := h.Log(t.Context(), p.LogID)
	must(t, err)
	wanted := store.Subject{
		Payer: store.Payer{RunID: r.ID, MaxCost: 5, Spent: 7}, LogID: s.LogID, EvaluatorID: w.code.Version.ID, Log: l, Datapoint: &p.Datapoint,
	}
	equal(t, "subject", wanted, s)
	equal(t, "there is something to do", true, ok)
	equal(t, "it has spent too much", true, s.OverBudget())
	if s.LogID == p.LogID || !strings.HasPrefix(s.LogID, "log_") {
		t.Errorf("the id of the judgment is %s", s.LogID)
	}
}

func aboutNothing(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t)
	places := h.claim(t, "w", "openai", 3)
	filled := w.log(t, "a", r.ID)
	judge := h.claim(t, "w", "python", 1)[0]
	equal(t, "a place that is filled", false, h.somethingToDo(t, places[0]))
	equal(t, "a place that is free", true, h.somethingToDo(t, places[1]))
	equal(t, "a Log", true, h.somethingToDo(t, judge))
	_, err := h.UpdateRun(t.Context(), w.evaluation.ID, r.ID, store.RunChange{Close: judgment.Cancelled})
	must(t, err)
	equal(t, "a place of a closed Run", false, h.somethingToDo(t, places[1]))
	equal(t, "a Log of a closed Run", false, h.somethingToDo(t, judge))
	other := w.orchestrated(t, func(n *store.NewRun) { n.UseExistingLogs = true })
	places, judge = h.claim(t, "w", "openai", 3), h.claim(t, "w", "python", 1)[0]
	equal(t, "a Log of another Run", true, h.somethingToDo(t, judge))
	must(t, h.RemoveRun(t.Context(), w.evaluation.ID, other.ID))
	equal(t, "a place of a Run without Evaluation", false, h.somethingToDo(t, places[0]))
	equal(t, "a Log of a Run without Evaluation", false, h.somethingToDo(t, judge))
	_, err = h.AddRun(t.Context(), w.evaluation.ID, other.ID)
	must(t, err)
	_, err = h.DeleteLogs(t.Context(), []string{filled})
	must(t, err)
	equal(t, "a Log that is deleted", false, h.somethingToDo(t, judge))
}

func (h *harness) somethingToDo(t *testing.T, task store.Task) bool {
	t.Helper()
	var ok bool
	var err error
	if task.Kind == store.MakeLog {
		_, ok, err = h.PlaceOf(t.Context(), task)
	} else {
		_, ok, err = h.SubjectOf(t.Context(), task)
	}
	must(t, err)
	return ok
}

func placeFreed(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t)
	task := h.claim(t, "w", "openai", 1)[0]
	first, _, err := h.PlaceOf(t.Context(), task)
	must(t, err)
	w.doOne(t, task, nil)
	_, err = h.DeleteLogs(t.Context(), []string{first.LogID})
	must(t, err)
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}})) // later than the deletion
	equal(t, "the Run", "pending: 0 logs, 3 missing; 0 of 0 judged", w.state(t, r.ID))
	again := h.tasks(t, "openai")
	equal(t, "tasks", "make lane1 turn0, make lane1 turn1, make lane1 turn2", brief(again))
	second, ok, err := h.PlaceOf(t.Context(), again[0])
	must(t, err)
	if !ok || second.LogID == first.LogID {
		t.Errorf("the place is filled by %s as before", second.LogID)
	}
	equal(t, "nothing is to be judged", "", h.judges(t, "python"))
	w.do(t, "openai")
	w.do(t, "python")
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
}

// complete makes a Run and does all of it.
func (w *work) complete(t *testing.T, failing ...string) *judgment.Run {
	t.Helper()
	r := w.orchestrated(t)
	w.do(t, "openai", failing...)
	w.do(t, "python", failing...)
	return r
}

func placeGone(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.complete(t)
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
	members := strings.Fields(w.members(t, r.ID))
	_, err := h.DeleteLogs(t.Context(), members[:1])
	must(t, err)
	equal(t, "the Run", "completed: 2 logs, 0 missing; 2 of 2 judged", w.state(t, r.ID))
	_, err = h.UpdateRun(t.Context(), w.evaluation.ID, w.orchestrated(t).ID, store.RunChange{Close: judgment.Cancelled})
	must(t, err)
	_, err = h.DeleteLogs(t.Context(), members[1:])
	must(t, err)
	equal(t, "without Logs", "completed: 0 logs, 0 missing; 0 of 0 judged", w.state(t, r.ID))
	_, err = h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	equal(t, "pools", "", h.pools(t))
}

func placeExpired(t *testing.T, h *harness) {
	w := newWork(t, h)
	r, going := w.complete(t), w.orchestrated(t)
	id := w.log(t, "a", going.ID)
	must(t, h.SetRetention(t.Context(), w.prompt.File.ID, new(time.Hour)))
	h.pass(2 * time.Hour)
	_, err := h.Sweep(t.Context(), 0)
	must(t, err)
	equal(t, "the Log is there", false, h.stored(t, id))
	equal(t, "the Run", "completed: 0 logs, 0 missing; 0 of 0 judged", w.state(t, r.ID))
	equal(t, "the Run that is going", "pending: 0 logs, 2 missing; 0 of 0 judged", w.state(t, going.ID))
	_, err = h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	for _, task := range h.tasks(t, "openai") {
		if ok := h.somethingToDo(t, task); ok != (task.Object > 0) {
			t.Errorf("something to do for place %d: %v", task.Object, ok)
		}
	}
}

func judgmentExpired(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.complete(t)
	must(t, h.SetRetention(t.Context(), w.code.File.ID, new(time.Hour)))
	h.pass(2 * time.Hour)
	n, err := h.Sweep(t.Context(), 0)
	must(t, err)
	equal(t, "deleted", 3, n)
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
	tallies, err := h.Tallies(t.Context(), w.evaluation.ID)
	must(t, err)
	equal(t, "what counts", []judgment.Tally{{RunID: r.ID, VersionID: w.code.Version.ID, Judgment: judgment.Judgment{Outcome: judgment.True}, Count: 3}}, tallies)
	_, err = h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	equal(t, "pools", "", h.pools(t))
}

func judgmentDeleted(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.complete(t)
	members := strings.Fields(w.members(t, r.ID))
	judgments, err := h.EvaluatorLogs(t.Context(), members[:1])
	must(t, err)
	_, err = h.DeleteLogs(t.Context(), []string{judgments[members[0]][0].ID})
	must(t, err)
	equal(t, "the Run", "running: 3 logs, 0 missing; 2 of 3 judged", w.state(t, r.ID))
	equal(t, "it is judged again", members[0], h.judges(t, "python"))
	w.do(t, "python")
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
}

func tasksHealed(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t)
	w.doOne(t, h.claim(t, "w", "openai", 1)[0], nil)
	lose := func() {
		t.Helper()
		for _, pool := range []string{"openai", "python"} {
			must(t, h.ReleaseTasks(t.Context(), "w"))
			var done []store.FinishedTask
			for _, task := range h.claim(t, "w", pool, 100) {
				done = append(done, store.FinishedTask{Seq: task.Seq, Revision: task.Revision})
			}
			must(t, h.FinishTasks(t.Context(), "w", done))
		}
	}
	lose()
	equal(t, "pools", "", h.pools(t))
	for range 2 {
		n, err := h.HealTasks(t.Context(), time.Time{})
		must(t, err)
		equal(t, "Runs", 1, n)
		equal(t, "Logs", "make lane1 turn1, make lane1 turn2", brief(h.tasks(t, "openai")))
		equal(t, "judgments", "judge lane1 turn0", brief(h.tasks(t, "python")))
	}
	w.do(t, "openai")
	lose()
	later, err := h.HealTasks(t.Context(), epoch.Add(time.Hour))
	must(t, err)
	equal(t, "of later Runs", 0, later)
	_, err = h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	w.do(t, "python")
	equal(t, "the Run", "completed: 3 logs, 0 missing; 3 of 3 judged", w.state(t, r.ID))
	n, err := h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	equal(t, "Runs once it is complete", 0, n)
}

func runRetried(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.complete(t, "a", "judge b")
	progress := func() string {
		t.Helper()
		r, err := h.Run(t.Context(), w.evaluation.ID, r.ID)
		must(t, err)
		tallies, err := h.Tallies(t.Context(), w.evaluation.ID)
		must(t, err)
		failed := 0
		for _, tally := range tallies {
			if tally.Outcome == judgment.Failed {
				failed += tally.Count
			}
		}
		return fmt.Sprintf("%s, %d failed, %d judgments failed, closed %q, stopped %q", w.state(t, r.ID), r.Failed, failed, r.Closed, r.Stopped)
	}
	equal(t, "before", `completed: 3 logs, 0 missing; 3 of 3 judged, 1 failed, 1 judgments failed, closed "", stopped ""`, progress())
	before := w.members(t, r.ID)
	_, err := h.RetryRun(t.Context(), w.evaluation.ID, r.ID, store.RetryJudgments)
	must(t, err)
	equal(t, "judgments", `running: 3 logs, 0 missing; 2 of 3 judged, 1 failed, 0 judgments failed, closed "", stopped ""`, progress())
	equal(t, "Logs", "", brief(h.tasks(t, "openai")))
	w.do(t, "python", "judge c")
	equal(t, "done", `completed: 3 logs, 0 missing; 3 of 3 judged, 1 failed, 0 judgments failed, closed "", stopped ""`, progress())
	equal(t, "the same Logs", before, w.members(t, r.ID))
	task := h.tasks(t, "openai")
	equal(t, "Logs", 0, len(task))
	_, err = h.StopRun(t.Context(), w.number(t, r), errs.TooManyErrors)
	must(t, err)
	_, err = h.RetryRun(t.Context(), w.evaluation.ID, r.ID, store.RetryLogs)
	must(t, err)
	equal(t, "Logs", `running: 2 logs, 1 missing; 2 of 2 judged, 0 failed, 0 judgments failed, closed "", stopped ""`, progress())
	w.do(t, "openai")
	w.do(t, "python")
	equal(t, "done", `completed: 3 logs, 0 missing; 3 of 3 judged, 0 failed, 0 judgments failed, closed "", stopped ""`, progress())
	equal(t, "the failed Log is there", true, h.stored(t, strings.Fields(before)[0]))
	_, err = h.RetryRun(t.Context(), w.evaluation.ID, r.ID, "all")
	is(t, err, errs.ValidationFailed)
	_, err = h.RetryRun(t.Context(), w.evaluation.ID, "rn_x", store.RetryErrors)
	is(t, err, errs.RunNotFound)
}

// number is the number of a Run, which its tasks name.
func (w *work) number(t *testing.T, r *judgment.Run) int64 {
	t.Helper()
	made := w.orchestrated(t)
	tasks := w.tasks(t, "openai")
	n := tasks[len(tasks)-1].Run
	_, err := w.UpdateRun(t.Context(), w.evaluation.ID, made.ID, store.RunChange{Close: judgment.Cancelled})
	must(t, err)
	runs, err := w.Runs(t.Context(), w.evaluation.ID)
	must(t, err)
	for _, other := range runs { // newest first, and numbered one after the other
		if other.ID == r.ID {
			return n
		}
		n--
	}
	t.Fatal("the Run is not in the Evaluation")
	return 0
}

func runStopped(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t, func(n *store.NewRun) { n.MaxCost, n.MaxErrors = 2, new(1) })
	task := h.claim(t, "w", "openai", 1)[0]
	outcomes := func(first int) store.Outcomes {
		t.Helper()
		o, err := h.RunOutcomes(t.Context(), task.Run, first)
		must(t, err)
		return o
	}
	equal(t, "nothing yet", store.Outcomes{Failed: map[errs.Reason]int{}}, outcomes(10))
	w.doOne(t, task, []string{"a"})
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Run: task.Run, Nano: 2}}))
	w.do(t, "openai", "c")
	equal(t, "all", store.Outcomes{Good: 1, Failed: map[errs.Reason]int{errs.Timeout: 2}, Errors: 2}, outcomes(10))
	equal(t, "the first", store.Outcomes{Failed: map[errs.Reason]int{errs.Timeout: 1}, Errors: 2}, outcomes(1))
	for _, want := range []bool{true, false} {
		stopped, err := h.StopRun(t.Context(), task.Run, map[bool]errs.Reason{true: errs.TooManyErrors, false: errs.BudgetExceeded}[want])
		must(t, err)
		equal(t, "stopped now", want, stopped)
	}
	got, err := h.Run(t.Context(), w.evaluation.ID, r.ID)
	must(t, err)
	want := *r
	want.MaxCost, want.MaxErrors, want.Cost, want.Stopped = 2, new(1), 4, string(errs.TooManyErrors)
	want.Logs, want.Missing, want.Failed, want.Wanted = 3, 0, 2, 3
	equal(t, "Run", &want, got)
	s, _, err := h.SubjectOf(t.Context(), h.claim(t, "w", "python", 1)[0])
	must(t, err)
	equal(t, "who judges is told", store.Payer{RunID: r.ID, Stopped: errs.TooManyErrors, MaxCost: 2, Spent: 4}, s.Payer)
	again, err := h.RetryRun(t.Context(), w.evaluation.ID, r.ID, store.RetryErrors)
	must(t, err)
	equal(t, "the limit counts anew", int64(6), again.MaxCost)
}

// untriedJudged stops a Run after its first Log for the reason for which its second then fails, and the third does not fail.
func untriedJudged(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	task := h.claim(t, "w", "openai", 1)[0]
	w.doOne(t, task, nil)
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}}))
	_, err := h.StopRun(t.Context(), task.Run, errs.Timeout)
	must(t, err)
	for _, task := range h.claim(t, "w", "native", 100) {
		w.doOne(t, task, []string{"b"})
		must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: task.Seq, Revision: task.Revision}}))
	}
	equal(t, "judged by the Evaluator", "judge lane1 turn0, judge lane1 turn2", brief(h.tasks(t, "python")))
	equal(t, "not judged", "judge lane1 turn1", brief(h.tasks(t, "native")))
}

func tasksCounted(t *testing.T, h *harness) {
	w := newWork(t, h)
	counts := func() []store.TaskCount {
		t.Helper()
		counts, err := h.TaskCounts(t.Context())
		must(t, err)
		return counts
	}
	equal(t, "none", nil, counts())
	r := w.orchestrated(t)
	w.log(t, "a", r.ID)
	tasks := h.claim(t, "w", "openai", 2)
	got := counts()
	want := []store.TaskCount{
		{Pool: "openai", Lane: store.RunLane, Waiting: 1, Held: 2, Oldest: r.CreatedAt}, {Pool: "python", Lane: store.RunLane, Waiting: 1, Oldest: got[1].Oldest},
	}
	equal(t, "counts", want, got)
	if !got[1].Oldest.After(r.CreatedAt) {
		t.Errorf("the judgment is due since %v", got[1].Oldest)
	}
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: tasks[0].Seq, Revision: tasks[0].Revision}, {Seq: tasks[1].Seq, Revision: tasks[1].Revision}}))
	equal(t, "later", 1, counts()[0].Waiting+counts()[0].Held)
}

func runWaits(t *testing.T, h *harness) {
	w := newWork(t, h)
	_, err := h.AddEvaluators(t.Context(), w.evaluation.ID, []judgment.Evaluator{{VersionID: w.judge.Version.ID}})
	must(t, err)
	r := w.complete(t)
	waiting := func() []judgment.Waiting {
		t.Helper()
		r, err := h.Run(t.Context(), w.evaluation.ID, r.ID)
		must(t, err)
		return r.Waiting
	}
	equal(t, "for people", []judgment.Waiting{{VersionID: w.judge.Version.ID, Logs: 3}}, waiting())
	for i, id := range strings.Fields(w.members(t, r.ID)) {
		w.judgedBy(t, &w.judge, id, "true")
		if i < 2 {
			equal(t, "for people", []judgment.Waiting{{VersionID: w.judge.Version.ID, Logs: 2 - i}}, waiting())
		}
	}
	equal(t, "for nobody", nil, waiting())
}
