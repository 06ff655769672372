package search

import (
	"context"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	// PostgreSQL gives numbers to Logs in another order than it commits them. A Log that appears this long after later ones is still shown.
	tailPatience = 5 * time.Second
	// A call of Next looks at so many Logs; if more have come, it skips the oldest.
	tailLooks = 5000
)

// Tail shows Logs as they are stored, by whatever process. It asks the database for them, so nothing is done for Logs while there is no Tail. It is for one
// goroutine.
type Tail struct {
	db     *Store
	filter *trace.RowFilter
	after  int64 // all Logs up to this number were looked at
	seen   map[int64]bool
	highs  []high
}

// high is the greatest number that there was at a time.
type high struct {
	at  time.Time
	seq int64
}

const highestSeq = `SELECT COALESCE(MAX(seq), 0) FROM log`

// TailLogs begins to show the Logs that f selects: those that are stored from now on.
func (db *Store) TailLogs(ctx context.Context, f *trace.RowFilter) (*Tail, error) {
	t := &Tail{db: db, filter: f, seen: map[int64]bool{}}
	_, err := sqldb.Found(ctx, db.Read, highestSeq, nil, &t.after)
	return t, db.Fail("store.TailLogs", err)
}

// Next returns the Logs that were stored since the call before, n at most, in the order of their numbers, and how many more there were.
func (t *Tail) Next(ctx context.Context, n int) (rows []trace.Row, skipped int, err error) {
	err = t.db.View(ctx, func(tx *sqldb.Tx) error {
		fresh, left, err := t.fresh(ctx, tx)
		if err != nil || len(fresh) == 0 {
			return err
		}
		l, err := t.db.rowList(ctx, tx, t.filter, 0)
		if err != nil {
			return err
		}
		found, err := l.among(ctx, fresh)
		if err != nil {
			return err
		}
		skipped = left + max(len(found)-n, 0)
		rows, err = l.read(ctx, found[:min(n, len(found))])
		return err
	})
	return rows, skipped, t.db.Fail("store.TailLogs", err)
}

// fresh returns the numbers of Logs that were not looked at yet, and how many others there are because they were too many.
func (t *Tail) fresh(ctx context.Context, tx *sqldb.Tx) (fresh []int64, left int, err error) {
	var top int64
	if _, err := sqldb.Found(ctx, tx, highestSeq, nil, &top); err != nil {
		return nil, 0, err
	}
	t.after = min(t.after, top) // SQLite gives the numbers of the newest Logs again after their deletion
	all, err := sqldb.Column[int64](ctx, tx, `SELECT seq FROM log WHERE seq > $1 ORDER BY seq`, t.after)
	for _, seq := range all {
		if !t.seen[seq] {
			fresh = append(fresh, seq)
			t.seen[seq] = true
		}
	}
	t.forget(top)
	if left = max(len(fresh)-tailLooks, 0); left > 0 {
		fresh = fresh[left:]
	}
	return fresh, left, err
}

// forget moves after to where no Logs can appear any more.
func (t *Tail) forget(top int64) {
	now, patience := t.db.Now(), tailPatience
	if t.db.Dialect.Writers == "" {
		patience = 0
	}
	t.highs = append(t.highs, high{now, top})
	for len(t.highs) > 0 && now.Sub(t.highs[0].at) >= patience {
		t.after, t.highs = max(t.after, t.highs[0].seq), t.highs[1:]
	}
	for seq := range t.seen {
		if seq <= t.after || seq > top {
			delete(t.seen, seq)
		}
	}
}

// among returns those of some Logs that match, in the order of their numbers.
func (l *rowList) among(ctx context.Context, seqs []int64) ([]int64, error) {
	w := &logWalk{tx: l.tx, dialect: l.dialect, scope: l.scope, narrow: l.narrow, judged: l.judged, cache: l.cache, anyOrder: true}
	var found []int64
	for few := range slices.Chunk(seqs, sqldb.MaxList) {
		var c sqldb.Where
		c.Among(l.dialect, "l.seq", few)
		w.ahead = w.ahead[:0]
		if err := w.readRows(ctx, looseColumns+`log l`+c.String(), c.Args...); err != nil {
			return nil, err
		}
		if err := w.narrowLoose(ctx, 0); err != nil {
			return nil, err
		}
		spots, err := l.matching(ctx, w.ahead)
		if err != nil {
			return nil, err
		}
		found = append(found, numbers(spots)...)
	}
	slices.Sort(found)
	return found, nil
}
