package stats

import (
	"cmp"
	"math"
	"slices"
)

// Histogram counts durations in steps of a tenth: a duration that is read from it is less than 5 % from the true one. The zero Histogram
// is empty. Histograms are added by [Figures.Add].
type Histogram []step

// step counts the durations from 1.1^(at-1) to 1.1^at milliseconds. Those of 0 are shorter than a millisecond.
type step struct {
	at uint8
	n  int64
}

const growth = 1.1

// stepOf returns the step of a duration in seconds.
func stepOf(seconds float64) uint8 {
	if !(seconds >= 1e-3) {
		return 0
	}
	return uint8(min(1+math.Floor(math.Log(seconds*1e3)/math.Log(growth)), math.MaxUint8))
}

// middle returns the duration in seconds that stands for those of a step: the geometric mean of its bounds.
func middle(at uint8) float64 { return math.Pow(growth, float64(at)-0.5) / 1e3 }

// add adds n durations of a step.
func (h *Histogram) add(at uint8, n int64) {
	i, found := slices.BinarySearchFunc(*h, at, func(s step, at uint8) int { return cmp.Compare(s.at, at) })
	switch {
	case !found:
		*h = slices.Insert(*h, i, step{at, n})
	case (*h)[i].n+n == 0:
		*h = slices.Delete(*h, i, i+1)
	default:
		(*h)[i].n += n
	}
}

// Quantile returns the duration in seconds that a share q of the durations does not exceed, and 0 if there are none.
func (h Histogram) Quantile(q float64) float64 {
	total := int64(0)
	for _, s := range h {
		total += s.n
	}
	rank, passed := int64(math.Ceil(q*float64(total))), int64(0)
	for _, s := range h {
		if passed += s.n; passed >= rank {
			return middle(s.at)
		}
	}
	return 0
}
