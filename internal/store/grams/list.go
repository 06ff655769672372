package grams

import "github.com/openloop-server/openloop/internal/store/sqldb"

// A row holds the lists of its grams one after the other, in ascending order. Each entry is the distance from the gram before,
// the length of the list times four plus its form, and the list. These are the forms.
const (
	everyPlace = iota // too many places for a list: every place counts
	bitOfPlace        // one bit for each place
	placeSteps        // the distances between places
)

// readList returns the places of a gram from the row that would hold it. A gram that is not there has none.
func readList(row []byte, want Gram) (PlaceSet, error) {
	var s PlaceSet
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
			s.Fill()
			return s, nil
		case bitOfPlace:
			return ReadPlaceSet(list)
		case placeSteps:
			return s, s.addSteps(list)
		default:
			return s, sqldb.ErrMalformed
		}
	}
	return s, f.Err
}
