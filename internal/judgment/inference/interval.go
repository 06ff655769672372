// Package inference is the statistics of judgments: intervals, paired tests and agreement. Its functions are pure, and know neither Runs nor Logs.
package inference

import "math"

// Interval is a range of values with both ends.
type Interval struct{ Low, High float64 }

// Confidence is the level of all intervals, and Alpha the level of all tests.
const (
	Confidence = 0.95
	Alpha      = 1 - Confidence
)

// Wilson returns Wilson's score interval of a share p of n. n may be a fraction: the effective size of a sample in clusters. n is more than 0.
func Wilson(p, n float64) Interval {
	z := normalQuantile(1 - Alpha/2)
	square := z * z
	centre := (p + square/(2*n)) / (1 + square/n)
	half := z / (1 + square/n) * math.Sqrt(p*(1-p)/n+square/(4*n*n))
	return Interval{max(0, centre-half), min(1, centre+half)}
}

// Student returns Student's interval of a mean of n values with a standard error. n is at least 2.
func Student(mean, standardError float64, n int) Interval {
	half := studentQuantile(1-Alpha/2, float64(n-1)) * standardError
	return Interval{mean - half, mean + half}
}

// Sample describes values.
type Sample struct {
	N        int
	Mean     float64
	Variance float64 // that of a sample, with N-1; 0 for fewer than two values
}

// Describe describes values. Its sums are compensated, so that large and small values go together.
func Describe(values []float64) Sample {
	s := Sample{N: len(values)}
	if s.N == 0 {
		return s
	}
	s.Mean = sum(values, func(v float64) float64 { return v }) / float64(s.N)
	if s.N > 1 {
		s.Variance = sum(values, func(v float64) float64 { return (v - s.Mean) * (v - s.Mean) }) / float64(s.N-1)
	}
	return s
}

// StandardError returns the standard error of the mean.
func (s Sample) StandardError() float64 { return math.Sqrt(s.Variance / float64(s.N)) }

// sum is Neumaier's sum.
func sum(values []float64, of func(float64) float64) float64 {
	total, lost := 0.0, 0.0
	for _, v := range values {
		term := of(v)
		next := total + term
		if math.Abs(total) >= math.Abs(term) {
			lost += (total - next) + term
		} else {
			lost += (term - next) + total
		}
		total = next
	}
	if math.IsNaN(lost) || math.IsInf(lost, 0) {
		return total // which is not finite either
	}
	return total + lost
}

// Finite reports whether all values are.
func Finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
