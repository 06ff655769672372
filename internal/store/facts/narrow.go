package facts

import (
	"slices"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// Narrowing is the part of a filter that facts decide. Nil narrows nothing.
type Narrowing struct {
	texts   map[Column]func(string) bool
	hashes  map[Column][]uint32 // one of these
	amounts map[Column][]trace.Range
}

// NarrowingOf returns what the facts of f decide. Of ids of requests it can only tell that a Log has none of them.
func NarrowingOf(f *trace.RowFilter) *Narrowing {
	n := &Narrowing{texts: map[Column]func(string) bool{}, hashes: map[Column][]uint32{}, amounts: map[Column][]trace.Range{}}
	for fact, c := range f.Facts {
		column := Column(fact)
		switch {
		case Hashed(column) && len(c.Any) > 0:
			n.hashes[column] = sqldb.Values(c.Any, Hash)
		case !Hashed(column):
			n.texts[column] = c.Holds
		}
	}
	for amount, ranges := range f.Amounts {
		if len(ranges) > 0 {
			n.amounts[AmountColumn(amount)] = ranges
		}
	}
	if len(n.texts)+len(n.hashes)+len(n.amounts) == 0 {
		return nil
	}
	return n
}

// Columns returns the columns that n reads.
func (n *Narrowing) Columns() (all []Column) {
	if n == nil {
		return nil
	}
	for c := range Column(Columns) {
		if n.texts[c] != nil || n.hashes[c] != nil || n.amounts[c] != nil {
			all = append(all, c)
		}
	}
	return all
}

// Keep removes the places whose Logs do not hold the conditions.
func (n *Narrowing) Keep(places *grams.PlaceSet, of *Decoded) {
	if n == nil {
		return
	}
	for c, holds := range n.texts {
		keepTexts(places, of[c].(*Texts), holds)
	}
	for c, wanted := range n.hashes {
		column := of[c].(*Hashes)
		places.Keep(func(place int) bool {
			return slices.ContainsFunc(wanted, func(hash uint32) bool { return column.May(place, hash) })
		})
	}
	for c, ranges := range n.amounts {
		column := of[c].(*Numbers)
		places.Keep(func(place int) bool {
			v, known := column.At(place)
			return known && !slices.ContainsFunc(ranges, func(r trace.Range) bool { return !r.Holds(v) })
		})
	}
}

func keepTexts(places *grams.PlaceSet, column *Texts, holds func(string) bool) {
	wanted, all := make([]bool, len(column.Values)), 0
	for i, v := range column.Values {
		if wanted[i] = holds(v); wanted[i] {
			all++
		}
	}
	switch all {
	case len(wanted):
	case 0:
		*places = grams.PlaceSet{}
	default:
		places.Keep(func(place int) bool { return wanted[column.Code(place)] })
	}
}

// Decoded are the columns of one segment that were asked for, by their numbers, as [Read] returns them. The others are nil.
type Decoded [Columns]any
