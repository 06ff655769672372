package jobs

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// TaskClaim asks for tasks.
type TaskClaim struct {
	Worker string // names who claims them: a process
	Pool   string
	Most   int           // so many at most: what can be begun at once
	Lease  time.Duration // for so long nobody else gets them
	Last   bool          // those of the last lane that waits, instead of the first
}

// The free tasks of a pool that are due.
const freeTasks = ` FROM task WHERE pool = $1 AND lease_us = 0 AND due_us <= $2`

// ClaimTasks claims free tasks of a pool that are due, those of the lowest lane and turn first.
func (db *Store) ClaimTasks(ctx context.Context, c TaskClaim) (tasks []Task, err error) {
	lane := ""
	if c.Last {
		lane = ` AND lane = (SELECT MAX(lane)` + freeTasks + `)`
	}
	text := `WITH next AS MATERIALIZED (SELECT seq` + freeTasks + lane + ` ORDER BY lane, turn, seq LIMIT $3` + db.Dialect.LockFree + `)
		UPDATE task SET lease_us = $4, worker = $5 WHERE seq IN (SELECT seq FROM next)
		RETURNING seq, kind, subject, object, revision, run, monitor, pool, lane, turn, attempts, lost, since_us, reason`
	err = db.Change(ctx, "store.ClaimTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		now := db.Clock()
		args := []any{c.Pool, sqldb.Micros(now), c.Most, sqldb.Micros(now.Add(c.Lease)), c.Worker}
		tasks, err = sqldb.List(ctx, tx, text, args, scanTask)
		return err
	})
	slices.SortFunc(tasks, before) // a database returns them in any order
	return tasks, err
}

func scanTask(rows *sql.Rows) (t Task, err error) {
	var since int64
	err = rows.Scan(&t.Seq, &t.Kind, &t.Subject, &t.Object, &t.Revision, &t.Run, &t.Monitor, &t.Pool, &t.Lane, &t.Turn, &t.Attempts, &t.Lost, &since, &t.Reason)
	t.Since = sqldb.FromMicros(since)
	return t, err
}

// WaitingPools are the pools that have free tasks which are due. It is one look into an index, however many tasks wait.
func (db *Store) WaitingPools(ctx context.Context) ([]string, error) {
	const text = `WITH RECURSIVE pools (pool) AS (
			SELECT MIN(pool) FROM task WHERE lease_us = 0
			UNION ALL SELECT (SELECT MIN(t.pool) FROM task t WHERE t.lease_us = 0 AND t.pool > pools.pool) FROM pools WHERE pools.pool IS NOT NULL
		) SELECT p.pool FROM pools p WHERE p.pool IS NOT NULL AND EXISTS (SELECT 1 FROM task t WHERE t.pool = p.pool AND t.lease_us = 0 AND t.due_us <= $1)
		ORDER BY p.pool`
	pools, err := sqldb.Column[string](ctx, db.Read, text, sqldb.Micros(db.Clock()))
	return pools, db.Fail("store.WaitingPools", err)
}

// HeldTasks are the numbers of the tasks that a worker holds. Those that it no longer holds were lost, done, or deleted with their Run: to go on with
// them is in vain.
func (db *Store) HeldTasks(ctx context.Context, worker string) ([]int64, error) {
	held, err := sqldb.Column[int64](ctx, db.Read, `SELECT seq FROM task`+heldBy, worker) // an order would make SQLite read the whole table
	slices.Sort(held)
	return held, db.Fail("store.HeldTasks", err)
}

// lockTasks begins a statement about the tasks of a condition, which are called mine. They are locked in their order, so that statements which change
// the same ones do not wait for each other in a circle. The sign keeps SQLite from reading the whole table for the sake of that order.
func lockTasks(d *sqldb.Dialect, condition string) string {
	return `WITH mine AS MATERIALIZED (SELECT seq FROM task` + condition + ` ORDER BY +seq` + d.LockRows + `) `
}

// heldBy is the condition that a worker holds a task.
const heldBy = ` WHERE lease_us > 0 AND worker = $1`

// RenewTasks renews the leases of all tasks that a worker holds, and returns what [Store.HeldTasks] does.
func (db *Store) RenewTasks(ctx context.Context, worker string, lease time.Duration) (held []int64, err error) {
	text := lockTasks(db.Dialect, heldBy) + `UPDATE task SET lease_us = $2 WHERE seq IN (SELECT seq FROM mine) RETURNING seq`
	err = db.Change(ctx, "store.RenewTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		held, err = sqldb.Column[int64](ctx, tx, text, worker, sqldb.Micros(db.Clock().Add(lease)))
		return err
	})
	slices.Sort(held)
	return held, err
}

// ReleaseTasks frees all tasks that a worker holds, so that others can go on with them at once. Nothing counts against them.
func (db *Store) ReleaseTasks(ctx context.Context, worker string) error {
	return db.Change(ctx, "store.ReleaseTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Wakes()
		return tx.Exec(ctx, lockTasks(db.Dialect, heldBy)+`UPDATE task SET lease_us = 0, worker = '' WHERE seq IN (SELECT seq FROM mine)`, worker)
	})
}

// FreeTasks frees the tasks whose leases have run out, which counts as lost, and returns how many there were. Any worker may call it.
func (db *Store) FreeTasks(ctx context.Context) (freed int, err error) {
	const expired = ` FROM task WHERE lease_us > 0 AND lease_us <= $1`
	some, err := sqldb.Found(ctx, db.Read, `SELECT 1`+expired+` LIMIT 1`, []any{sqldb.Micros(db.Clock())})
	if err != nil || !some { // without waiting for the writer
		return 0, db.Fail("store.FreeTasks", err)
	}
	text := `WITH late AS MATERIALIZED (SELECT seq` + expired + db.Dialect.LockFree + `)
		UPDATE task SET lease_us = 0, worker = '', lost = lost + 1 WHERE seq IN (SELECT seq FROM late) RETURNING seq`
	err = db.Change(ctx, "store.FreeTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Wakes()
		seqs, err := sqldb.Column[int64](ctx, tx, text, sqldb.Micros(db.Clock()))
		freed = len(seqs)
		return err
	})
	return freed, err
}
