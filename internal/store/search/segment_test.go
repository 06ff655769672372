package search

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"openloop/internal/store/logs"
)

func TestEntriesAreReadAsWritten(t *testing.T) {
	owner := func(file, version int64, traced bool) logOwner {
		return logOwner{logs.Ref{File: file, Version: version}, traced}
	}
	entries := []logEntry{
		{0, 1_700_000_000_000_000, owner(1, 2, false)}, {7, 1_700_000_000_000_001, owner(1, 2, true)},
		{8, -5, owner(1<<40, 3, false)}, {segmentSize - 1, 1 << 60, owner(1, 2, false)},
	}
	owners := ownersOf(entries)
	var back []ownerCount
	if err := readOwners(appendOwners(nil, owners), func(o ownerCount) { back = append(back, o) }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]ownerCount{{owner(1, 2, false), 2}, {owner(1, 2, true), 1}, {owner(1<<40, 3, false), 1}}, back,
		cmp.AllowUnexported(ownerCount{}, logOwner{}, logs.Ref{})); d != "" {
		t.Errorf("owners (-want +got):\n%s", d)
	}
	var got [][2]int64
	err := readEntries(appendEntries(nil, owners, entries), []bool{true, false, true}, func(place int, created int64) {
		got = append(got, [2]int64{int64(place), created})
	})
	want := [][2]int64{{0, 1_700_000_000_000_000}, {8, -5}, {segmentSize - 1, 1 << 60}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// places reads where a gram is from the rows of a segment.
func (s *segmentBuilder) placesOf(t *testing.T, rows []gramRow, g gram) []int {
	t.Helper()
	for _, row := range rows {
		if row.place%gramSlots == g.slot() {
			set, err := readGramList(row.lists, g)
			if err != nil {
				t.Fatal(err)
			}
			return slices.Collect(set.all())
		}
	}
	return nil
}

func TestGramsLeadToEveryPlaceOfATextAndNoOther(t *testing.T) {
	texts := map[int]string{0: "grüß dich", 1: "", 5: "a", 9: "ab", 4095: "dich"}
	for place := 1000; place < 1000+700; place++ { // more than distances are written for
		texts[place] = "often"
	}
	for place := 100; place < 4000; place++ { // too often to be worth a list
		texts[place] += " usual"
	}
	s := new(segmentBuilder)
	for place := range segmentSize {
		s.add(saidField, place, texts[place])
	}
	rows := s.rows(3)
	for _, part := range []string{"grü", "ich", "dich", "b", "ab", "h", "d", "oft", "te", "ften"} {
		var want []int
		for place := range segmentSize {
			if strings.Contains(texts[place], part) {
				want = append(want, place)
			}
		}
		got := new(placeSet)
		got.fill()
		for _, g := range gramsOf(saidField, part) {
			var one placeSet
			for _, place := range s.placesOf(t, rows, g) {
				one.add(place)
			}
			got.and(&one)
		}
		if found := slices.Collect(got.all()); !slices.Equal(want, found) {
			t.Errorf("%q is at %d places, want %d", part, len(found), len(want))
		}
	}
	if n := len(s.placesOf(t, rows, newGram(saidField, "usu"))); n != segmentSize {
		t.Errorf("a gram that is nearly everywhere is at %d places, want all", n)
	}
	if n := len(s.placesOf(t, rows, newGram(idField, "dic"))); n != 0 {
		t.Errorf("a gram of another field is at %d places", n)
	}
}

func FuzzReadGramList(f *testing.F) {
	s := new(segmentBuilder)
	for place := range 600 {
		s.add(idField, place*5, "ab")
	}
	for _, row := range s.rows(0) {
		f.Add(row.lists, uint32(newGram(idField, "ab")))
		f.Add(row.lists, uint32(newGram(idField, "ab\x00")))
	}
	f.Fuzz(func(t *testing.T, row []byte, g uint32) {
		set, err := readGramList(row, gram(g))
		if err == nil && set.len() > segmentSize {
			t.Error("more places than there are")
		}
	})
}

func FuzzReadEntries(f *testing.F) {
	entries := []logEntry{{0, 1, logOwner{logs.Ref{File: 1, Version: 2}, false}}, {4095, -1, logOwner{logs.Ref{File: 1, Version: 3}, true}}}
	owners := ownersOf(entries)
	f.Add(appendOwners(nil, owners), appendEntries(nil, owners, entries))
	f.Fuzz(func(t *testing.T, owners, entries []byte) {
		var wanted []bool
		if readOwners(owners, func(ownerCount) { wanted = append(wanted, true) }) != nil {
			return
		}
		_ = readEntries(entries, wanted, func(place int, _ int64) {
			if place < 0 || place >= segmentSize {
				t.Errorf("place %d", place)
			}
		})
	})
}
