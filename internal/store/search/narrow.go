package search

import (
	"context"
	"database/sql"
	"slices"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// columnsOf returns columns of segments. Those of segments without facts are made of the Logs.
func (w *logWalk) columnsOf(ctx context.Context, heads []*segmentHead, wanted []facts.Column) (map[int64]*facts.Decoded, error) {
	all := make(map[int64]*facts.Decoded, len(heads))
	if len(wanted) == 0 {
		return all, nil
	}
	missing := map[int64]*segmentHead{} // by place
	for _, h := range heads {
		all[h.segment] = new(facts.Decoded)
		if h.built == 0 {
			made, err := w.makeColumns(ctx, h.segment, wanted)
			if err != nil {
				return nil, err
			}
			all[h.segment] = made
			continue
		}
		for _, c := range wanted {
			if all[h.segment][c] = w.cache.Get(facts.Key{Segment: h.segment, Built: h.built, Column: c}); all[h.segment][c] == nil {
				missing[h.segment*FactSlots+int64(c)] = h
			}
		}
	}
	places := make([]int64, 0, len(missing))
	for place := range missing {
		places = append(places, place)
	}
	slices.Sort(places)
	for few := range slices.Chunk(places, sqldb.MaxList) {
		var c sqldb.Where
		c.Among(w.dialect, "place", few)
		err := sqldb.Each(ctx, w.tx, `SELECT place, facts FROM log_fact`+c.String(), c.Args, func(rows *sql.Rows) error {
			var place int64
			var blob sql.RawBytes
			if err := rows.Scan(&place, &blob); err != nil {
				return err
			}
			h, column := missing[place], facts.Column(place%FactSlots)
			decoded, err := facts.Read(column, blob, grams.Places)
			if err == nil {
				all[h.segment][column] = decoded
				w.cache.Put(facts.Key{Segment: h.segment, Built: h.built, Column: column}, decoded, len(blob))
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// makeColumns makes columns of a segment of its Logs.
func (w *logWalk) makeColumns(ctx context.Context, segment int64, wanted []facts.Column) (*facts.Decoded, error) {
	first := segment << grams.PlaceBits
	var c sqldb.Where
	c.Add("l.seq >= ? AND l.seq < ?", first, first+grams.Places)
	b := facts.NewBuilder(grams.Places)
	err := eachRecord(ctx, w.tx, &c, func(seq int64, l *trace.Log) { b.Add(int(seq-first), l) })
	made := new(facts.Decoded)
	for _, c := range wanted {
		if err == nil {
			made[c], err = b.Read(c)
		}
	}
	return made, err
}

// narrowed reads the places of Logs that hold the conditions of facts and judgments, of those in may.
func (w *logWalk) narrowed(ctx context.Context, heads []segmentHead, may map[int64]*grams.PlaceSet) error {
	if w.narrow == nil && len(w.judged) == 0 {
		return nil
	}
	var left []*segmentHead
	for i := range heads {
		if may[heads[i].segment] != nil {
			left = append(left, &heads[i])
		}
	}
	of, err := w.columnsOf(ctx, left, w.narrow.Columns())
	if err != nil {
		return err
	}
	for _, h := range left {
		places := may[h.segment]
		w.narrow.Keep(places, of[h.segment])
		if err := w.keepJudged(ctx, h.segment, places); err != nil {
			return err
		}
		if places.Empty() {
			delete(may, h.segment)
		}
	}
	return nil
}

// keepJudged removes the places of Logs that are not judged as wanted.
func (w *logWalk) keepJudged(ctx context.Context, segment int64, places *grams.PlaceSet) error {
	first := segment << grams.PlaceBits
	for i := range w.judged {
		if places.Empty() {
			return nil
		}
		var c sqldb.Where
		c.Add("j.log >= ? AND j.log < ?", first, first+grams.Places)
		condition, args := w.judged[i].latest()
		c.Add(condition, args...)
		seqs, err := sqldb.Column[int64](ctx, w.tx, `SELECT j.log`+judgedFrom+c.String(), c.Args...)
		if err != nil {
			return err
		}
		var holds grams.PlaceSet
		for _, seq := range seqs {
			holds.Add(int(seq - first))
		}
		places.And(&holds)
	}
	return nil
}

// narrowLoose removes the Logs from ahead, from the index from on, that do not hold the conditions of facts and judgments. Their order stays.
func (w *logWalk) narrowLoose(ctx context.Context, from int) error {
	if w.narrow == nil && len(w.judged) == 0 {
		return nil
	}
	kept := w.ahead[:from]
	for few := range slices.Chunk(w.ahead[from:], sqldb.MaxList) {
		holds, err := w.looseHolding(ctx, numbers(few))
		if err != nil {
			return err
		}
		for _, s := range few {
			if holds[s.number()] {
				kept = append(kept, s)
			}
		}
	}
	w.ahead = kept
	return nil
}

// looseHolding tells which of some Logs hold the conditions of facts and judgments.
func (w *logWalk) looseHolding(ctx context.Context, seqs []int64) (map[int64]bool, error) {
	var c sqldb.Where
	c.Among(w.dialect, "l.seq", seqs)
	selectJudged(&c, w.judged)
	var found []int64
	b := facts.NewBuilder(grams.Places)
	err := eachRecord(ctx, w.tx, &c, func(seq int64, l *trace.Log) {
		b.Add(len(found), l)
		found = append(found, seq)
	})
	if err != nil {
		return nil, err
	}
	of := new(facts.Decoded)
	for _, column := range w.narrow.Columns() {
		if of[column], err = b.Read(column); err != nil {
			return nil, err
		}
	}
	var places grams.PlaceSet
	places.Fill()
	w.narrow.Keep(&places, of)
	holds := make(map[int64]bool, len(found))
	for i, seq := range found {
		holds[seq] = places.Has(i)
	}
	return holds, nil
}

// looseAmounts returns an amount of some Logs, by number.
func (w *logWalk) looseAmounts(ctx context.Context, seqs []int64, amount trace.Amount) (map[int64]*float64, error) {
	var c sqldb.Where
	c.Among(w.dialect, "l.seq", seqs)
	amounts := make(map[int64]*float64, len(seqs))
	err := eachRecord(ctx, w.tx, &c, func(seq int64, l *trace.Log) { amounts[seq] = amount.Of(l) })
	return amounts, err
}

// eachRecord calls yield with the number and the record of Logs.
func eachRecord(ctx context.Context, tx *sqldb.Tx, c *sqldb.Where, yield func(seq int64, l *trace.Log)) error {
	return sqldb.Each(ctx, tx, `SELECT l.seq, l.record FROM log l`+c.String(), c.Args, func(rows *sql.Rows) error {
		var seq int64
		var record sql.RawBytes
		if err := rows.Scan(&seq, &record); err != nil {
			return err
		}
		l, err := blobs.DecodeRecord(record)
		if err == nil {
			yield(seq, l)
		}
		return err
	})
}
