package stats

import (
	"context"
	"database/sql"
	"time"

	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// StatsQuery says what is read of the statistics.
type StatsQuery struct {
	stats.Period
	By     stats.Fields // what is told apart
	Points bool         // tell the intervals of the range apart too

	Path       string // only the File with this path, or those in the directory with it; "" for all
	FileIDs    []string
	VersionIDs []string
	stats.Selection
}

// Stats adds up the Logs of a range, and of the range of the same length before. It also reports whether Logs from before the journal are still
// to be added.
func (db *Store) Stats(ctx context.Context, q StatsQuery) (t *stats.Breakdown, complete bool, err error) {
	defer db.Failed("store.Stats", &err)
	if complete, err = db.complete(ctx, db.Read); err != nil {
		return nil, false, err
	}
	if err := db.selected(ctx, &q); err != nil {
		return nil, false, err
	}
	rows, err := db.kept(ctx, q.Before(), q.To)
	if err != nil {
		return nil, false, err
	}
	if err := db.series.read(ctx, db.Read); err != nil { // after the intervals, which name them
		return nil, false, err
	}
	t = stats.NewBreakdown(q.Period, q.By, q.Points)
	return t, complete, db.tally(rows, &q.Selection, t)
}

// selected finds the numbers of the Files and versions that q names.
func (db *Store) selected(ctx context.Context, q *StatsQuery) (err error) {
	if q.VersionIDs != nil {
		if q.Versions, err = numbers(ctx, db.Read, `SELECT seq FROM version WHERE id`, q.VersionIDs, ``); err != nil {
			return err
		}
	}
	if q.FileIDs == nil && q.Path == "" {
		return nil
	}
	var w sqldb.Where
	if q.FileIDs != nil {
		sqldb.In(&w, "id", q.FileIDs)
	}
	if path := sqldb.Storable(q.Path); path != "" {
		w.Add(`(path = ? OR path > ? AND path < ?)`, path, path+"/", path+"0") // 0 comes after /
	}
	q.Files, err = sqldb.Column[int64](ctx, db.Read, `SELECT seq FROM file`+w.String(), w.Args...)
	if q.Files == nil {
		q.Files = []int64{}
	}
	return err
}

// numbers is [sqldb.ColumnIn] whose list is never nil.
func numbers(ctx context.Context, q sqldb.Querier, text string, values []string, rest string) ([]int64, error) {
	list, err := sqldb.ColumnIn[int64](ctx, q, text, values, rest)
	if list == nil {
		list = []int64{}
	}
	return list, err
}

// kept is a row of stat_interval, or of the journal if its length is 0.
type kept struct {
	length, start int64
	figures       []byte
}

// kept reads what is kept of a time, all of one moment.
func (db *Store) kept(ctx context.Context, from, to time.Time) ([]kept, error) {
	const text = `SELECT CAST(0 AS BIGINT), CAST(0 AS BIGINT), entries FROM stat_journal UNION ALL
		SELECT length_s, start_s, figures FROM stat_interval WHERE length_s IN (300, 3600, 86400) AND start_s >= $1 AND start_s < $2`
	return sqldb.List(ctx, db.Read, text, []any{from.Unix(), to.Unix()}, func(rows *sql.Rows) (k kept, err error) {
		err = rows.Scan(&k.length, &k.start, &k.figures)
		return k, err
	})
}

// tally adds rows to t.
func (db *Store) tally(rows []kept, sel *stats.Selection, t *stats.Breakdown) error {
	groups := map[int64]*stats.Group{} // of the series that count
	db.series.all(func(id int64, s *stats.Series) {
		if sel.Has(s) {
			groups[id] = t.Group(s)
		}
	})
	for _, row := range rows {
		var err error
		if row.length == 0 {
			err = tallyEntries(row.figures, sel, t)
		} else {
			err = tallyInterval(row, groups, t)
		}
		if err != nil {
			return err
		}
	}
	t.Sum()
	return nil
}

func tallyInterval(row kept, groups map[int64]*stats.Group, t *stats.Breakdown) error {
	at := t.Slot(time.Unix(row.start, 0))
	return eachFigures(row.figures, func(id int64) *stats.Figures {
		g := groups[id]
		if g == nil {
			return nil
		}
		return t.Figures(g, at)
	})
}

func tallyEntries(entries []byte, sel *stats.Selection, t *stats.Breakdown) error {
	return eachEntry(entries, func(key []byte, start int64) (*stats.Figures, error) {
		at := time.Unix(start, 0)
		s, err := stats.ReadSeries(key)
		if err != nil || !t.Holds(at) || !sel.Has(&s) {
			return new(stats.Figures), err
		}
		return t.Figures(t.Group(&s), t.Slot(at)), nil
	})
}
