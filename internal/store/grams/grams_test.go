package grams

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rowsOf returns the rows of a segment with these texts of a field, by place.
func rowsOf(field Field, texts func(place int) string) *Rows {
	b, rows := new(Builder), new(Rows)
	b.Reset(field)
	for place := range Places {
		b.Add(place, texts(place))
	}
	b.AppendTo(rows)
	return rows
}

// placesOf returns the places of a gram.
func (r *Rows) placesOf(t *testing.T, g Gram) []int {
	t.Helper()
	set, err := readList(r.slots[g.Slot()], g)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(set.All())
}

func TestGramsLeadToEveryPlaceOfATextAndNoOther(t *testing.T) {
	texts := map[int]string{0: "grüß dich", 1: "", 5: "a", 9: "ab", 4095: "dich"}
	for place := 1000; place < 1000+700; place++ { // more than distances are written for
		texts[place] = "often"
	}
	for place := 100; place < 4000; place++ { // too often to be worth a list
		texts[place] += " usual"
	}
	rows := rowsOf(Said, func(place int) string { return texts[place] })
	for _, part := range []string{"grü", "ich", "dich", "b", "ab", "h", "d", "oft", "te", "ften"} {
		var want []int
		for place := range Places {
			if strings.Contains(texts[place], part) {
				want = append(want, place)
			}
		}
		got := new(PlaceSet)
		got.Fill()
		for _, g := range Of(Said, part) {
			var one PlaceSet
			for _, place := range rows.placesOf(t, g) {
				one.Add(place)
			}
			got.And(&one)
		}
		if found := slices.Collect(got.All()); !slices.Equal(want, found) {
			t.Errorf("%q is at %d places, want %d", part, len(found), len(want))
		}
	}
	if n := len(rows.placesOf(t, newGram(Said, "usu"))); n != Places {
		t.Errorf("a gram that is nearly everywhere is at %d places, want all", n)
	}
	if n := len(rows.placesOf(t, newGram(ID, "dic"))); n != 0 {
		t.Errorf("a gram of another field is at %d places", n)
	}
}

// TestGramsOfTextsByChance compares the lists of all grams with a search through the texts. Words come with all frequencies, so lists of
// all forms are read, and one builder serves all fields.
func TestGramsOfTextsByChance(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	b, rows := new(Builder), new(Rows)
	var texts [Fields][Places]string
	for field := range Fields {
		b.Reset(field)
		for place := range Places {
			if r.IntN(20) > 0 {
				texts[field][place] = "usual"
			}
			for range r.IntN(6) {
				texts[field][place] += strconv.FormatInt(int64(math.Exp(r.Float64()*12)), 36)
			}
			b.Add(place, texts[field][place])
		}
		b.AppendTo(rows)
	}
	forms := map[byte]int{}
	for field := range Fields {
		want := map[Gram]*PlaceSet{}
		for place, text := range texts[field] {
			for text += "\x00\x00"; len(text) > 2; text = text[1:] {
				for length := 1; length <= gramLength; length++ {
					g := newGram(field, text[:length])
					if want[g] == nil {
						want[g] = new(PlaceSet)
					}
					want[g].Add(place)
				}
			}
		}
		for g, places := range want {
			got, err := readList(rows.slots[g.Slot()], g)
			if err != nil {
				t.Fatal(err)
			}
			if got.Len() == Places {
				forms['*']++
				if 2*places.Len() <= Places {
					t.Errorf("gram %x of %d places is said to be everywhere", g, places.Len())
				}
				continue
			}
			forms[byte(min(places.Len()*8/Places, 1))]++
			if got != *places {
				t.Errorf("gram %x is at %d places, want %d", g, got.Len(), places.Len())
			}
		}
	}
	if len(forms) < 3 {
		t.Errorf("the texts lead to lists of the forms %v only", forms)
	}
}

func FuzzReadGramList(f *testing.F) {
	rows := rowsOf(ID, func(place int) string { return strings.Repeat("ab", place%5/4) })
	for _, row := range rows.slots {
		if row != nil {
			f.Add(row, uint32(newGram(ID, "ab")))
			f.Add(row, uint32(newGram(ID, "ab\x00")))
		}
	}
	f.Fuzz(func(t *testing.T, row []byte, g uint32) {
		set, err := readList(row, Gram(g))
		if err == nil && set.Len() > Places {
			t.Error("more places than there are")
		}
	})
}
