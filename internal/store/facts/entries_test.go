package facts

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/logs"
)

func TestEntriesAreReadAsWritten(t *testing.T) {
	owner := func(file, version int64, traced bool) Owner {
		return Owner{logs.Ref{File: file, Version: version}, traced}
	}
	entries := []Entry{
		{0, 1_700_000_000_000_000, owner(1, 2, false)}, {7, 1_700_000_000_000_001, owner(1, 2, true)},
		{8, -5, owner(1<<40, 3, false)}, {grams.Places - 1, 1 << 60, owner(1, 2, false)},
	}
	owners := OwnersOf(entries)
	var back []OwnerCount
	if err := ReadOwners(AppendOwners(nil, owners), func(o OwnerCount) { back = append(back, o) }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]OwnerCount{{owner(1, 2, false), 2}, {owner(1, 2, true), 1}, {owner(1<<40, 3, false), 1}}, back); d != "" {
		t.Errorf("owners (-want +got):\n%s", d)
	}
	var got [][2]int64
	err := ReadEntries(AppendEntries(nil, owners, entries), []bool{true, false, true}, func(place, _ int, created int64) {
		got = append(got, [2]int64{int64(place), created})
	})
	want := [][2]int64{{0, 1_700_000_000_000_000}, {8, -5}, {grams.Places - 1, 1 << 60}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
}

func FuzzReadEntries(f *testing.F) {
	entries := []Entry{{0, 1, Owner{logs.Ref{File: 1, Version: 2}, false}}, {4095, -1, Owner{logs.Ref{File: 1, Version: 3}, true}}}
	owners := OwnersOf(entries)
	f.Add(AppendOwners(nil, owners), AppendEntries(nil, owners, entries))
	f.Fuzz(func(t *testing.T, owners, entries []byte) {
		var wanted []bool
		if ReadOwners(owners, func(OwnerCount) { wanted = append(wanted, true) }) != nil {
			return
		}
		_ = ReadEntries(entries, wanted, func(place, _ int, _ int64) {
			if place < 0 || place >= grams.Places {
				t.Errorf("place %d", place)
			}
		})
	})
}
