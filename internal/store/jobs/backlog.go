package jobs

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// backlog knows about how many tasks of each monitor wait. It counts them now and then, and in between what it gives room to.
type backlog struct {
	*sqldb.DB
	limit int
	total atomic.Int64 // Logs that were skipped, since the process began

	mu      sync.Mutex
	counted time.Time
	waiting map[int64]int   // by the number of the monitor
	skipped map[int64]int64 // Logs that got no task, and are not stored as such yet
}

// recount is how old a count may be.
const recount = 5 * time.Second

func newBacklog(db *sqldb.DB, limit int) *backlog {
	return &backlog{DB: db, limit: limit, skipped: map[int64]int64{}}
}

// take reports whether a monitor may have one more task; otherwise the Log counts as skipped. It reads by q, as [Monitors.active] does.
func (b *backlog) take(ctx context.Context, q sqldb.Querier, monitor int64, now time.Time) (bool, error) {
	if err := b.refresh(ctx, q, now); err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting[monitor] >= b.limit {
		b.skipped[monitor]++
		b.total.Add(1)
		return false, nil
	}
	b.waiting[monitor]++
	return true, nil
}

// room is how many more tasks a monitor may have. Nothing counts as skipped.
func (b *backlog) room(ctx context.Context, monitor int64, now time.Time) (int, error) {
	err := b.refresh(ctx, b.Read, now)
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.limit - b.waiting[monitor], err
}

// add counts tasks that were made.
func (b *backlog) add(monitor int64, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting[monitor] += n
}

// refresh counts the tasks anew if the last count is too old. Nobody waits for it with the lock: others go by the last count meanwhile, if there is one.
func (b *backlog) refresh(ctx context.Context, q sqldb.Querier, now time.Time) error {
	if !b.due(now) {
		return nil
	}
	waiting, err := b.count(ctx, q)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.counted = time.Time{} // the next caller tries again
		return err
	}
	b.counted, b.waiting = now, waiting
	return nil
}

// due reports whether the caller has to count. Once there is a count, one caller at a time has to.
func (b *backlog) due(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting != nil && now.Sub(b.counted) < recount {
		return false
	}
	b.counted = now
	return true
}

func (b *backlog) count(ctx context.Context, q sqldb.Querier) (map[int64]int, error) {
	waiting := map[int64]int{}
	err := sqldb.Each(ctx, q, `SELECT monitor, COUNT(*) FROM task WHERE monitor > 0 GROUP BY monitor`, nil, func(rows *sql.Rows) error {
		var monitor int64
		var n int
		err := rows.Scan(&monitor, &n)
		waiting[monitor] = n
		return err
	})
	return waiting, err
}

// keep stores how many Logs were skipped.
func (b *backlog) keep(ctx context.Context) error {
	b.mu.Lock()
	skipped := b.skipped
	b.skipped = map[int64]int64{}
	b.mu.Unlock()
	if len(skipped) == 0 {
		return nil
	}
	err := b.Change(ctx, "store.KeepSkipped", func(ctx context.Context, tx *sqldb.Tx) error {
		for _, monitor := range slices.Sorted(maps.Keys(skipped)) {
			if err := tx.Exec(ctx, `UPDATE monitor SET skipped = skipped + $2 WHERE seq = $1`, monitor, skipped[monitor]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil { // for the next time
		b.mu.Lock()
		defer b.mu.Unlock()
		for monitor, n := range skipped {
			b.skipped[monitor] += n
		}
	}
	return err
}
