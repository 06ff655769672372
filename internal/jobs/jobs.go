// Package jobs works in the background on the tasks that the store keeps: it claims as many as it can start at once, has handlers do them, and
// finishes them or puts them back. It knows how to share work, how to wait, and how to give up; it does not know what the tasks are about.
package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/worker"
)

// Handler does a task. It must be safe for concurrent use.
//
// With an error nothing is recorded, and the task is tried again later. A failure that is final, because it is not retryable or t.Last is set,
// is a result: the handler records it and returns no error. After ctx has ended, nothing must be recorded.
type Handler func(ctx context.Context, t *Task) (Done, error)

// Done is what a handler says of a task that is done. With an error only the cost counts.
type Done struct {
	Nano   int64  // what it cost, in dollars * 10^9
	Failed bool   // a failure was recorded; so it says nothing good of the provider
	LogID  string // of the judgment that was made; "" for none
	Gone   bool   // the task went with its Log, see [store.Task.Rider]

	// Limited says that there is a limit which the cost may reach: no other task takes the place of this one before the cost is written, so that a Run spends
	// no more beyond its limit than what runs at once.
	Limited bool
}

// Task is a task that was claimed.
type Task struct {
	store.Task
	Last   bool        // a failure is recorded, whatever it is: it was tried for long enough
	GiveUp *errs.Error // why it is not tried at all, which is to be recorded; nil to try it

	ctx    context.Context // of the work on it
	cancel context.CancelCauseFunc
}

// Options configures a Scheduler. All fields are required except DailyCost, Ready and Observe.
type Options struct {
	DB          *store.DB
	ID          string // names this process among those that share the database
	Handlers    map[store.TaskKind]Handler
	Sizes       map[string]int         // how many tasks of a pool run at once; the other pools are providers
	Concurrency int                    // the same for each provider, in all processes together
	DailyCost   int64                  // what may be spent a day, in dollars * 10^9; then tasks of providers wait for the next day. 0 means no limit
	Ready       func(pool string) bool // whether tasks of the pool can begin at once; asked at least once a second while there are any. nil means they can
	Heal        func(context.Context) error
	Observe     func(Observation)
	Logger      *slog.Logger
	Now         func() time.Time
	Chance      func() float64 // a random number from 0 to 1
}

// Scheduler works on tasks. It is safe for concurrent use.
type Scheduler struct {
	o Options

	freed chan struct{} // holds a token when there is room to claim more
	tasks sync.WaitGroup
	batch *batch

	mu       sync.Mutex
	pools    map[string]*pool
	held     map[int64]*Task // those that were claimed and have not ended, by their numbers
	replicas int
	broke    bool // the day's budget is spent
	stopping bool // nothing begins any more
}

// New returns a Scheduler.
func New(o Options) *Scheduler {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	if o.Ready == nil {
		o.Ready = func(string) bool { return true }
	}
	return &Scheduler{
		o: o, freed: make(chan struct{}, 1), batch: newBatch(), pools: map[string]*pool{}, held: map[int64]*Task{}, replicas: 1,
	}
}

const (
	lease      = time.Minute
	renewEvery = 20 * time.Second
	rescue     = 3 * time.Second       // how often leases that ran out are freed
	lookEvery  = time.Second           // for tasks that nobody told of, and for those that were taken away
	roundTime  = 10 * time.Millisecond // between claims, unless there are more tasks than one brings
	healEvery  = 5 * time.Minute
	grace      = 5 * time.Second // for tasks that run when the server stops
	lastWrites = 5 * time.Second // for what they leave
)

// Why a task is cancelled. Nothing of it is recorded.
var (
	errGone     = errs.New(errs.Conflict, "The task was taken away.")
	errStopping = errs.New(errs.ShuttingDown, "The server is stopping.")
)

// Worker returns the life of the Scheduler. When it is stopped, tasks that run have a few seconds to end. The others are freed for whoever
// comes next.
func (s *Scheduler) Worker() *worker.Worker { return worker.New(s.run) }

func (s *Scheduler) run(ctx context.Context, ready func()) {
	ready()
	inner, end := context.WithCancel(context.WithoutCancel(ctx))
	work, cancel := context.WithCancelCause(inner)
	var loops sync.WaitGroup
	loops.Go(func() { s.keep(inner) })
	loops.Go(func() { s.write(inner) })
	s.dispatch(ctx, work)
	s.leave(cancel)
	end()
	loops.Wait()
	last, done := context.WithTimeout(context.WithoutCancel(ctx), lastWrites)
	defer done()
	s.flush(last)
	s.release(last)
}

// leave waits for tasks that run, and cancels those that take too long. Those that have not begun stay as they are.
func (s *Scheduler) leave(cancel context.CancelCauseFunc) {
	s.mu.Lock()
	s.stopping = true
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.tasks.Wait()
		close(ended)
	}()
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-ended:
	case <-timer.C:
	}
	cancel(errStopping)
	<-ended
}

// release frees what this process still holds, so that others can go on at once.
func (s *Scheduler) release(ctx context.Context) {
	if err := s.o.DB.ReleaseTasks(ctx, s.o.ID); err != nil {
		s.o.Logger.WarnContext(ctx, "tasks could not be freed; others go on with them once their leases have run out", "error", err)
	}
	_ = s.o.DB.LeaveReplicas(ctx, s.o.ID) // it is forgotten after a minute in any case
}

// Refused takes note that a provider was rate limited or overloaded for somebody else, and of how long it asks to wait: its tasks slow down.
func (s *Scheduler) Refused(provider string, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.pools[provider]; p != nil && p.limit.adaptive {
		p.limit.refused(wait, s.o.Now())
		s.giveBack(p)
	}
}
