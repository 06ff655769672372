// Package stats computes the few statistics the benchmark reports. It keeps
// every sample and sorts, so its percentiles are exact, not bucketed.
package stats

import (
	"cmp"
	"math"
	"slices"
)

// Percentile returns the p-th percentile (0 < p <= 100) of sorted by the nearest-rank definition: the smallest sample that at least p
// percent of all samples do not exceed. It returns the zero value when sorted is empty.
func Percentile[T cmp.Ordered](sorted []T, p float64) T {
	if len(sorted) == 0 {
		var zero T
		return zero
	}
	// The subtraction absorbs the rounding of p/100, so that p90 of ten is the ninth.
	rank := int(math.Ceil(p/100*float64(len(sorted)) - 1e-9))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Median returns the middle of values in any order, or the mean of the two
// middle ones, and NaN when there are none. It leaves values as they are.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
