package admit

import (
	"math"
	"testing"
)

// TestPercentileOfAWindow adds to a histogram, and asks for what the last quarter of a second had.
func TestPercentileOfAWindow(t *testing.T) {
	buckets := []float64{math.Inf(-1), 0, 0.001, 0.005, 0.020, math.Inf(1)}
	counts := []uint64{0, 100_000, 0, 0, 0} // since the start of the process
	var w window
	step := func(more ...uint64) float64 {
		for i, n := range more {
			counts[i] += n
		}
		return percentile(w.add(counts), buckets, 0.99)
	}
	for i, c := range []struct {
		more []uint64
		want float64
	}{
		{nil, 0}, {nil, 0}, {nil, 0}, {nil, 0}, {nil, 0},
		{[]uint64{0, 980, 20}, 0.001},
		{[]uint64{0, 0, 0, 0, 20}, 0.020},
		{nil, 0.020}, {nil, 0.020}, {nil, 0.020},
		{[]uint64{0, 1000}, 0.020}, // twenty of them are 1.9 % of all
		{nil, 0},                   // the twenty have left
	} {
		if got := step(c.more...); got != c.want {
			t.Errorf("step %d: %v, want %v", i, got, c.want)
		}
	}
}
