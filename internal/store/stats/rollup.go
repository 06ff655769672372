package stats

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// How much one transaction does, so that others can write in between.
const (
	rollRows      = 200 // of the journal, each with up to 512 Logs
	rollLogs      = 500 // from before the journal
	rollIntervals = 288 // that are put together: a day of the finest
)

// RollUp takes one step: it adds entries of the journal to their intervals, or Logs from before the journal, or it puts old intervals together
// into hours and days. It reports whether there was something to do. Call it in the background every few seconds, and repeat the call
// until it returns false. Several processes may call it. Statistics are the same before and after.
func (db *Store) RollUp(ctx context.Context) (more bool, err error) {
	defer db.Failed("store.RollUp", &err)
	for _, step := range [...]func(context.Context) (bool, error){db.rollJournal, db.rollLogs, db.rollFinest, db.rollHours} {
		if more, err = step(ctx); more || err != nil {
			return more, err
		}
	}
	return false, nil
}

// rollJournal adds the oldest entries of the journal.
func (db *Store) rollJournal(ctx context.Context) (bool, error) {
	const some = `SELECT 1 FROM stat_journal LIMIT 1`
	const take = `DELETE FROM stat_journal WHERE seq IN (SELECT seq FROM stat_journal ORDER BY seq LIMIT $1) RETURNING entries`
	if there, err := sqldb.Found(ctx, db.Read, some, nil); err != nil || !there {
		return false, err
	}
	return db.rollEntries(ctx, func(ctx context.Context, tx *sqldb.Tx, _ int64) ([][]byte, error) {
		return sqldb.Column[[]byte](ctx, tx, take, rollRows)
	})
}

// rollLogs adds Logs from before the journal, the newest first.
func (db *Store) rollLogs(ctx context.Context) (bool, error) {
	if done, err := db.complete(ctx, db.Read); err != nil || done {
		return false, err
	}
	return db.rollEntries(ctx, func(ctx context.Context, tx *sqldb.Tx, upto int64) ([][]byte, error) {
		const text = `SELECT l.seq, l.file, l.version, ` + logs.RecordColumns + logs.RecordTables + ` WHERE l.seq <= $1 ORDER BY l.seq DESC LIMIT $2`
		lowest := int64(1)
		entries, err := sqldb.List(ctx, tx, text, []any{upto, rollLogs}, func(rows *sql.Rows) ([]byte, error) {
			var ref logs.Ref
			l, err := logs.ScanRecord(rows, &lowest, &ref.File, &ref.Version)
			if err != nil {
				return nil, err
			}
			return entryOf(nil, l, ref), nil
		})
		if err != nil {
			return nil, err
		}
		if len(entries) < rollLogs { // there are no more
			lowest = 1
		}
		return entries, tx.Exec(ctx, `UPDATE stat_backfill SET upto = $1`, lowest-1)
	})
}

// rollEntries adds the entries that take returns to their intervals, in one transaction. take gets the number up to which Logs are still to be
// added. rollEntries reports whether there were entries.
func (db *Store) rollEntries(ctx context.Context, take func(ctx context.Context, tx *sqldb.Tx, upto int64) ([][]byte, error)) (bool, error) {
	taken := 0
	err := db.change(ctx, func(ctx context.Context, tx *sqldb.Tx, upto int64) error {
		list, err := take(ctx, tx, upto)
		if err != nil || len(list) == 0 {
			return err
		}
		taken = len(list)
		if err := db.series.read(ctx, tx); err != nil {
			return err
		}
		r := roller{tx: tx, now: db.Now(), known: &db.series, fresh: map[string]int64{}, sheet: sheet{}}
		for _, entries := range list {
			err := eachEntry(entries, func(key []byte, start int64) (*stats.Figures, error) { return r.figures(ctx, string(key), start) })
			if err != nil {
				return err
			}
		}
		return r.sheet.add(ctx, tx)
	})
	return taken > 0, err
}

// change runs f in a transaction that holds the lock of the backfill, which all have that add to intervals.
func (db *Store) change(ctx context.Context, f func(ctx context.Context, tx *sqldb.Tx, upto int64) error) error {
	return db.Change(ctx, "store.RollUp", func(ctx context.Context, tx *sqldb.Tx) error {
		upto, err := db.locked(ctx, tx, db.Dialect)
		if err != nil {
			return err
		}
		return f(ctx, tx, upto)
	})
}

// roller fills a sheet with entries.
type roller struct {
	tx    *sqldb.Tx
	now   time.Time
	known *dictionary
	fresh map[string]int64 // ids of series that tx made, and of those that they count for
	made  int              // how many tx made
	sheet sheet
}

// figures returns the figures of a series within the interval that keeps those of the finest one with this beginning.
func (r *roller) figures(ctx context.Context, key string, start int64) (*stats.Figures, error) {
	id, err := r.id(ctx, key)
	if err != nil {
		return nil, err
	}
	at := time.Unix(start, 0)
	return r.sheet.of(intervalOf(at, stats.Resolution(at, r.now)), id), nil
}

// id returns the id of the series that counts for one, which it makes if there is none.
func (r *roller) id(ctx context.Context, key string) (int64, error) {
	if id := r.there(key); id != 0 {
		return id, nil
	}
	s, err := stats.ReadSeries([]byte(key))
	if err != nil {
		return 0, err
	}
	s = r.known.limited(s, r.made)
	counts := string(s.Append(nil))
	id := r.there(counts)
	if id == 0 {
		_, err = sqldb.Found(ctx, r.tx, `INSERT INTO stat_series (key) VALUES ($1) RETURNING id`, []any{[]byte(counts)}, &id)
		r.made++
	}
	r.fresh[key], r.fresh[counts] = id, id
	return id, err
}

func (r *roller) there(key string) int64 { return max(r.known.id(key), r.fresh[key]) }

// rollFinest puts the finest intervals together into hours when they are old enough.
func (db *Store) rollFinest(ctx context.Context) (bool, error) {
	return db.coarsen(ctx, stats.Finest, time.Hour)
}

// rollHours puts hours together into days when they are old enough.
func (db *Store) rollHours(ctx context.Context) (bool, error) {
	return db.coarsen(ctx, time.Hour, stats.Day)
}

// coarsen moves the oldest figures that are kept in short intervals into long ones, if they may be kept in these.
func (db *Store) coarsen(ctx context.Context, short, long time.Duration) (bool, error) {
	const oldest = `SELECT start_s, figures FROM stat_interval WHERE length_s = $1 AND start_s < $2 ORDER BY start_s LIMIT $3`
	args := []any{seconds(short), stats.Until(long, db.Now()).Unix(), rollIntervals}
	if there, err := sqldb.Found(ctx, db.Read, oldest, []any{args[0], args[1], 1}, new(int64), new([]byte)); err != nil || !there {
		return false, err
	}
	err := db.change(ctx, func(ctx context.Context, tx *sqldb.Tx, _ int64) error {
		moved, starts := sheet{}, []int64(nil)
		err := sqldb.Each(ctx, tx, oldest, args, func(rows *sql.Rows) error {
			var start int64
			var figures []byte
			if err := rows.Scan(&start, &figures); err != nil {
				return err
			}
			starts = append(starts, start)
			at := intervalOf(time.Unix(start, 0), long)
			return eachFigures(figures, func(id int64) *stats.Figures { return moved.of(at, id) })
		})
		if err != nil || len(starts) == 0 {
			return err
		}
		const gone = `DELETE FROM stat_interval WHERE length_s = $1 AND start_s >= $2 AND start_s <= $3`
		if err := tx.Exec(ctx, gone, args[0], starts[0], starts[len(starts)-1]); err != nil {
			return err
		}
		return moved.add(ctx, tx)
	})
	return err == nil, err
}
