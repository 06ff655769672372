package search

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

const (
	segmentBits = 12
	segmentSize = 1 << segmentBits
)

// placeSet is a set of places in a segment.
type placeSet [segmentSize / 64]uint64

func (s *placeSet) add(place int)      { s[place/64] |= 1 << (place % 64) }
func (s *placeSet) has(place int) bool { return s[place/64]&(1<<(place%64)) != 0 }

func (s *placeSet) invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

func (s *placeSet) fill() {
	*s = placeSet{}
	s.invert()
}

func (s *placeSet) and(o *placeSet) {
	for i := range s {
		s[i] &= o[i]
	}
}

func (s *placeSet) or(o *placeSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *placeSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range s {
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// keep removes the places that do not hold.
func (s *placeSet) keep(holds func(place int) bool) {
	for place := range s.all() {
		if !holds(place) {
			s[place/64] &^= 1 << (place % 64)
		}
	}
}

func (s *placeSet) empty() bool { return *s == placeSet{} }

func (s *placeSet) len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

func (s *placeSet) appendTo(b []byte) []byte {
	b = slices.Grow(b, setBytes)
	for _, word := range s {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return b
}

// readPlaceSet reads what appendTo wrote. No bytes mean the empty set.
func readPlaceSet(b []byte) (placeSet, error) {
	var s placeSet
	if len(b) == 0 {
		return s, nil
	}
	if len(b) != segmentSize/8 {
		return s, sqldb.ErrMalformed
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
	return s, nil
}

// A row of log_gram holds the lists of its grams one after the other, in ascending order. Each entry is the distance from the gram before,
// the length of the list times four plus its form, and the list. These are the forms.
const (
	everyPlace = iota // too many places for a list: every place counts
	bitOfPlace        // one bit for each place
	placeSteps        // the distances between places
)

// addSteps adds the places of a list of distances.
func (s *placeSet) addSteps(steps []byte) error {
	place := uint64(0)
	for len(steps) > 0 {
		step, n := binary.Uvarint(steps)
		if n <= 0 || step >= segmentSize || place+step >= segmentSize {
			return sqldb.ErrMalformed
		}
		place += step
		s.add(int(place)) //nolint:gosec // below segmentSize
		steps = steps[n:]
	}
	return nil
}

// readGramList returns the places of a gram from the row that would hold it. A gram that is not there has none.
func readGramList(row []byte, want gram) (placeSet, error) {
	var s placeSet
	f := sqldb.Blob{Rest: row}
	at := uint64(0)
	for f.More() && at < uint64(want) {
		at += f.Uvarint()
		head := f.Uvarint()
		list := f.Take(head >> 2)
		if f.Err != nil || at != uint64(want) {
			continue
		}
		switch head & 3 {
		case everyPlace:
			s.fill()
			return s, nil
		case bitOfPlace:
			return readPlaceSet(list)
		case placeSteps:
			return s, s.addSteps(list)
		default:
			return s, sqldb.ErrMalformed
		}
	}
	return s, f.Err
}
