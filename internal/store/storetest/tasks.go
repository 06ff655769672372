package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

var tasks = map[string]func(*testing.T, *harness){
	"An orchestrated Run makes a task for each place":    tasksOfPlaces,
	"Tasks are claimed in their order":                   tasksInOrder,
	"The last lane can be claimed first":                 tasksOfTheLastLane,
	"A claim takes no more than it asks for":             tasksWithinTheClaim,
	"Tasks that are held can be renewed":                 tasksRenewed,
	"Leases that run out are lost":                       tasksLost,
	"A worker that stops frees what it holds":            tasksReleased,
	"A task that is put back waits until it is due":      tasksPutBack,
	"Finished tasks are gone, and their cost is counted": tasksFinished,
	"A Run that is closed takes its tasks along":         tasksOfClosedRuns,
	"A Run that is stopped waits for no provider":        tasksOfStoppedRuns,
	"Workers are woken":                                  tasksWake,
	"Replicas count for a minute":                        replicasCount,
}

// evaluator asks for an Evaluator that the server runs in Python. The code is what versions differ in.
func evaluator(path, code string) store.Save {
	content := json.Value(fmt.Sprintf(`{"evaluator_type":"python","arguments_type":"target_free","return_type":"boolean","code":%q}`, code))
	return store.Save{Kind: file.EvaluatorKind, Path: path, Content: content, Hash: file.Hash(file.EvaluatorKind, content)}
}

// work is a scene whose Evaluator the server runs.
type work struct {
	*scene
	code file.Snapshot
}

func newWork(t *testing.T, h *harness) *work {
	t.Helper()
	w := &work{scene: newScene(t, h)}
	w.code = h.save(t, evaluator("code", "1"))
	w.evaluation = w.evaluate(t, "work", w.code.Version.ID)
	return w
}

// orchestrated makes a Run of the Prompt over the Dataset that the server makes the Logs of.
func (w *work) orchestrated(t *testing.T, change ...func(*store.NewRun)) *judgment.Run {
	t.Helper()
	n := store.NewRun{VersionID: w.prompt.Version.ID, DatasetVersionID: w.dataset.Version.ID, Orchestrated: true, By: "key"}
	for _, f := range change {
		f(&n)
	}
	r, err := w.CreateRun(t.Context(), w.evaluation.ID, n)
	must(t, err)
	return r
}

const lease = time.Minute

// claim claims tasks of a pool for a worker.
func (h *harness) claim(t *testing.T, worker, pool string, most int) []store.Task {
	t.Helper()
	tasks, err := h.ClaimTasks(t.Context(), store.TaskClaim{Worker: worker, Pool: pool, Most: most, Lease: lease})
	must(t, err)
	return tasks
}

// brief is tasks in few words: what they are for, and their turns.
func brief(tasks []store.Task) string {
	out := make([]string, len(tasks))
	for i, task := range tasks {
		out[i] = fmt.Sprintf("%s lane%d turn%d", map[store.TaskKind]string{store.MakeLog: "make", store.JudgeLog: "judge"}[task.Kind], task.Lane, task.Turn)
	}
	return strings.Join(out, ", ")
}

func seqsOf(tasks []store.Task) []int64 {
	var seqs []int64
	for _, task := range tasks {
		seqs = append(seqs, task.Seq)
	}
	slices.Sort(seqs)
	return seqs
}

func (h *harness) held(t *testing.T, worker string) []int64 {
	t.Helper()
	held, err := h.HeldTasks(t.Context(), worker)
	must(t, err)
	return held
}

func (h *harness) pools(t *testing.T) string {
	t.Helper()
	pools, err := h.WaitingPools(t.Context())
	must(t, err)
	return strings.Join(pools, " ")
}

// pass lets time pass.
func (h *harness) pass(d time.Duration) { h.ticks.Add(d.Milliseconds()) }

func tasksOfPlaces(t *testing.T, h *harness) {
	w := newWork(t, h)
	equal(t, "pools before", "", h.pools(t))
	w.orchestrated(t)
	equal(t, "pools", "openai", h.pools(t))
	got := h.claim(t, "w", "openai", 10)
	equal(t, "tasks", "make lane1 turn0, make lane1 turn1, make lane1 turn2", brief(got))
	want := store.Task{
		Seq: got[0].Seq, Kind: store.MakeLog, Subject: got[0].Run, Object: 0, Run: got[0].Run, Pool: "openai", Lane: store.RunLane,
	}
	equal(t, "the first", want, got[0])
	equal(t, "pools afterwards", "", h.pools(t))
	w.run(t)
	equal(t, "of a Run that is not orchestrated", "", brief(h.claim(t, "w", "openai", 10)))
}

func tasksInOrder(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	w.orchestrated(t)
	w.orchestrated(t, func(n *store.NewRun) { n.Gate = true })
	equal(t, "a gate, and then Runs by turns", "make lane0 turn0, make lane0 turn1, make lane0 turn2, make lane1 turn0, make lane1 turn0, make lane1 turn1",
		brief(h.claim(t, "w", "openai", 6)))
	rest := h.claim(t, "w", "openai", 6)
	equal(t, "the rest", "make lane1 turn1, make lane1 turn2, make lane1 turn2", brief(rest))
	if rest[1].Seq >= rest[2].Seq {
		t.Error("of one turn, the task that was made later comes first")
	}
}

func tasksOfTheLastLane(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t, func(n *store.NewRun) { n.Gate = true })
	w.orchestrated(t)
	claim := store.TaskClaim{Worker: "w", Pool: "openai", Most: 2, Lease: lease, Last: true}
	got, err := h.ClaimTasks(t.Context(), claim)
	must(t, err)
	equal(t, "claimed", "make lane1 turn0, make lane1 turn1", brief(got))
	for _, want := range []string{"make lane1 turn2", "make lane0 turn0, make lane0 turn1", "make lane0 turn2", ""} {
		got, err := h.ClaimTasks(t.Context(), claim)
		must(t, err)
		equal(t, "claimed", want, brief(got))
	}
}

func tasksWithinTheClaim(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	equal(t, "none", "", brief(h.claim(t, "w", "openai", 0)))
	equal(t, "another pool", "", brief(h.claim(t, "w", "python", 10)))
	equal(t, "one", "make lane1 turn0", brief(h.claim(t, "w", "openai", 1)))
	equal(t, "those left", "make lane1 turn1, make lane1 turn2", brief(h.claim(t, "v", "openai", 10)))
}

func tasksRenewed(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	mine, others := h.claim(t, "w", "openai", 2), h.claim(t, "v", "openai", 1)
	h.pass(lease - time.Second)
	held, err := h.RenewTasks(t.Context(), "w", lease)
	must(t, err)
	equal(t, "renewed", seqsOf(mine), held)
	h.pass(2 * time.Second)
	freed, err := h.FreeTasks(t.Context())
	must(t, err)
	equal(t, "freed", 1, freed)
	equal(t, "held", seqsOf(mine), h.held(t, "w"))
	equal(t, "held by the other", nil, h.held(t, "v"))
	again := h.claim(t, "u", "openai", 10)
	equal(t, "claimed again", seqsOf(others), seqsOf(again))
	equal(t, "lost", 1, again[0].Lost)
}

func tasksLost(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	for lost := range 4 {
		got := h.claim(t, "w", "openai", 1)
		equal(t, "lost", lost, got[0].Lost)
		none, err := h.FreeTasks(t.Context())
		must(t, err)
		equal(t, "freed before", 0, none)
		h.pass(lease)
		freed, err := h.FreeTasks(t.Context())
		must(t, err)
		equal(t, "freed", 1, freed)
	}
}

func tasksReleased(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	mine, others := h.claim(t, "w", "openai", 2), h.claim(t, "v", "openai", 1)
	must(t, h.ReleaseTasks(t.Context(), "w"))
	equal(t, "held", nil, h.held(t, "w"))
	equal(t, "held by the other", seqsOf(others), h.held(t, "v"))
	again := h.claim(t, "u", "openai", 10)
	equal(t, "claimed by another", mine, again)
}

func tasksPutBack(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	got := h.claim(t, "w", "openai", 1)[0]
	since := epoch.Add(-time.Hour)
	failure := store.TaskFailure{Seq: got.Seq, Revision: got.Revision, Due: epoch.Add(time.Hour), Reason: errs.RateLimited, Attempts: 2, Since: since, Run: got.Run, Nano: 5}
	must(t, h.PutBackTasks(t.Context(), "v", []store.TaskFailure{failure}))
	equal(t, "who does not hold it", []int64{got.Seq}, h.held(t, "w"))
	must(t, h.PutBackTasks(t.Context(), "w", []store.TaskFailure{failure}))
	spent, err := h.SpentToday(t.Context())
	must(t, err)
	equal(t, "spent, also by who did not hold it", int64(10), spent)
	equal(t, "the others come first", "make lane1 turn1, make lane1 turn2", brief(h.claim(t, "w", "openai", 10)))
	equal(t, "pools", "", h.pools(t))
	h.pass(time.Hour)
	equal(t, "pools once it is due", "openai", h.pools(t))
	want := got
	want.Attempts, want.Since, want.Reason = 2, since, errs.RateLimited
	equal(t, "once it is due", []store.Task{want}, h.claim(t, "w", "openai", 10))
}

func tasksFinished(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.orchestrated(t)
	mine, others := h.claim(t, "w", "openai", 2), h.claim(t, "v", "openai", 1)
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{
		{Seq: mine[0].Seq, Revision: mine[0].Revision, Run: mine[0].Run, Nano: 30}, {Seq: others[0].Seq, Revision: others[0].Revision, Run: mine[0].Run, Nano: 12}, {Seq: mine[1].Seq, Revision: mine[1].Revision},
	}))
	equal(t, "held", nil, h.held(t, "w"))
	equal(t, "held by the other", seqsOf(others), h.held(t, "v"))
	spent, err := h.SpentToday(t.Context())
	must(t, err)
	equal(t, "spent today", int64(42), spent)
	h.pass(24 * time.Hour)
	spent, err = h.SpentToday(t.Context())
	must(t, err)
	equal(t, "spent the next day", int64(0), spent)
	must(t, h.FinishTasks(t.Context(), "v", []store.FinishedTask{{Seq: others[0].Seq, Revision: others[0].Revision}}))
	must(t, h.ReleaseTasks(t.Context(), "v"))
	equal(t, "left", "", brief(h.claim(t, "w", "openai", 10)))
}

func tasksOfClosedRuns(t *testing.T, h *harness) {
	w := newWork(t, h)
	cancelled, completed, open := w.orchestrated(t), w.orchestrated(t), w.orchestrated(t)
	h.claim(t, "w", "openai", 1)
	for id, status := range map[string]judgment.Progress{cancelled.ID: judgment.Cancelled, completed.ID: judgment.Completed} {
		_, err := h.UpdateRun(t.Context(), w.evaluation.ID, id, store.RunChange{Close: status})
		must(t, err)
	}
	equal(t, "held", nil, h.held(t, "w"))
	equal(t, "left", "make lane1 turn0, make lane1 turn1, make lane1 turn2", brief(h.claim(t, "w", "openai", 10)))
	equal(t, "the open Run", "pending: 0 logs, 3 missing; 0 of 0 judged", w.state(t, open.ID))
}

// woken reports whether workers are told to look.
func (h *harness) woken() bool {
	select {
	case <-h.Woken():
		return true
	default:
		return false
	}
}

func tasksWake(t *testing.T, h *harness) {
	w := newWork(t, h)
	h.woken()
	h.append(t, logOf(&w.prompt, newLogID()))
	equal(t, "by a Log", false, h.woken())
	w.orchestrated(t)
	equal(t, "by a Run", true, h.woken())
	equal(t, "twice", false, h.woken())
	got := h.claim(t, "w", "openai", 1)
	equal(t, "by a claim", false, h.woken())
	must(t, h.ReleaseTasks(t.Context(), "w"))
	equal(t, "by a worker that stops", true, h.woken())
	h.claim(t, "w", "openai", 1)
	must(t, h.FinishTasks(t.Context(), "w", []store.FinishedTask{{Seq: got[0].Seq, Revision: got[0].Revision}}))
	equal(t, "by what is finished", false, h.woken())
}

func replicasCount(t *testing.T, h *harness) {
	seen := func(id string) int {
		n, err := h.SeenReplica(t.Context(), id)
		must(t, err)
		return n
	}
	equal(t, "one", 1, seen("a"))
	equal(t, "two", 2, seen("b"))
	h.pass(40 * time.Second)
	equal(t, "one again", 2, seen("a"))
	h.pass(40 * time.Second)
	equal(t, "after a minute", 2, seen("c"))
	must(t, h.LeaveReplicas(t.Context(), "a"))
	equal(t, "when one left", 1, seen("c"))
}

func tasksOfStoppedRuns(t *testing.T, h *harness) {
	w := newWork(t, h)
	r := w.orchestrated(t)
	held := h.claim(t, "w", "openai", 1)
	_, err := h.StopRun(t.Context(), held[0].Run, errs.InvalidAPIKey)
	must(t, err)
	equal(t, "pools", "native", h.pools(t))
	equal(t, "what the Run lacks", "make lane1 turn1, make lane1 turn2", brief(h.tasks(t, "native")))
	equal(t, "what is held", seqsOf(held), h.held(t, "w"))
	_, err = h.RetryRun(t.Context(), w.evaluation.ID, r.ID, store.RetryErrors)
	must(t, err)
	equal(t, "once it goes on", "openai", h.pools(t))
	equal(t, "what is held then", seqsOf(held), h.held(t, "w"))
}
