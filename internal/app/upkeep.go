package app

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/worker"
)

// The intervals at which upkeep looks for Logs to index and to delete. After a failure, indexing waits as long as deletion.
const (
	indexEvery = time.Second
	sweepEvery = time.Minute
)

// upkeep indexes Logs for search, deletes those that are old enough, and writes down which keys were used. All run concurrently, so a backlog of
// indexing does not delay the others.
func (a *App) upkeep() []*worker.Worker {
	return []*worker.Worker{repeated(a.index), repeated(a.sweep), repeated(a.keepUses)}
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
	for ctx.Err() == nil {
		more, err := a.db.IndexLogs(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "Logs could not be prepared for search", "error", err)
			return sweepEvery
		}
		if !more {
			break
		}
	}
	return indexEvery
}

// sweep deletes Logs that have reached their age limit.
func (a *App) sweep(ctx context.Context) time.Duration {
	n, err := a.db.Sweep(ctx, time.Duration(a.cfg.LogRetention))
	if n > 0 {
		a.log.InfoContext(ctx, "old Logs were deleted", "logs", n)
	}
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "old Logs could not be deleted", "error", err)
	}
	return sweepEvery
}

// keepUses writes down which API keys and sessions were used.
func (a *App) keepUses(ctx context.Context) time.Duration {
	if err := a.access.KeepUses(ctx); err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "the last use of API keys could not be written down", "error", err)
	}
	return sweepEvery
}
