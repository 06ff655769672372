package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestHowFarTheHeapGrows between two collections, by what is live.
func TestHowFarTheHeapGrows(t *testing.T) {
	got := map[int]int{}
	for _, megabytes := range []int{0, 4, 16, 32, 64, 1000} {
		got[megabytes] = gcPercent(float64(megabytes << 20))
	}
	if d := cmp.Diff(map[int]int{0: 400, 4: 400, 16: 400, 32: 200, 64: 100, 1000: 100}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
