package jobs

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// FinishedTask is a task that is done, and what it cost.
type FinishedTask struct {
	Seq      int64
	Revision int64
	Run      int64 // that pays; 0 for none
	Nano     int64 // dollars * 10^9

	Monitor int64  // that asked for it; 0 for none
	LogID   string // of the judgment that was made; "" for none
	Failed  bool   // it has an error

	Gone bool // the task went with its Log, see [Task.Rider]
}

// FinishTasks deletes tasks that a worker has done, and counts what they cost and what monitors judged, in one transaction. A task that the worker does
// not hold any more, or that has another revision by now, stays as it is; its cost counts all the same, for the money is gone.
func (db *Store) FinishTasks(ctx context.Context, worker string, done []FinishedTask) error {
	if len(done) == 0 {
		return nil
	}
	costs := make([]cost, len(done))
	for i := range done {
		costs[i] = cost{done[i].Run, done[i].Nano}
	}
	return db.Change(ctx, "store.FinishTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		if err := db.addSpent(ctx, tx, costs); err != nil { // first: who closes a Run locks it before its tasks
			return err
		}
		if err := db.countJudged(ctx, tx, done); err != nil {
			return err
		}
		left := slices.DeleteFunc(slices.Clone(done), func(d FinishedTask) bool { return d.Gone })
		for chunk := range slices.Chunk(left, finishedAtOnce) {
			w := heldAs(worker, chunk)
			if err := tx.Exec(ctx, lockTasks(db.Dialect, w.String())+`DELETE FROM task WHERE seq IN (SELECT seq FROM mine)`, w.Args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// finishedAtOnce is how many tasks a statement deletes. Texts differ by the number, and PostgreSQL caches statements by their text.
const finishedAtOnce = 64

// heldAs is the condition that a task is one of those that a worker holds, as it was claimed: one that was changed since may be held again.
func heldAs(worker string, done []FinishedTask) *sqldb.Where {
	var w sqldb.Where
	w.Add("worker = ? AND lease_us > 0", worker)
	sqldb.In(&w, "seq", sqldb.Values(done, func(d FinishedTask) int64 { return d.Seq }))
	pairs := make([]any, 0, 2*len(done))
	for i := range done {
		pairs = append(pairs, done[i].Seq, done[i].Revision)
	}
	const pair = "(CAST(? AS BIGINT), CAST(? AS BIGINT))"
	w.Add("(seq, revision) IN (VALUES "+pair+strings.Repeat(", "+pair, len(done)-1)+")", pairs...)
	return &w
}

// TaskFailure puts a task back.
type TaskFailure struct {
	Seq      int64
	Revision int64
	Due      time.Time // when it is to be tried again
	Reason   errs.Reason
	Attempts int       // that have failed by now
	Since    time.Time // of the first failure
	Run      int64     // that pays; 0 for none
	Nano     int64     // what the attempt cost all the same, in dollars * 10^9
}

// PutBackTasks frees tasks that a worker holds, to be tried again later, and counts what they cost. It passes over what has another revision by now.
func (db *Store) PutBackTasks(ctx context.Context, worker string, failed []TaskFailure) error {
	if len(failed) == 0 {
		return nil
	}
	failed = slices.SortedFunc(slices.Values(failed), func(a, b TaskFailure) int { return cmp.Compare(a.Seq, b.Seq) })
	costs := make([]cost, len(failed))
	for i := range failed {
		costs[i] = cost{failed[i].Run, failed[i].Nano}
	}
	return db.Change(ctx, "store.PutBackTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Wakes()
		if err := db.addSpent(ctx, tx, costs); err != nil {
			return err
		}
		for _, f := range failed {
			err := tx.Exec(ctx, `UPDATE task SET lease_us = 0, worker = '', due_us = $3, reason = $4, attempts = $5, since_us = $6
				WHERE seq = $1 AND worker = $2 AND lease_us > 0 AND revision = $7`,
				f.Seq, worker, sqldb.Micros(f.Due), string(f.Reason), f.Attempts, sqldb.Micros(f.Since), f.Revision)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// paidBy is the condition that a Run pays for a task.
const paidBy = ` WHERE (kind = 1 AND subject = $1 OR kind = 2 AND run = $1 AND run > 0)`

// DropRun deletes the tasks that a Run pays for. Those that other Runs need too are made again by [Store.HealTasks].
func DropRun(ctx context.Context, tx *sqldb.Tx, d *sqldb.Dialect, run int64) error {
	text := `DELETE FROM task` + paidBy
	if d.LockRows != "" { // first in their order, and then at once: to look up each takes ten times as long
		text = lockTasks(d, paidBy) + text + ` AND (SELECT COUNT(*) FROM mine) > 0`
	}
	return tx.Exec(ctx, text, run)
}

// Unblock has the Logs that a Run lacks wait for no provider any more: they are going to be recorded without a call.
func Unblock(ctx context.Context, tx *sqldb.Tx, d *sqldb.Dialect, run int64) error {
	tx.Wakes()
	return tx.Exec(ctx, lockTasks(d, ` WHERE kind = 1 AND subject = $1 AND lease_us = 0`)+
		`UPDATE task SET pool = $2, due_us = 0 WHERE seq IN (SELECT seq FROM mine)`, run, file.NativePool)
}
