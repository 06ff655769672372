package jobs

import (
	"context"
	"database/sql"
	"math"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// lookback makes tasks for Logs of a File that are there already, and that a version of an Evaluator has not judged.
type lookback struct {
	monitor          // chooses the Logs; its seq is 0 for tasks of no monitor
	file     int64   // whose Logs they are
	version  int64   // of the Evaluator
	pool     string  // of the version
	from, to int64   // when the Logs were created, in microseconds, both included
	most     int     // tasks at most
	atMost   int     // Logs that are looked at, at most
	turn     int     // of the last task: these wait for what is logged now
	last     *passed // the oldest Log that was looked at; nil for none
	looked   int     // Logs
	made     int     // tasks
}

// passed is a Log in the order in which they are looked at, the newest first.
type passed struct{ created, seq int64 }

// lookAtOnce is how many Logs are read at once, and how many tasks a transaction makes.
const lookAtOnce = 500

const (
	unjudged = ` AND NOT EXISTS (SELECT 1 FROM judgment j WHERE j.log = l.seq AND j.version = $1)
		AND NOT EXISTS (SELECT 1 FROM task t WHERE t.kind = 2 AND t.subject = l.seq AND t.object = $1)`

	unjudgedLogs = `SELECT l.seq, ` + logs.RecordColumns + logs.RecordTables + ` WHERE l.file = $2 AND l.created_us BETWEEN $3 AND $4
		AND (l.created_us < $4 OR l.seq < $5)` + unjudged + ` ORDER BY l.created_us DESC, l.seq DESC LIMIT $6`

	lateTasks = insertTask + `SELECT 2, l.seq, v.seq, 0, 0, CAST($2 AS BIGINT), v.pool, 2, CAST($3 AS BIGINT) + ROW_NUMBER() OVER (ORDER BY l.created_us DESC, l.seq DESC),
		CAST($4 AS BIGINT), 0, '', 0, 0, 0, '' FROM log l JOIN version v ON v.seq = $1`
	lateTaken = ` AND (CAST($5 AS BIGINT) = 1 OR NOT EXISTS (SELECT 1 FROM run_log x WHERE x.log = l.seq))` + unjudged + ` ON CONFLICT (kind, subject, object) DO NOTHING RETURNING seq`
)

// enqueue makes the tasks. It reports whether it has looked at all Logs, and did not stop at a limit.
func (b *lookback) enqueue(ctx context.Context, db *sqldb.DB) (all bool, err error) {
	for b.looked < b.atMost && b.made < b.most {
		seqs, end, err := b.page(ctx, db)
		if err != nil {
			return false, err
		}
		if len(seqs) > 0 {
			if err := b.insert(ctx, db, seqs); err != nil {
				return false, err
			}
		}
		if end {
			return true, nil
		}
	}
	return false, nil
}

// page looks at the next Logs and returns the numbers of those that are to be judged, and whether these were the last.
func (b *lookback) page(ctx context.Context, db *sqldb.DB) (seqs []int64, end bool, err error) {
	from := passed{b.to, math.MaxInt64}
	if b.last != nil {
		from = *b.last
	}
	rows, limit := 0, min(lookAtOnce, b.most-b.made)
	args := []any{b.version, b.file, b.from, from.created, from.seq, limit}
	err = sqldb.Each(ctx, db.Read, unjudgedLogs, args, func(found *sql.Rows) error {
		var seq int64
		l, err := logs.ScanRecord(found, &seq)
		if err != nil {
			return err
		}
		rows, b.last = rows+1, &passed{sqldb.Micros(l.CreatedAt), seq}
		if b.wants(l) {
			seqs = append(seqs, seq)
		}
		return nil
	})
	b.looked += rows
	return seqs, rows < limit, err
}

func (b *lookback) wants(l *trace.Log) bool {
	return b.monitor.wants(l) && (b.pool == file.NativePool || !l.PayloadDropped)
}

func (b *lookback) insert(ctx context.Context, db *sqldb.DB, seqs []int64) error {
	w := sqldb.Where{Args: []any{b.version, b.seq, b.turn, sqldb.Micros(db.Clock()), sqldb.Flag(b.runs)}}
	sqldb.In(&w, "l.seq", seqs)
	return db.Change(ctx, "store.LateTasks", func(ctx context.Context, tx *sqldb.Tx) error {
		tx.Wakes()
		made, err := sqldb.Column[int64](ctx, tx, lateTasks+w.String()+lateTaken, w.Args...)
		b.made, b.turn = b.made+len(made), b.turn+len(made)
		return err
	})
}
