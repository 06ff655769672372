package inference

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// normalQuantile returns the p-quantile of the standard normal distribution.
func normalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

// studentTails returns the probability that Student's t is at least as far from 0 as t.
func studentTails(t, df float64) float64 {
	if math.IsInf(t, 0) {
		return 0
	}
	square := t * t
	if square < 1 { // where df/(df+t²) is too near to 1 to keep its digits
		return 1 - mathext.RegIncBeta(0.5, df/2, square/(df+square))
	}
	return mathext.RegIncBeta(df/2, 0.5, df/(df+square))
}

// studentQuantile returns the p-quantile of Student's t, for p between 0.5 and 1.
func studentQuantile(p, df float64) float64 {
	tails := 2 * (1 - p)
	x := mathext.InvRegIncBeta(df/2, 0.5, tails)
	t := math.Sqrt(df * (1 - x) / x)
	for range 3 { // Newton's steps, for the inverse has half the digits
		t += (studentTails(t, df) - tails) / (2 * studentDensity(t, df))
	}
	return t
}

func studentDensity(t, df float64) float64 {
	upper, _ := math.Lgamma((df + 1) / 2)
	lower, _ := math.Lgamma(df / 2)
	return math.Exp(upper-lower-(df+1)/2*math.Log1p(t*t/df)) / math.Sqrt(df*math.Pi)
}

// halfBinomial returns the probability of k heads at most, of n throws of a fair coin. k is less than n.
func halfBinomial(k, n int) float64 {
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 0.5)
}
