package search

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// candidates returns, by segment, the places of Logs that have the wanted grams. It omits segments without such places.
func (w *logWalk) candidates(ctx context.Context, heads []segmentHead) (map[int64]*grams.PlaceSet, error) {
	may := make(map[int64]*grams.PlaceSet, len(heads))
	for i := range heads {
		places := new(grams.PlaceSet)
		if heads[i].gone != nil {
			*places = *heads[i].gone
		}
		places.Invert()
		may[heads[i].segment] = places
	}
	return may, grams.Find(ctx, may, w.grams, w.readGrams)
}

// readGrams is a [grams.Read].
func (w *logWalk) readGrams(ctx context.Context, numbers []int64, yield func(row int64, lists []byte) error) error {
	slices.Sort(numbers)
	for few := range slices.Chunk(numbers, sqldb.MaxList) {
		var c sqldb.Where
		c.Among(w.dialect, "place", few)
		err := sqldb.Each(ctx, w.tx, `SELECT place, lists FROM log_gram`+c.String(), c.Args, func(rows *sql.Rows) error {
			var place int64
			var lists sql.RawBytes
			if err := rows.Scan(&place, &lists); err != nil {
				return err
			}
			return yield(place, lists)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
