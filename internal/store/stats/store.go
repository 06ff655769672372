// Package stats keeps what Logs add up to. A Log brings an entry of the journal, which commits with it. [Store.RollUp] adds the entries up by
// intervals, in the background. What is read is both together, so it is never late.
package stats

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// Store keeps the statistics of a database. Its methods are safe for concurrent use.
type Store struct {
	*sqldb.DB
	*backfill
	series dictionary
}

// New returns the statistics of the database whose Logs tell j.
func New(j *Journal) *Store {
	return &Store{DB: j.DB, backfill: j.backfill, series: dictionary{ids: map[string]int64{}, of: map[int64]*stats.Series{}}}
}

// backfill is how far the Logs from before the journal are added up.
type backfill struct{ done atomic.Bool }

// Fill makes the row of stat_backfill if there is none. It is there for good, as what adds to intervals locks it.
func Fill(ctx context.Context, tx *sqldb.Tx) error {
	return tx.Exec(ctx, `INSERT INTO stat_backfill (upto) SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM stat_backfill)`)
}

const readUpto = `SELECT upto FROM stat_backfill`

// locked reads up to which number Logs are still to be added, and 0 if there are none. Nobody else can change it until tx ends.
func (b *backfill) locked(ctx context.Context, tx *sqldb.Tx, d *sqldb.Dialect) (upto int64, err error) {
	_, err = sqldb.Found(ctx, tx, readUpto+d.LockRows, nil, &upto)
	return upto, err
}

// complete reports whether all Logs are added up.
func (b *backfill) complete(ctx context.Context, q sqldb.Querier) (bool, error) {
	if b.done.Load() {
		return true, nil
	}
	var upto int64
	_, err := sqldb.Found(ctx, q, readUpto, nil, &upto)
	if err == nil && upto == 0 {
		b.done.Store(true)
	}
	return upto == 0, err
}

// dictionary remembers the rows of stat_series, which never change.
type dictionary struct {
	mu    sync.Mutex
	last  int64 // all rows up to this id are known
	ids   map[string]int64
	of    map[int64]*stats.Series
	limit stats.Limit
}

// read reads the rows that are not known yet. They must be committed.
func (d *dictionary) read(ctx context.Context, q sqldb.Querier) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return sqldb.Each(ctx, q, `SELECT id, key FROM stat_series WHERE id > $1 ORDER BY id`, []any{d.last}, func(rows *sql.Rows) error {
		var id int64
		var key []byte
		if err := rows.Scan(&id, &key); err != nil {
			return err
		}
		s, err := stats.ReadSeries(key)
		d.ids[string(key)], d.of[id], d.last = id, &s, id
		d.limit.Know(&s)
		return err
	})
}

// id returns the id of a series, or 0 if it is not known yet.
func (d *dictionary) id(key string) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ids[key]
}

// limited returns the series that counts for s, when there are more than are known: fresh ones. It also knows the texts of those whose transaction
// fails, which come again. The caller holds the lock of the backfill, and has read all rows, so every process gives the same.
func (d *dictionary) limited(s stats.Series, fresh int) stats.Series {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.limit.Of(s, len(d.of)+fresh)
}

// all calls f for each series that is known.
func (d *dictionary) all(f func(id int64, s *stats.Series)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, s := range d.of {
		f(id, s)
	}
}
