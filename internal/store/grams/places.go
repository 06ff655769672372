package grams

import (
	"encoding/binary"
	"iter"
	"math/bits"
	"slices"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// A segment has this many places, numbered from 0 on: two to the power of PlaceBits.
const (
	PlaceBits = 12
	Places    = 1 << PlaceBits
)

// setBytes is the length of a PlaceSet in bytes: one bit for each place.
const setBytes = Places / 8

// PlaceSet is a set of places of a segment. The zero value is empty.
type PlaceSet [Places / 64]uint64

// Add adds a place.
func (s *PlaceSet) Add(place int) { s[place/64] |= 1 << (place % 64) }

// Has reports whether s has a place.
func (s *PlaceSet) Has(place int) bool { return s[place/64]&(1<<(place%64)) != 0 }

// Invert turns s into the set of all other places.
func (s *PlaceSet) Invert() {
	for i := range s {
		s[i] = ^s[i]
	}
}

// Fill adds all places.
func (s *PlaceSet) Fill() {
	*s = PlaceSet{}
	s.Invert()
}

// And removes the places that o does not have.
func (s *PlaceSet) And(o *PlaceSet) {
	for i := range s {
		s[i] &= o[i]
	}
}

// Or adds the places of o.
func (s *PlaceSet) Or(o *PlaceSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// All returns the places in ascending order.
func (s *PlaceSet) All() iter.Seq[int] {
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

// Keep removes the places that do not hold.
func (s *PlaceSet) Keep(holds func(place int) bool) {
	for place := range s.All() {
		if !holds(place) {
			s[place/64] &^= 1 << (place % 64)
		}
	}
}

// Empty reports whether s has no place.
func (s *PlaceSet) Empty() bool { return *s == PlaceSet{} }

// Len returns the number of places.
func (s *PlaceSet) Len() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// AppendTo appends the encoding of s to b.
func (s *PlaceSet) AppendTo(b []byte) []byte {
	b = slices.Grow(b, setBytes)
	for _, word := range s {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return b
}

// ReadPlaceSet reads what AppendTo appended. No bytes mean the empty set. It fails with [sqldb.ErrMalformed].
func ReadPlaceSet(b []byte) (PlaceSet, error) {
	var s PlaceSet
	if len(b) == 0 {
		return s, nil
	}
	if len(b) != setBytes {
		return s, sqldb.ErrMalformed
	}
	for i := range s {
		s[i] = binary.LittleEndian.Uint64(b[i*8:])
	}
	return s, nil
}

// addSteps adds the places of a list of distances.
func (s *PlaceSet) addSteps(steps []byte) error {
	place := uint64(0)
	for len(steps) > 0 {
		step, n := binary.Uvarint(steps)
		if n <= 0 || step >= Places || place+step >= Places {
			return sqldb.ErrMalformed
		}
		place += step
		s.Add(int(place)) //nolint:gosec // below Places
		steps = steps[n:]
	}
	return nil
}
