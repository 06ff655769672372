package stats

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// interval is a row of stat_interval: its length and its beginning, in seconds.
type interval struct{ length, start int64 }

// intervalOf returns the interval of a length that a moment is in.
func intervalOf(at time.Time, length time.Duration) interval {
	return interval{seconds(length), stats.Floor(at, length).Unix()}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// sheet is figures to be added, by interval and id of the series.
type sheet map[interval]map[int64]*stats.Figures

// of returns the figures of a series within an interval.
func (s sheet) of(at interval, series int64) *stats.Figures {
	if s[at] == nil {
		s[at] = map[int64]*stats.Figures{}
	}
	if s[at][series] == nil {
		s[at][series] = new(stats.Figures)
	}
	return s[at][series]
}

// add adds s to what is stored, in the order of the intervals. The transaction must hold the lock of the backfill.
func (s sheet) add(ctx context.Context, tx *sqldb.Tx) error {
	order := slices.SortedFunc(maps.Keys(s), func(a, b interval) int {
		return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.start, b.start))
	})
	const read, write = `SELECT figures FROM stat_interval WHERE length_s = $1 AND start_s = $2`, `INSERT INTO stat_interval (length_s, start_s, figures)
		VALUES ($1, $2, $3) ON CONFLICT (length_s, start_s) DO UPDATE SET figures = excluded.figures`
	for _, at := range order {
		var stored []byte
		if _, err := sqldb.Found(ctx, tx, read, []any{at.length, at.start}, &stored); err != nil {
			return err
		}
		if err := eachFigures(stored, func(id int64) *stats.Figures { return s.of(at, id) }); err != nil {
			return err
		}
		if err := tx.Exec(ctx, write, at.length, at.start, appendFigures(nil, s[at])); err != nil {
			return err
		}
	}
	return nil
}

// appendFigures appends the figures of an interval to b: of each series its id, how long its figures are, and the figures.
func appendFigures(b []byte, all map[int64]*stats.Figures) []byte {
	var one []byte
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if all[id].IsZero() {
			continue
		}
		one = all[id].Append(one[:0])
		b = binary.AppendUvarint(binary.AppendVarint(b, id), uint64(len(one)))
		b = append(b, one...)
	}
	return b
}

var errInterval = errors.New("the figures of an interval end too early")

// eachFigures calls add for each series of an interval. add returns the figures to which those of the series are added, or nil for none.
func eachFigures(b []byte, add func(id int64) *stats.Figures) error {
	for len(b) > 0 {
		id, n := binary.Varint(b)
		size, m := binary.Uvarint(b[max(n, 0):])
		if n <= 0 || m <= 0 || size > uint64(len(b)-n-m) { //nolint:gosec // n+m is at most len(b)
			return errInterval
		}
		b = b[n+m:]
		if f := add(id); f != nil {
			if _, err := f.AddEncoded(b[:size]); err != nil {
				return err
			}
		}
		b = b[size:]
	}
	return nil
}
