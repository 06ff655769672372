package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// dispatch claims and starts tasks until ctx ends. work is the context of the tasks.
func (s *Scheduler) dispatch(ctx, work context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	asked := true // which pools have tasks
	for ctx.Err() == nil {
		if asked {
			s.look(ctx)
		}
		if s.claimAll(ctx, work) {
			asked = false
			continue
		}
		select {
		case <-s.freed:
			asked = false
		case <-s.o.DB.Woken():
			asked = true
		case <-look.C:
			asked = true
		case <-ctx.Done():
		}
	}
}

// look asks which pools have tasks.
func (s *Scheduler) look(ctx context.Context) {
	pools, err := s.o.DB.WaitingPools(ctx)
	if err != nil {
		s.complain(ctx, "it could not be seen which tasks wait", err)
		return
	}
	s.waiting(pools)
}

// claimAll claims as many tasks as can be started, and starts them. It returns whether there were any.
func (s *Scheduler) claimAll(ctx, work context.Context) (some bool) {
	for _, c := range s.claims() {
		tasks, err := s.o.DB.ClaimTasks(ctx, c)
		if err != nil {
			s.complain(ctx, "tasks could not be claimed", err)
			return false
		}
		s.claimed(&c, len(tasks))
		for i := range tasks {
			s.start(work, tasks[i])
		}
		some = some || len(tasks) > 0
	}
	return some
}

// complain tells the operator of a failure of the database, which passes.
func (s *Scheduler) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		s.o.Logger.WarnContext(ctx, what, "error", err)
	}
}

// start begins a task that was claimed.
func (s *Scheduler) start(work context.Context, t store.Task) {
	ctx, cancel := context.WithCancelCause(work)
	began := s.o.Now()
	task := s.task(t, began)
	task.cancel = cancel
	s.mu.Lock()
	if before := s.held[t.Seq]; before != nil { // what it judges has changed since
		before.cancel(errGone)
	}
	s.held[t.Seq] = task
	s.mu.Unlock()
	s.tasks.Go(func() {
		defer cancel(nil)
		done, err := s.do(ctx, task)
		outcome := s.settle(ctx, task, done, err)
		s.o.Observe(Observation{Pool: t.Pool, Lane: t.Lane, Outcome: outcome, Took: s.o.Now().Sub(began)})
	})
}

// maxLost is how many leases of a task may run out. Whatever ends the process each time cannot do so for ever.
const maxLost = 3

// task returns a task as its handler gets it.
func (s *Scheduler) task(t store.Task, now time.Time) *Task {
	out := &Task{Task: t}
	long := !t.Since.IsZero() && now.Sub(t.Since) >= patience
	out.Last = long || t.Reason == errs.Internal && t.Attempts >= ownPatience
	if t.Lost >= maxLost {
		out.Last = true
		out.GiveUp = errs.New(errs.WorkerLost, "The server stopped or stalled %d times while it worked on this, so it is not tried again.", t.Lost)
	}
	return out
}

// do has a handler do a task. A panic is an error.
func (s *Scheduler) do(ctx context.Context, t *Task) (done Done, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errs.Wrap("jobs.do", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
		}
	}()
	return s.o.Handlers[t.Kind](ctx, t)
}

// settle finishes a task, puts it back, or leaves it as it is, and returns its outcome.
func (s *Scheduler) settle(ctx context.Context, t *Task, done Done, err error) string {
	defer offer(s.freed)
	outcome := outcomeOf(ctx, done, err)
	s.ended(t, outcome, err)
	switch outcome {
	case outcomeDone, outcomeFailed:
		s.batch.finish(store.FinishedTask{
			Seq: t.Seq, Revision: t.Revision, Run: t.Run, Nano: done.Nano, Monitor: t.Monitor, LogID: done.LogID, Failed: done.Failed, Gone: done.Gone,
		})
	case outcomeRetried:
		s.batch.putBack(s.failure(ctx, t, errs.From(err)))
	}
	return outcome
}

func outcomeOf(ctx context.Context, done Done, err error) string {
	switch {
	case err == nil && done.Failed:
		return outcomeFailed
	case err == nil:
		return outcomeDone
	case ctx.Err() != nil:
		return outcomeCancelled
	default:
		return outcomeRetried
	}
}

// ended notes that a task does not run any more, and what that says of its pool.
func (s *Scheduler) ended(t *Task, outcome string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held[t.Seq] == t { // and not a later claim of it
		delete(s.held, t.Seq)
	}
	p := s.pools[t.Pool]
	p.running--
	switch {
	case !p.limit.adaptive:
	case outcome == outcomeDone:
		p.limit.succeeded()
	case outcome == outcomeRetried && crowded(errs.From(err).Reason):
		p.limit.refused(errs.From(err).RetryAfter, s.o.Now())
	}
}

// failure says when and how a task is tried again after e.
func (s *Scheduler) failure(ctx context.Context, t *Task, e *errs.Error) store.TaskFailure {
	now := s.o.Now()
	f := store.TaskFailure{Seq: t.Seq, Revision: t.Revision, Reason: e.Reason, Attempts: t.Attempts, Since: t.Since}
	if own(e.Reason) {
		f.Due = now.Add(ownBackoff)
		return f
	}
	if e.Reason == errs.Internal {
		s.o.Logger.ErrorContext(ctx, "a task failed", "pool", t.Pool, "attempts", t.Attempts, "error", e)
	}
	f.Due = now.Add(backoff(e.RetryAfter, t.Attempts, s.o.Chance()))
	if f.Since.IsZero() {
		f.Since = now
	}
	if counts(e.Reason) {
		f.Attempts++
	}
	return f
}

// offer puts a token into a channel that has none.
func offer(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
