package app

import (
	"context"
	"time"

	"openloop/internal/worker"
)

// How often is looked for Logs to prepare for search, and to delete. After a failure the former waits as long as the latter.
const (
	indexEvery = time.Second
	sweepEvery = time.Minute
)

// upkeep prepares Logs for search and deletes those that are old enough. The two run side by side: however many Logs wait to be prepared, old
// ones are looked for in time.
func (a *App) upkeep() []*worker.Worker {
	return []*worker.Worker{repeated(a.index), repeated(a.sweep)}
}

// repeated does a chore again and again; do says how long after it began it is to be done next.
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

// index prepares all Logs that there are for search.
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

// sweep deletes the Logs that were kept long enough.
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
