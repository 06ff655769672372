package inference

import (
	"cmp"
	"math"
	"slices"
)

// Paired is the comparison of two samples that were taken from the same subjects, by the differences of each.
type Paired struct {
	N          int
	Difference float64 // the mean
	Interval   Interval
	P          float64 // of a difference as large by chance, on both sides
	// Spread is the standard deviation of the mean difference if there were none in truth: what a difference has to exceed.
	Spread float64
}

// PairedNumbers compares by Student's t-test of the differences. ok is false for fewer than two, or without a finite result.
func PairedNumbers(differences []float64) (p Paired, ok bool) {
	s := Describe(differences)
	if s.N < 2 {
		return p, false
	}
	spread := s.StandardError()
	p = Paired{N: s.N, Difference: s.Mean, Interval: Student(s.Mean, spread, s.N), P: 1, Spread: spread}
	switch {
	case spread > 0:
		p.P = studentTails(s.Mean/spread, float64(s.N-1))
	case s.Mean != 0:
		p.P = 0
	}
	return p, Finite(p.Difference, p.Interval.Low, p.Interval.High, p.P)
}

// PairedShares compares the share of subjects that something is true of: it became true of up and false of down, and stayed as it was of the
// others. P is that of McNemar's exact test, and Interval that of Wald with Agresti's and Min's correction. n is at least 1.
func PairedShares(up, down, n int) Paired {
	p := Paired{N: n, Difference: float64(up-down) / float64(n), P: McNemar(up, down)}
	size, ups, downs := float64(n)+2, float64(up)+0.5, float64(down)+0.5
	centre := (ups - downs) / size
	half := normalQuantile(1-Alpha/2) * math.Sqrt((ups+downs)/size-centre*centre) / math.Sqrt(size)
	p.Interval = Interval{max(-1, centre-half), min(1, centre+half)}
	p.Spread = math.Sqrt(float64(up+down)) / float64(n)
	return p
}

// McNemar returns the exact p of the discordant pairs of two samples of yes and no, on both sides.
func McNemar(up, down int) float64 {
	if up == down {
		return 1
	}
	return min(1, 2*halfBinomial(min(up, down), up+down))
}

// Power is how often a test should show what Detectable returns.
const Power = 0.8

// Detectable returns the true difference that a test at the level alpha shows in 80 % of cases. numbers says which test. It is 0 when
// nothing can be said, since the differences have no spread.
func (p *Paired) Detectable(alpha float64, numbers bool) float64 {
	if numbers {
		df := float64(p.N - 1)
		return (studentQuantile(1-alpha/2, df) + studentQuantile(Power, df)) * p.Spread
	}
	pairs := math.Ceil(1 - math.Log2(alpha)) // of one direction, which the exact test needs at least
	least := pairs / float64(p.N)
	return max(least, (normalQuantile(1-alpha/2)+normalQuantile(Power))*p.Spread)
}

// Holm returns the p values of several tests as corrected by Holm: each may be compared with Alpha.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	out, highest := make([]float64, len(p)), 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		out[i] = highest
	}
	return out
}
