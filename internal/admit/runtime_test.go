package admit

import (
	"math"
	"testing"
)

// TestMeanOfAWindow adds to a histogram, and asks for the mean of what the last quarter of a second had.
func TestMeanOfAWindow(t *testing.T) {
	buckets := []float64{math.Inf(-1), 0, 0.001, 0.004, 0.020, math.Inf(1)}
	counts := []uint64{0, 100_000, 0, 0, 0} // since the start of the process
	var w window
	step := func(more ...uint64) float64 {
		for i, n := range more {
			counts[i] += n
		}
		return mean(w.add(counts), buckets)
	}
	for i, c := range []struct {
		more []uint64
		want float64
	}{
		{nil, 0}, {nil, 0}, {nil, 0}, {nil, 0}, {nil, 0},
		{[]uint64{0, 900, 0, 100}, 0.0004},
		{[]uint64{0, 0, 0, 0, 1000}, 0.0102},
		{nil, 0.0102}, {nil, 0.0102}, {nil, 0.0102},
		{nil, 0.020},                    // the first have left
		{[]uint64{0, 0, 0, 100, 99}, 0}, // too few
		{nil, 0},
	} {
		if got := step(c.more...); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("step %d: %v, want %v", i, got, c.want)
		}
	}
}
