package admit

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMeanOfAHistogram adds to a histogram, and asks for the mean of what came.
func TestMeanOfAHistogram(t *testing.T) {
	buckets := []float64{math.Inf(-1), 0, 0.001, 0.004, 0.020, math.Inf(1)}
	counts := []uint64{0, 100_000, 0, 0, 0} // since the start of the process
	var h histogram
	type step struct {
		Total uint64
		Mean  time.Duration
	}
	var got []step
	for _, more := range [][]uint64{nil, nil, {0, 900, 0, 100}, {0, 0, 0, 0, 1000}, {0, 0, 0, 30, 19}, nil} {
		for i, n := range more {
			counts[i] += n
		}
		total, mean := h.add(counts, buckets)
		got = append(got, step{total, mean})
	}
	want := []step{{100_000, 0}, {100_000, 0}, {101_000, 400 * time.Microsecond}, {102_000, 20 * time.Millisecond}, {102_049, 0}, {102_049, 0}} // the last are too few
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
