package search

import (
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"openloop/internal/store/logs"
	"openloop/internal/store/sqldb"
)

// logEntry is what a segment knows of one of its Logs. None of it changes, except that a Log outside a trace may become the root of one.
type logEntry struct {
	place   int
	created int64
	owner   logOwner
}

// logOwner is what many Logs share.
type logOwner struct {
	logs.Ref
	traced bool
}

// ownerCount is how many Logs of a segment an owner has.
type ownerCount struct {
	owner logOwner
	count int
}

// ownersOf are the owners of entries, in the order they come first.
func ownersOf(entries []logEntry) []ownerCount {
	var owners []ownerCount
	for _, e := range entries {
		i := slices.IndexFunc(owners, func(o ownerCount) bool { return o.owner == e.owner })
		if i < 0 {
			i = len(owners)
			owners = append(owners, ownerCount{owner: e.owner})
		}
		owners[i].count++
	}
	return owners
}

func appendOwners(b []byte, owners []ownerCount) []byte {
	for _, o := range owners {
		b = binary.AppendVarint(b, o.owner.File)
		b = binary.AppendVarint(b, o.owner.Version)
		b = binary.AppendUvarint(b, uint64(o.count)<<1|flag(o.owner.traced)) //nolint:gosec // a count
	}
	return b
}

func flag(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

// readOwners calls yield for the owners of a segment in turn.
func readOwners(b []byte, yield func(ownerCount)) error {
	f := sqldb.Blob{Rest: b}
	for f.More() {
		o := ownerCount{owner: logOwner{Ref: logs.Ref{File: f.Varint(), Version: f.Varint()}}}
		n := f.Uvarint()
		o.count, o.owner.traced = int(n>>1), n&1 == 1
		if f.Err != nil || o.count > segmentSize {
			return sqldb.ErrMalformed
		}
		yield(o)
	}
	return f.Err
}

// appendEntries appends what a segment knows of its Logs, in the order of their places: for each the distance of its place to the one
// before, which of the owners it has, and how much later it was created.
func appendEntries(b []byte, owners []ownerCount, entries []logEntry) []byte {
	place, created := 0, int64(0)
	for _, e := range entries {
		owner := slices.IndexFunc(owners, func(o ownerCount) bool { return o.owner == e.owner })
		b = binary.AppendUvarint(b, uint64(e.place-place)) //nolint:gosec // places grow
		b = binary.AppendUvarint(b, uint64(owner))         //nolint:gosec // it is there
		b = binary.AppendVarint(b, e.created-created)
		place, created = e.place, e.created
	}
	return b
}

// readEntries calls yield for the entries of a segment whose owner is wanted.
func readEntries(b []byte, wanted []bool, yield func(place int, created int64)) error {
	place, created := uint64(0), int64(0)
	for len(b) > 0 {
		var entry [3]uint64
		for i := range entry {
			if len(b) > 0 && b[0] < 0x80 { // mostly
				entry[i], b = uint64(b[0]), b[1:]
				continue
			}
			v, n := binary.Uvarint(b)
			if n <= 0 {
				return sqldb.ErrMalformed
			}
			entry[i], b = v, b[n:]
		}
		place += entry[0]
		created += protowire.DecodeZigZag(entry[2])
		if place >= segmentSize || entry[1] >= uint64(len(wanted)) {
			return sqldb.ErrMalformed
		}
		if wanted[entry[1]] {
			yield(int(place), created)
		}
	}
	return nil
}

// segmentBuilder gathers the Logs of a segment, in the order of their places.
type segmentBuilder struct {
	entries []logEntry
	pages   [gramFields][1 << 16]*[256]int32 // by the first two bytes of a gram, then the third: 1 + its place in lists
	lists   []gramList
}

// add adds one of a Log's texts of a field.
func (s *segmentBuilder) add(field gramField, place int, text string) {
	pages := &s.pages[field]
	for i := range len(text) {
		var second, third byte // 0 after the end of the text
		if i+1 < len(text) {
			second = text[i+1]
		}
		if i+2 < len(text) {
			third = text[i+2]
		}
		page := pages[int(text[i])<<8|int(second)]
		if page == nil {
			page = new([256]int32)
			pages[int(text[i])<<8|int(second)] = page
		}
		number := page[third]
		if number == 0 {
			s.lists = append(s.lists, gramList{gram: newGram(field, string([]byte{text[i], second, third})), last: -1})
			number = int32(len(s.lists)) //nolint:gosec // fewer than 2^26
			page[third] = number
		}
		if l := &s.lists[number-1]; l.last != place {
			l.add(place)
		}
	}
}

// gramRow is a row of log_gram.
type gramRow struct {
	place int64
	lists []byte
}

// rows are those of log_gram of the segment.
func (s *segmentBuilder) rows(segment int64) []gramRow {
	s.addShort()
	slots := make([][]*gramList, gramSlots)
	for i := range s.lists {
		l := &s.lists[i]
		slots[l.gram.slot()] = append(slots[l.gram.slot()], l)
	}
	var rows []gramRow
	for slot, lists := range slots {
		if len(lists) == 0 {
			continue
		}
		slices.SortFunc(lists, func(a, b *gramList) int { return int(a.gram) - int(b.gram) })
		row, before := []byte(nil), gram(0)
		for _, l := range lists {
			row, before = appendGramList(row, before, l), l.gram
		}
		rows = append(rows, gramRow{place: segment*gramSlots + int64(slot), lists: row})
	}
	return rows
}

// addShort adds the grams of one and two bytes: where they are follows from those of three that begin with them, since every byte of a
// text begins one.
func (s *segmentBuilder) addShort() {
	for field := range gramFields {
		for first := range 256 {
			var one placeSet
			for second := range 256 {
				page := s.pages[field][first<<8|second]
				if page == nil {
					continue
				}
				var two placeSet
				for _, number := range page {
					if number > 0 {
						places := s.lists[number-1].places()
						two.or(&places)
					}
				}
				one.or(&two)
				s.addSet(newGram(field, string([]byte{byte(first), byte(second)})), &two)
			}
			s.addSet(newGram(field, string([]byte{byte(first)})), &one)
		}
	}
}

func (s *segmentBuilder) addSet(g gram, places *placeSet) {
	l := gramList{gram: g, last: -1}
	for place := range places.all() {
		l.add(place)
	}
	if l.count > 0 {
		s.lists = append(s.lists, l)
	}
}
