package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// dispatch claims and starts tasks until ctx ends. work is the context of the tasks. Claims gather what comes within a short time, unless they bring as
// many tasks as they ask for.
func (s *Scheduler) dispatch(ctx, work context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	asked := true // which pools have tasks
	for ctx.Err() == nil {
		began := time.Now()
		if asked {
			s.look(ctx)
		}
		if asked = false; s.claimAll(ctx, work) {
			continue
		}
		select {
		case <-s.freed:
		case <-s.o.DB.Woken():
			asked = true
		case <-look.C:
			asked = true
		case <-ctx.Done():
		}
		if rest := roundTime - time.Since(began); rest > 0 {
			wait(ctx, rest, nil)
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

// claimAll claims as many tasks as there is room for, and starts them. It returns whether there may be more.
func (s *Scheduler) claimAll(ctx, work context.Context) (more bool) {
	for _, c := range s.claims() {
		tasks, err := s.o.DB.ClaimTasks(ctx, c)
		if err != nil {
			s.complain(ctx, "tasks could not be claimed", err)
			return false
		}
		s.claimed(work, &c, tasks)
		more = more || len(tasks) == c.Most
	}
	return more
}

// complain tells the operator of a failure of the database, which passes.
func (s *Scheduler) complain(ctx context.Context, what string, err error) {
	if ctx.Err() == nil {
		s.o.Logger.WarnContext(ctx, what, "error", err)
	}
}

// claimed notes what a claim has brought, and starts what may run.
func (s *Scheduler) claimed(work context.Context, c *store.TaskClaim, tasks []store.Task) {
	now := s.o.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pools[c.Pool]
	if len(tasks) < c.Most && !c.Last { // of the last lane there may be fewer than of the others
		p.hungry = false
	}
	for i := range tasks {
		t := s.task(tasks[i], now)
		t.ctx, t.cancel = context.WithCancelCause(work)
		if before := s.held[t.Seq]; before != nil { // what it judges has changed since
			before.cancel(errGone)
		}
		s.held[t.Seq] = t
		p.ready = append(p.ready, t)
	}
	s.begin(p)
}

// begin starts tasks of a pool that were claimed, as many as may run. The caller holds s.mu.
func (s *Scheduler) begin(p *pool) {
	for t := s.next(p); t != nil; t = s.next(p) {
		s.tasks.Go(func() { s.work(t) })
	}
}

// next returns the task of a pool that begins now, nil for none. The caller holds s.mu.
func (s *Scheduler) next(p *pool) *Task {
	for len(p.ready) > 0 && !s.stopping && p.limit.free(p.running, s.o.Now()) > 0 {
		t := p.ready[0]
		p.ready = p.ready[1:]
		if t.ctx.Err() != nil { // it was taken away
			s.forget(t)
			continue
		}
		p.running++
		return t
	}
	return nil
}

// work does a task, and then others that were claimed with it: a goroutine that goes on has its stack already.
func (s *Scheduler) work(t *Task) {
	for t != nil {
		began := s.o.Now()
		done, err := s.do(t.ctx, t)
		outcome := s.settle(t, done, err)
		s.o.Observe(Observation{Pool: t.Pool, Lane: t.Lane, Outcome: outcome, Took: s.o.Now().Sub(began)})
		t = s.ended(t, outcome, err)
	}
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
func (s *Scheduler) settle(t *Task, done Done, err error) string {
	outcome := outcomeOf(t.ctx, done, err)
	switch outcome {
	case outcomeDone, outcomeFailed:
		written := s.batch.finish(store.FinishedTask{
			Seq: t.Seq, Revision: t.Revision, Run: t.Run, Nano: done.Nano, Monitor: t.Monitor, LogID: done.LogID, Failed: done.Failed, Gone: done.Gone,
		})
		if done.Limited && done.Nano > 0 {
			select {
			case <-written:
			case <-t.ctx.Done():
			}
		}
	case outcomeRetried:
		f := s.failure(t, errs.From(err))
		f.Run, f.Nano = t.Run, done.Nano
		s.batch.putBack(f)
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

// ended notes that a task does not run any more, and what that says of its pool. It returns the one that takes its place, nil for none.
func (s *Scheduler) ended(t *Task, outcome string, err error) *Task {
	now := s.o.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(t)
	p := s.pools[t.Pool]
	p.running--
	p.pace.ended(now)
	switch {
	case !p.limit.adaptive:
	case outcome == outcomeDone:
		p.limit.succeeded()
	case outcome == outcomeRetried && crowded(errs.From(err).Reason):
		p.limit.refused(errs.From(err).RetryAfter, now)
		s.giveBack(p)
	}
	next := s.next(p)
	s.begin(p) // its limit may have grown
	if p.room(now) > 0 {
		offer(s.freed)
	}
	return next
}

// forget notes that a task has ended. The caller holds s.mu.
func (s *Scheduler) forget(t *Task) {
	t.cancel(nil)
	if s.held[t.Seq] == t { // and not a later claim of it
		delete(s.held, t.Seq)
	}
}

// giveBack frees the tasks of a pool that were claimed and have not begun, for it may be long until they do. The caller holds s.mu.
func (s *Scheduler) giveBack(p *pool) {
	for _, t := range p.ready {
		if s.held[t.Seq] == t && t.ctx.Err() == nil {
			s.batch.putBack(store.TaskFailure{Seq: t.Seq, Revision: t.Revision, Due: s.o.Now(), Reason: t.Reason, Attempts: t.Attempts, Since: t.Since})
			p.hungry = true
		}
		s.forget(t)
	}
	p.ready = nil
}

// failure says when and how a task is tried again after e.
func (s *Scheduler) failure(t *Task, e *errs.Error) store.TaskFailure {
	now := s.o.Now()
	f := store.TaskFailure{Seq: t.Seq, Revision: t.Revision, Reason: e.Reason, Attempts: t.Attempts, Since: t.Since}
	if own(e.Reason) {
		f.Due = now.Add(ownBackoff)
		return f
	}
	if e.Reason == errs.Internal {
		s.o.Logger.ErrorContext(t.ctx, "a task failed", "pool", t.Pool, "attempts", t.Attempts, "error", e)
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
