package store

import (
	"encoding/binary"
	"slices"
)

// logEntry is what a segment knows of one of its Logs. None of it changes, except that a Log outside a trace may become the root of one.
type logEntry struct {
	place   int
	created int64
	owner   logOwner
}

// logOwner is what many Logs share.
type logOwner struct {
	versionRef
	traced bool
}

// appendEntries appends what a segment knows of its Logs, in the order of their places: the owners, and then for each Log the distance of
// its place to the one before, which owner it has, and how much later it was created.
func appendEntries(b []byte, entries []logEntry) []byte {
	var owners []logOwner
	numbers := map[logOwner]int{}
	for _, e := range entries {
		if _, known := numbers[e.owner]; !known {
			numbers[e.owner] = len(owners)
			owners = append(owners, e.owner)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(owners)))
	for _, o := range owners {
		b = binary.AppendVarint(b, o.file)
		b = binary.AppendVarint(b, o.version)
		b = append(b, byte(flag(o.traced)))
	}
	place, created := 0, int64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.place-place)) //nolint:gosec // places grow
		b = binary.AppendUvarint(b, uint64(numbers[e.owner]))
		b = binary.AppendVarint(b, e.created-created)
		place, created = e.place, e.created
	}
	return b
}

func flag(v bool) int {
	if v {
		return 1
	}
	return 0
}

// readEntries calls yield for the entries of a segment whose owner is wanted.
func readEntries(b []byte, wanted func(logOwner) bool, yield func(place int, created int64)) error {
	f := fields{rest: b}
	count := f.uvarint()
	if count > segmentSize {
		return errMalformed
	}
	owners := make([]bool, count)
	for i := range owners {
		o := logOwner{versionRef: versionRef{file: zigzag(f.uvarint()), version: zigzag(f.uvarint())}}
		o.traced = f.uvarint() == 1
		owners[i] = f.err == nil && wanted(o)
	}
	place, created := uint64(0), int64(0)
	for f.err == nil && len(f.rest) > 0 {
		place += f.uvarint()
		owner := f.uvarint()
		created += zigzag(f.uvarint())
		if f.err != nil || place >= segmentSize || owner >= count {
			return errMalformed
		}
		if owners[owner] {
			yield(int(place), created)
		}
	}
	return f.err
}

// segmentBuilder gathers the Logs of a segment, in the order of their places.
type segmentBuilder struct {
	entries []logEntry
	pages   [gramFields][1 << 16]*[256]int32 // by the first two bytes of a gram, then the third: 1 + its place in lists
	lists   []gramList
}

// add adds a Log's texts of a field.
func (s *segmentBuilder) add(field gramField, place int, text string) {
	pages := &s.pages[field]
	for i := range len(text) {
		piece := [gramLength]byte{text[i]} // at the end of the text with zeros for what is missing
		copy(piece[1:], text[i+1:min(i+gramLength, len(text))])
		prefix := int(piece[0])<<8 | int(piece[1])
		page := pages[prefix]
		if page == nil {
			page = new([256]int32)
			pages[prefix] = page
		}
		number := page[piece[2]]
		if number == 0 {
			s.lists = append(s.lists, gramList{gram: newGram(field, string(piece[:]))})
			number = int32(len(s.lists)) //nolint:gosec // fewer than 2^26
			page[piece[2]] = number
		}
		s.lists[number-1].add(place)
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
	l := gramList{gram: g}
	for place := range places.all() {
		l.add(place)
	}
	if l.count > 0 {
		s.lists = append(s.lists, l)
	}
}
