package jobs_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/jobs"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/worker"
)

// rig is a database with a Prompt of the provider mock, and an Evaluation of it.
type rig struct {
	*store.DB
	files      *catalog.Catalog
	prompt     string // its version
	evaluation string

	mu   sync.Mutex
	does func(ctx context.Context, t *jobs.Task) (jobs.Done, error)
	tell []string // what was done, as handlers tell it
}

// inBubble runs a test with a rig, where time passes only when nothing happens.
func inBubble(t *testing.T, test func(*testing.T, *rig)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), store.Options{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := db.Close(context.WithoutCancel(t.Context())); err != nil {
				t.Errorf("close: %v", err)
			}
		}()
		r := &rig{DB: db, files: catalog.New(db, time.Now), does: succeed}
		r.prompt = r.save(t, "prompt", &file.Prompt{Model: "m", Provider: "mock"})
		e := &judgment.Evaluation{Name: "e"}
		if err := db.CreateEvaluation(asked(t), e); err != nil {
			t.Fatal(err)
		}
		r.evaluation = e.ID
		test(t, r)
	})
}

func asked(t *testing.T) context.Context {
	t.Helper()
	return auth.With(t.Context(), auth.Principal{KeyID: "key_1"})
}

func (r *rig) save(t *testing.T, path string, c file.Content) string {
	t.Helper()
	snap, err := r.files.Save(asked(t), catalog.Draft{Ref: file.Ref{Path: path}, Content: c})
	if err != nil {
		t.Fatal(err)
	}
	return snap.Version.ID
}

// run makes a Run of n tasks.
func (r *rig) run(t *testing.T, n int, change ...func(*store.NewRun)) *judgment.Run {
	t.Helper()
	points := make([]file.Datapoint, n)
	for i := range points {
		points[i].Inputs = map[string]string{"n": strconv.Itoa(i)}
	}
	dataset, err := r.files.SaveDataset(asked(t), catalog.DatasetDraft{Draft: catalog.Draft{Ref: file.Ref{Path: "cases"}}, Datapoints: points})
	if err != nil {
		t.Fatal(err)
	}
	ask := store.NewRun{VersionID: r.prompt, DatasetVersionID: dataset.Version.ID, Orchestrated: true}
	for _, f := range change {
		f(&ask)
	}
	made, err := r.CreateRun(asked(t), r.evaluation, ask)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// scheduler returns one that has the rig do its tasks.
func (r *rig) scheduler(id string, change ...func(*jobs.Options)) *jobs.Scheduler {
	do := func(ctx context.Context, t *jobs.Task) (jobs.Done, error) {
		r.mu.Lock()
		does := r.does
		r.mu.Unlock()
		return does(ctx, t)
	}
	o := jobs.Options{
		DB: r.DB, ID: id, Handlers: map[store.TaskKind]jobs.Handler{store.MakeLog: do, store.JudgeLog: do}, Sizes: map[string]int{"python": 1},
		Concurrency: 16, Heal: func(context.Context) error { return nil }, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		Chance: func() float64 { return 0.5 },
	}
	for _, f := range change {
		f(&o)
	}
	return jobs.New(o)
}

// work starts a scheduler, which is stopped after the test at the latest.
func (r *rig) work(t *testing.T, id string, change ...func(*jobs.Options)) (*jobs.Scheduler, *worker.Worker) {
	t.Helper()
	s := r.scheduler(id, change...)
	w := s.Worker()
	w.Start(context.WithoutCancel(t.Context()))
	return s, w
}

func (r *rig) told(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell = append(r.tell, text)
}

func (r *rig) done() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.tell...)
}

func succeed(context.Context, *jobs.Task) (jobs.Done, error) { return jobs.Done{}, nil }

// left is how many tasks of the provider are free and due.
func (r *rig) left(t *testing.T) int {
	t.Helper()
	tasks, err := r.ClaimTasks(t.Context(), store.TaskClaim{Worker: "counter", Pool: "mock", Most: 1000, Lease: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.ReleaseTasks(t.Context(), "counter"); err != nil {
		t.Fatal(err)
	}
	return len(tasks)
}

// fail puts the only task of a pool back, as one that has failed since a time.
func (r *rig) fail(t *testing.T, pool string, since time.Time) {
	t.Helper()
	tasks, err := r.ClaimTasks(t.Context(), store.TaskClaim{Worker: "other", Pool: pool, Most: 1, Lease: time.Minute})
	if err != nil || len(tasks) != 1 {
		t.Fatal(tasks, err)
	}
	f := store.TaskFailure{Seq: tasks[0].Seq, Revision: tasks[0].Revision, Due: since, Reason: errs.Timeout, Attempts: 3, Since: since}
	if err := r.PutBackTasks(t.Context(), "other", []store.TaskFailure{f}); err != nil {
		t.Fatal(err)
	}
}

func expect[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestTasksAreDoneOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 50)
		seen := map[int64]int{}
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			seen[task.Object]++
			return jobs.Done{Nano: 10}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Minute)
		w.Stop()
		want := map[int64]int{}
		for i := range 50 {
			want[int64(i)] = 1
		}
		expect(t, "how often each was done", want, seen)
		expect(t, "left", 0, r.left(t))
		spent, err := r.SpentToday(t.Context())
		if err != nil || spent != 500 {
			t.Errorf("spent %d, %v", spent, err)
		}
	})
}

// TestAPoolThatIsNotReadyIsNotClaimed has a pool that takes ten seconds to get ready: nobody holds its tasks until then.
func TestAPoolThatIsNotReadyIsNotClaimed(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		start := time.Now()
		r.run(t, 1)
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			r.told("done after " + time.Since(start).String())
			return jobs.Done{}, nil
		}
		_, w := r.work(t, "a", func(o *jobs.Options) {
			o.Ready = func(pool string) bool { return pool != "mock" || time.Since(start) >= 10*time.Second }
		})
		time.Sleep(9 * time.Second)
		expect(t, "free while it is not ready", 1, r.left(t))
		time.Sleep(time.Minute)
		w.Stop()
		expect(t, "what was done", []string{"done after 10s"}, r.done())
	})
}

// TestWhatAFailedAttemptHasCostCounts has a task that costs something twice, and succeeds the second time.
func TestWhatAFailedAttemptHasCostCounts(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		run := r.run(t, 1)
		failure := error(&errs.Error{Reason: errs.Timeout})
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			err := failure
			failure = nil
			return jobs.Done{Nano: 7}, err
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Minute)
		w.Stop()
		spent, err := r.SpentToday(t.Context())
		if err != nil || spent != 14 {
			t.Errorf("spent today: %d, %v", spent, err)
		}
		got, err := r.Run(t.Context(), r.evaluation, run.ID)
		if err != nil || got.Cost != 14 {
			t.Errorf("of the Run: %+v, %v", got, err)
		}
	})
}

// TestALimitIsExceededByWhatRunsAtOnce has a Run that may spend 100, and tasks that cost 1 and take no time. However many have ended before their cost is
// written, no more are begun than run at once.
func TestALimitIsExceededByWhatRunsAtOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		run := r.run(t, 300, func(n *store.NewRun) { n.MaxCost = 100 })
		r.does = func(ctx context.Context, task *jobs.Task) (jobs.Done, error) {
			p, _, err := r.PlaceOf(ctx, task.Task)
			if err != nil || p.OverBudget() {
				return jobs.Done{}, err
			}
			return jobs.Done{Nano: 1, Limited: true}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Minute)
		w.Stop()
		got, err := r.Run(t.Context(), r.evaluation, run.ID)
		if err != nil || got.Cost < 100 || got.Cost >= 100+16 {
			t.Errorf("it has spent %d, %v", got.Cost, err)
		}
	})
}

// TestAProviderIsAskedMoreAsItSucceeds looks at how many tasks of a second each run at once.
func TestAProviderIsAskedMoreAsItSucceeds(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 200)
		running := 0
		var most []int
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			r.mu.Lock()
			running++
			most = append(most, running)
			r.mu.Unlock()
			time.Sleep(time.Second)
			r.mu.Lock()
			running--
			r.mu.Unlock()
			return jobs.Done{}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Minute)
		w.Stop()
		if len(most) != 200 || most[3] != 4 || max(most[0], most[1], most[2], most[3]) != 4 {
			t.Fatalf("%d tasks, at first %v", len(most), most[:min(8, len(most))])
		}
		highest := 0
		for _, n := range most {
			highest = max(highest, n)
		}
		expect(t, "the most at once", 16, highest)
	})
}

func TestATaskIsTriedAgainWhenTheProviderSaysSo(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1)
		start := time.Now()
		type try struct {
			After    int // seconds
			Attempts int
			Reason   errs.Reason
		}
		var tries []try
		failures := []error{
			&errs.Error{Reason: errs.RateLimited, RetryAfter: 30 * time.Second}, // does not count
			&errs.Error{Reason: errs.ProviderInternal},                          // 2 s
			&errs.Error{Reason: errs.Timeout},                                   // 4 s
			errs.New(errs.DependencyUnavailable, "away"),                        // 5 s, does not count
		}
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			tries = append(tries, try{int(time.Since(start).Seconds()), task.Attempts, task.Reason})
			if len(tries) <= len(failures) {
				return jobs.Done{}, failures[len(tries)-1]
			}
			return jobs.Done{}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(5 * time.Minute)
		w.Stop()
		want := []try{{0, 0, ""}, {30, 0, errs.RateLimited}, {32, 1, errs.ProviderInternal}, {36, 2, errs.Timeout}, {41, 2, errs.DependencyUnavailable}}
		if len(tries) != len(want) {
			t.Fatalf("tries %+v", tries)
		}
		for i := range want { // a task that is due is seen within a second
			if late := tries[i].After - want[i].After; late < 0 || late > 3 {
				t.Errorf("the %d. came after %d s, want %d", i+1, tries[i].After, want[i].After)
			}
			tries[i].After = want[i].After
		}
		expect(t, "tries", want, tries)
	})
}

func TestATaskIsGivenUpAfterAnHour(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1)
		start := time.Now()
		r.fail(t, "mock", time.Now())
		time.Sleep(50 * time.Minute)
		var last time.Duration
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			if task.Last {
				last = time.Since(start)
				return jobs.Done{Failed: true}, nil
			}
			return jobs.Done{}, &errs.Error{Reason: errs.Timeout}
		}
		_, w := r.work(t, "a")
		time.Sleep(20 * time.Minute)
		w.Stop()
		if last < time.Hour || last > time.Hour+6*time.Minute {
			t.Errorf("it was tried for the last time after %s", last)
		}
		expect(t, "left", 0, r.left(t))
	})
}

func TestAPanicIsTriedAFewTimes(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1)
		tries := 0
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			if tries++; task.Last {
				return jobs.Done{Failed: true}, nil
			}
			panic("a bug")
		}
		_, w := r.work(t, "a")
		time.Sleep(10 * time.Minute)
		w.Stop()
		expect(t, "tries", 6, tries)
	})
}

// TestALongTaskIsKept has a task of ten leases, and another scheduler that would take it.
func TestALongTaskIsKept(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1)
		r.does = func(ctx context.Context, _ *jobs.Task) (jobs.Done, error) {
			select {
			case <-time.After(10 * time.Minute):
				r.told("done")
			case <-ctx.Done():
				r.told("cancelled")
			}
			return jobs.Done{}, ctx.Err()
		}
		_, first := r.work(t, "a")
		_, second := r.work(t, "b")
		time.Sleep(15 * time.Minute)
		first.Stop()
		second.Stop()
		expect(t, "what became of it", []string{"done"}, r.done())
	})
}

// TestTasksOfTheDeadAreDone has tasks that somebody claims and never finishes.
func TestTasksOfTheDeadAreDone(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 3)
		if tasks, err := r.ClaimTasks(t.Context(), store.TaskClaim{Worker: "dead", Pool: "mock", Most: 3, Lease: time.Minute}); len(tasks) != 3 || err != nil {
			t.Fatal(tasks, err)
		}
		start := time.Now()
		var after []time.Duration
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			after = append(after, time.Since(start))
			if task.Lost != 1 || task.GiveUp != nil {
				t.Errorf("%d leases were lost: %v", task.Lost, task.GiveUp)
			}
			return jobs.Done{}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(2 * time.Minute)
		w.Stop()
		for _, d := range after {
			if d < time.Minute || d > 66*time.Second {
				t.Errorf("one was done after %s", d)
			}
		}
		expect(t, "done", 3, len(after))
	})
}

// TestATaskThatKillsItsWorkersIsNotTried has one that three workers have not survived.
func TestATaskThatKillsItsWorkersIsNotTried(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1)
		for range 3 {
			if _, err := r.ClaimTasks(t.Context(), store.TaskClaim{Worker: "dead", Pool: "mock", Most: 1, Lease: time.Second}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * time.Second)
			if _, err := r.FreeTasks(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			if task.GiveUp != nil && task.Last {
				r.told(string(task.GiveUp.Reason))
			}
			return jobs.Done{Failed: true}, nil
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Minute)
		w.Stop()
		expect(t, "given up", []string{"worker_lost"}, r.done())
	})
}

// TestStopping has tasks that end within the grace, and some that do not.
func TestStopping(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 10)
		r.does = func(ctx context.Context, task *jobs.Task) (jobs.Done, error) {
			wait := 4 * time.Second
			if task.Object%2 == 1 {
				wait = time.Hour
			}
			select {
			case <-time.After(wait):
				return jobs.Done{}, nil
			case <-ctx.Done():
				return jobs.Done{}, ctx.Err()
			}
		}
		_, w := r.work(t, "a")
		time.Sleep(time.Second)
		start := time.Now()
		w.Stop()
		if took := time.Since(start); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("it took %s", took)
		}
		expect(t, "left, and free at once", 8, r.left(t))
	})
}

func TestAClosedRunIsLeft(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		run := r.run(t, 10)
		var closed time.Time
		r.does = func(ctx context.Context, _ *jobs.Task) (jobs.Done, error) {
			<-ctx.Done()
			if took := time.Since(closed); took > 2*time.Second {
				t.Errorf("it was cancelled after %s", took)
			}
			r.told("cancelled")
			return jobs.Done{}, ctx.Err()
		}
		_, w := r.work(t, "a")
		time.Sleep(3 * time.Second)
		closed = time.Now()
		if _, err := r.UpdateRun(asked(t), r.evaluation, run.ID, store.RunChange{Close: judgment.Cancelled}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		expect(t, "those that ran", 4, len(r.done()))
		w.Stop()
	})
}

// TestTheLastLaneDoesNotStarve has a Run and a gate with more work than there is time for.
func TestTheLastLaneDoesNotStarve(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 100, func(n *store.NewRun) { n.Gate = true })
		r.run(t, 100)
		var lanes []store.Lane
		r.does = func(_ context.Context, task *jobs.Task) (jobs.Done, error) {
			r.mu.Lock()
			lanes = append(lanes, task.Lane)
			r.mu.Unlock()
			time.Sleep(time.Second)
			return jobs.Done{}, nil
		}
		_, w := r.work(t, "a", func(o *jobs.Options) { o.Sizes = map[string]int{"mock": 1} })
		time.Sleep(33 * time.Second)
		w.Stop()
		runs := 0
		for _, lane := range lanes[:32] {
			if lane == store.RunLane {
				runs++
			}
		}
		expect(t, "of 32 tasks, those of the Run", 4, runs)
	})
}

func TestTheDailyBudget(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) { // a bubble begins at midnight UTC
		r.run(t, 100)
		time.Sleep(23*time.Hour + 55*time.Minute)
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			time.Sleep(5 * time.Second)
			r.told("done")
			return jobs.Done{Nano: 100}, nil
		}
		_, w := r.work(t, "a", func(o *jobs.Options) { o.DailyCost = 1000 })
		time.Sleep(4 * time.Minute)
		today := len(r.done())
		if today < 10 || today > 26 { // what was spent, and what was in flight
			t.Errorf("%d tasks were done", today)
		}
		time.Sleep(2 * time.Minute)
		if after := len(r.done()); after <= today {
			t.Error("nothing is done the next day")
		}
		w.Stop()
	})
}

func TestReplicasShareWhatAProviderTakes(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1000)
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			time.Sleep(time.Second)
			return jobs.Done{}, nil
		}
		a, first := r.work(t, "a")
		b, second := r.work(t, "b")
		time.Sleep(50*time.Second + time.Millisecond)
		expect(t, "the first's", []jobs.PoolState{{Name: "mock", Running: 8, Limit: 8}}, a.Pools())
		expect(t, "the second's", []jobs.PoolState{{Name: "mock", Running: 8, Limit: 8}}, b.Pools())
		second.Stop()
		time.Sleep(30 * time.Second)
		if got := a.Pools()[0].Limit; got <= 8 {
			t.Errorf("alone its limit is %d", got)
		}
		first.Stop()
	})
}

// TestCallersSlowTheBackgroundDown has a caller who is rate limited.
func TestCallersSlowTheBackgroundDown(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		r.run(t, 1000)
		r.does = func(context.Context, *jobs.Task) (jobs.Done, error) {
			time.Sleep(time.Second)
			return jobs.Done{}, nil
		}
		s, w := r.work(t, "a")
		time.Sleep(25*time.Second + time.Millisecond)
		expect(t, "before", []jobs.PoolState{{Name: "mock", Running: 16, Limit: 16}}, s.Pools())
		s.Refused("mock", 10*time.Second)
		s.Refused("python", 0)
		time.Sleep(2 * time.Second)
		expect(t, "afterwards", []jobs.PoolState{{Name: "mock", Running: 0, Limit: 9}}, s.Pools())
		w.Stop()
	})
}

func TestLostTasksAreMadeAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, r *rig) {
		start := time.Now()
		var at []int
		_, w := r.work(t, "a", func(o *jobs.Options) {
			o.Heal = func(context.Context) error {
				at = append(at, int(time.Since(start).Minutes()))
				return nil
			}
		})
		time.Sleep(12 * time.Minute)
		w.Stop()
		expect(t, "when", []int{0, 5, 10}, at)
	})
}
