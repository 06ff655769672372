package search

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// gramsAtOnce is how many grams are looked up before the next check whether they suffice. They suffice in a segment that has no more than
// maxCandidates places left.
const (
	gramsAtOnce   = 4
	maxCandidates = 2
	maxGrams      = 24
)

// candidates returns, by segment, the places of Logs that have the wanted grams. It omits segments without such places.
func (w *logWalk) candidates(ctx context.Context, heads []segmentHead) (map[int64]*placeSet, error) {
	may := make(map[int64]*placeSet, len(heads))
	for i := range heads {
		places := new(placeSet)
		if heads[i].gone != nil {
			*places = *heads[i].gone
		}
		places.invert()
		may[heads[i].segment] = places
	}
	for _, choices := range w.grams {
		if err := w.restrict(ctx, may, choices); err != nil {
			return nil, err
		}
	}
	return may, nil
}

// restrict keeps the places whose Logs have all grams of at least one of the choices.
func (w *logWalk) restrict(ctx context.Context, may map[int64]*placeSet, choices [][]gram) error {
	all := make(map[int64]*placeSet, len(may))
	for _, grams := range choices {
		one := make(map[int64]*placeSet, len(may))
		for segment, places := range may {
			one[segment] = new(*places)
		}
		grams = grams[:min(len(grams), maxGrams)]
		for few := range slices.Chunk(grams, gramsAtOnce) {
			if err := w.holding(ctx, one, few); err != nil {
				return err
			}
		}
		for segment, places := range one {
			if all[segment] == nil {
				all[segment] = new(placeSet)
			}
			all[segment].or(places)
		}
	}
	for segment, places := range may {
		if found := all[segment]; found == nil {
			delete(may, segment)
		} else if places.and(found); places.len() == 0 {
			delete(may, segment)
		}
	}
	return nil
}

// holding keeps the places whose Logs have these grams, in the segments that still have many places.
func (w *logWalk) holding(ctx context.Context, may map[int64]*placeSet, grams []gram) error {
	var wanted []int64
	bySlot := map[int64][]gram{}
	for _, g := range grams {
		bySlot[g.slot()] = append(bySlot[g.slot()], g)
	}
	left := map[int64]int{} // by segment: grams without a row so far
	for segment, places := range may {
		if places.len() <= maxCandidates {
			continue
		}
		left[segment] = len(bySlot)
		for slot := range bySlot {
			wanted = append(wanted, segment*gramSlots+slot)
		}
	}
	slices.Sort(wanted)
	for chunk := range slices.Chunk(wanted, sqldb.MaxList) {
		var c sqldb.Where
		c.Among(w.dialect, "place", chunk)
		err := sqldb.Each(ctx, w.tx, `SELECT place, lists FROM log_gram`+c.String(), c.Args, func(rows *sql.Rows) error {
			var place int64
			var lists sql.RawBytes
			if err := rows.Scan(&place, &lists); err != nil {
				return err
			}
			left[place/gramSlots]--
			for _, g := range bySlot[place%gramSlots] {
				holders, err := readGramList(lists, g)
				if err != nil {
					return err
				}
				may[place/gramSlots].and(&holders)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for segment, n := range left {
		if n > 0 {
			delete(may, segment) // one of the grams is in none of its Logs
		}
	}
	return nil
}
