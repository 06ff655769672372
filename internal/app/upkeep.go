package app

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/openloop-server/openloop/internal/leader"
	"github.com/openloop-server/openloop/internal/worker"
)

// The intervals at which upkeep looks for Logs to index and to delete. After a failure, indexing waits as long as deletion.
const (
	indexEvery = time.Second
	sweepEvery = time.Minute
	rollEvery  = 5 * time.Second
	draftEvery = time.Hour   // also for answers that providers keep
	leadEvery  = time.Second // how often those who do not lead look whether they do
)

// upkeep indexes Logs for search, adds them up, deletes those that are old enough, and drafts that no Log uses, and writes down which keys were used.
// All run concurrently, so a backlog of one does not delay the others. Replicas share the indexing; what is not divided only one of them does, but for the uses
// of keys, which each knows for itself.
func (a *App) upkeep() []*worker.Worker {
	all := []*worker.Worker{repeated(a.index), repeated(a.keepUses), repeated(a.sample), repeated(pace())}
	for _, chore := range []func(context.Context) time.Duration{a.rollUp, a.sweep, a.sweepDrafts, a.sweepResponses} {
		all = append(all, repeated(a.led(chore)))
	}
	if a.leader != nil {
		all = append(all, a.leader.Worker())
	}
	return all
}

// led is a chore that only the leader does. Others look each second whether they have come to lead.
func (a *App) led(do func(context.Context) time.Duration) func(context.Context) time.Duration {
	return func(ctx context.Context) time.Duration {
		if !a.leads() {
			return leadEvery
		}
		return do(ctx)
	}
}

// leads reports whether this process is the leader. An embedded database has no replicas.
func (a *App) leads() bool { return a.leader == nil || a.leader.Leads() }

// newLeader returns what this process knows of who leads, nil if that is clear.
func (a *App) newLeader() *leader.Leader {
	if a.db.Kind() == "sqlite" {
		return nil
	}
	return leader.New(leader.Options{DB: a.db, Name: "upkeep", Holder: rand.Text(), Now: time.Now, Logger: a.log})
}

// repeated repeats a chore. do returns the time from its start to the next repetition.
func repeated(do func(context.Context) time.Duration) *worker.Worker {
	return worker.New(func(ctx context.Context, ready func()) {
		ready()
		for ctx.Err() == nil {
			began := time.Now()
			next := do(ctx)
			select {
			case <-time.After(next - time.Since(began)):
			case <-ctx.Done():
			}
		}
	})
}

// index indexes all Logs that are waiting for it.
func (a *App) index(ctx context.Context) time.Duration {
	return a.steps(ctx, a.db.IndexLogs, indexEvery, "Logs could not be prepared for search")
}

// rollUp adds up all Logs that are waiting for it.
func (a *App) rollUp(ctx context.Context) time.Duration {
	return a.steps(ctx, a.db.RollUp, rollEvery, "Logs could not be added up")
}

// steps repeats step while there is more to do, and returns the interval after which it looks again. The operator is told of a failure.
func (a *App) steps(ctx context.Context, step func(context.Context) (bool, error), every time.Duration, failure string) time.Duration {
	for ctx.Err() == nil {
		more, err := step(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, failure, "error", err)
			return sweepEvery
		}
		if !more {
			break
		}
	}
	return every
}

// nextSweep returns when old Logs are deleted next, and the zero time before the first sweep, or if another process does it.
func (a *App) nextSweep() time.Time {
	at := a.swept.Load()
	if at == nil || !a.leads() {
		return time.Time{}
	}
	return at.Add(sweepEvery).UTC()
}

// sweep deletes Logs that have reached their age limit.
func (a *App) sweep(ctx context.Context) time.Duration {
	a.swept.Store(new(time.Now()))
	n, err := a.db.Sweep(ctx, time.Duration(a.cfg.LogRetention))
	if n > 0 {
		a.log.InfoContext(ctx, "old Logs were deleted", "logs", n)
	}
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "old Logs could not be deleted", "error", err)
	}
	return sweepEvery
}

// sweepDrafts deletes drafts that no Log uses.
func (a *App) sweepDrafts(ctx context.Context) time.Duration {
	if _, err := a.db.SweepDrafts(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "old drafts could not be deleted", "error", err)
	}
	return draftEvery
}

// sweepResponses forgets answers that their providers keep no more.
func (a *App) sweepResponses(ctx context.Context) time.Duration {
	if err := a.db.SweepResponses(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "old answers of providers could not be forgotten", "error", err)
	}
	return draftEvery
}

// keepUses writes down which API keys and sessions were used.
func (a *App) keepUses(ctx context.Context) time.Duration {
	if err := a.access.KeepUses(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "the last use of API keys could not be written down", "error", err)
	}
	return sweepEvery
}
