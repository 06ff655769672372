package search

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/store/logs"
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
	err := readEntries(appendEntries(nil, owners, entries), []bool{true, false, true}, func(place, _ int, created int64) {
		got = append(got, [2]int64{int64(place), created})
	})
	want := [][2]int64{{0, 1_700_000_000_000_000}, {8, -5}, {segmentSize - 1, 1 << 60}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

// rowsOf returns the rows of a segment with these texts of a field, by place.
func rowsOf(field gramField, texts func(place int) string) *gramRows {
	b, rows := new(gramBuilder), new(gramRows)
	b.reset(field)
	for place := range segmentSize {
		b.add(place, texts(place))
	}
	b.rows(rows)
	return rows
}

// placesOf returns the places of a gram.
func (r *gramRows) placesOf(t *testing.T, g gram) []int {
	t.Helper()
	set, err := readGramList(r.slots[g.slot()], g)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(set.all())
}

func TestGramsLeadToEveryPlaceOfATextAndNoOther(t *testing.T) {
	texts := map[int]string{0: "grüß dich", 1: "", 5: "a", 9: "ab", 4095: "dich"}
	for place := 1000; place < 1000+700; place++ { // more than distances are written for
		texts[place] = "often"
	}
	for place := 100; place < 4000; place++ { // too often to be worth a list
		texts[place] += " usual"
	}
	rows := rowsOf(saidField, func(place int) string { return texts[place] })
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
			for _, place := range rows.placesOf(t, g) {
				one.add(place)
			}
			got.and(&one)
		}
		if found := slices.Collect(got.all()); !slices.Equal(want, found) {
			t.Errorf("%q is at %d places, want %d", part, len(found), len(want))
		}
	}
	if n := len(rows.placesOf(t, newGram(saidField, "usu"))); n != segmentSize {
		t.Errorf("a gram that is nearly everywhere is at %d places, want all", n)
	}
	if n := len(rows.placesOf(t, newGram(idField, "dic"))); n != 0 {
		t.Errorf("a gram of another field is at %d places", n)
	}
}

// TestGramsOfTextsByChance compares the lists of all grams with a search through the texts. Words come with all frequencies, so lists of
// all forms are read, and one builder serves all fields.
func TestGramsOfTextsByChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b, rows := new(gramBuilder), new(gramRows)
	var texts [gramFields][segmentSize]string
	for field := range gramFields {
		b.reset(field)
		for place := range segmentSize {
			if r.IntN(20) > 0 {
				texts[field][place] = "usual"
			}
			for range r.IntN(6) {
				texts[field][place] += strconv.FormatInt(int64(math.Exp(r.Float64()*12)), 36)
			}
			b.add(place, texts[field][place])
		}
		b.rows(rows)
	}
	forms := map[byte]int{}
	for field := range gramFields {
		want := map[gram]*placeSet{}
		for place, text := range texts[field] {
			for text += "\x00\x00"; len(text) > 2; text = text[1:] {
				for length := 1; length <= gramLength; length++ {
					g := newGram(field, text[:length])
					if want[g] == nil {
						want[g] = new(placeSet)
					}
					want[g].add(place)
				}
			}
		}
		for g, places := range want {
			got, err := readGramList(rows.slots[g.slot()], g)
			if err != nil {
				t.Fatal(err)
			}
			if got.len() == segmentSize {
				forms['*']++
				if 2*places.len() <= segmentSize {
					t.Errorf("gram %x of %d places is said to be everywhere", g, places.len())
				}
				continue
			}
			forms[byte(min(places.len()*8/segmentSize, 1))]++
			if got != *places {
				t.Errorf("gram %x is at %d places, want %d", g, got.len(), places.len())
			}
		}
	}
	if len(forms) < 3 {
		t.Errorf("the texts lead to lists of the forms %v only", forms)
	}
}

func FuzzReadGramList(f *testing.F) {
	rows := rowsOf(idField, func(place int) string { return strings.Repeat("ab", place%5/4) })
	for _, row := range rows.slots {
		if row != nil {
			f.Add(row, uint32(newGram(idField, "ab")))
			f.Add(row, uint32(newGram(idField, "ab\x00")))
		}
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
		_ = readEntries(entries, wanted, func(place, _ int, _ int64) {
			if place < 0 || place >= segmentSize {
				t.Errorf("place %d", place)
			}
		})
	})
}
