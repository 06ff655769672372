package storetest

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

var taskRaces = map[string]func(*testing.T, *harness){
	"Workers that lose their leases make each Log once": tasksOnce,
	"A Run is cancelled while workers are at it":        tasksCancelled,
}

// words are so many words that differ, in one text.
func words(n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "w" + itoa(i)
	}
	return strings.Join(out, " ")
}

// tasksOnce has eight workers do 300 tasks, and the judgments that follow, under leases that run out at the next look at the clock.
func tasksOnce(t *testing.T, h *harness) {
	const places, workers = 300, 8
	w := newWork(t, h)
	w.dataset = h.saveDataset(t, set("d", words(places)))
	r := w.orchestrated(t)
	var tried atomic.Int64
	w.race(t, workers, time.Millisecond, func(task store.Task) {
		tried.Add(1)
		w.doOne(t, task, nil)
	})
	equal(t, "the Run", fmt.Sprintf("completed: %d logs, 0 missing; %d of %[1]d judged", places, places), w.state(t, r.ID))
	members := strings.Fields(w.members(t, r.ID))
	equal(t, "Logs", places, len(members))
	for _, id := range members {
		equal(t, "judgments of "+id, 1, h.judgments(t, id))
	}
	if tried.Load() <= 2*places {
		t.Errorf("no task was lost in %d tries", tried.Load())
	}
}

// race has workers do tasks, and claim what others lost, until there are none left.
func (w *work) race(t *testing.T, workers int, lease time.Duration, do func(store.Task)) {
	t.Helper()
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			name := fmt.Sprint("worker", i)
			for turn := 0; w.unfinished(t); turn++ {
				for _, pool := range []string{"openai", "python"} {
					tasks, err := w.ClaimTasks(t.Context(), store.TaskClaim{Worker: name, Pool: pool, Most: 1 + turn%3, Lease: lease})
					must(t, err)
					var done []store.FinishedTask
					for _, task := range tasks {
						do(task)
						done = append(done, store.FinishedTask{Seq: task.Seq, Revision: task.Revision, Run: task.Run, Nano: 1})
					}
					must(t, w.FinishTasks(t.Context(), name, done))
				}
				if turn%workers != i { // now and then, so that some work is done between
					continue
				}
				_, err := w.FreeTasks(t.Context())
				must(t, err)
			}
		})
	}
	all.Wait()
}

func (w *work) unfinished(t *testing.T) bool {
	t.Helper()
	counts, err := w.TaskCounts(t.Context())
	must(t, err)
	return len(counts) > 0
}

func tasksCancelled(t *testing.T, h *harness) {
	w := newWork(t, h)
	w.dataset = h.saveDataset(t, set("d", words(60)))
	cancelled, other := w.orchestrated(t), w.orchestrated(t)
	var done atomic.Int64
	var all sync.WaitGroup
	all.Go(func() {
		w.race(t, 4, time.Hour, func(task store.Task) {
			w.doOne(t, task, nil)
			done.Add(1)
		})
	})
	all.Go(func() {
		for done.Load() < 20 {
			h.pools(t)
		}
		_, err := h.UpdateRun(t.Context(), w.evaluation.ID, cancelled.ID, store.RunChange{Close: judgment.Cancelled})
		must(t, err)
	})
	all.Wait()
	_, err := h.HealTasks(t.Context(), time.Time{})
	must(t, err)
	w.do(t, "openai")
	w.do(t, "python")
	equal(t, "the other Run", "completed: 60 logs, 0 missing; 60 of 60 judged", w.state(t, other.ID))
	if state := w.state(t, cancelled.ID); !strings.HasPrefix(state, "cancelled: ") || strings.Contains(state, " 0 missing") {
		t.Errorf("the Run that was cancelled is %s", state)
	}
}
