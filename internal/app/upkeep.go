package app

import (
	"context"
	"time"
)

// How often is looked for Logs to prepare for search, and to delete. After a failure the former waits as long as the latter.
const (
	indexEvery = time.Second
	sweepEvery = time.Minute
)

// upkeep prepares Logs for search and deletes those that are old enough, until ctx ends.
func (a *App) upkeep(ctx context.Context) {
	var swept time.Time
	for {
		wait := indexEvery
		if err := a.index(ctx); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "Logs could not be prepared for search", "error", err)
			wait = sweepEvery
		}
		if time.Since(swept) >= sweepEvery {
			swept = time.Now()
			a.sweep(ctx)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// index prepares all Logs that there are for search.
func (a *App) index(ctx context.Context) error {
	for {
		more, err := a.db.IndexLogs(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// sweep deletes the Logs that were kept long enough.
func (a *App) sweep(ctx context.Context) {
	n, err := a.db.Sweep(ctx, time.Duration(a.cfg.LogRetention))
	if n > 0 {
		a.log.InfoContext(ctx, "old Logs were deleted", "logs", n)
	}
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "old Logs could not be deleted", "error", err)
	}
}
