package inference

import "math"

// Kappa returns Cohen's κ of pairs of judgments: the agreement beyond what chance would bring. ok is false without pairs, or when
// everybody always said the same.
func Kappa[T comparable](pairs [][2]T) (kappa float64, ok bool) {
	n, agreed := float64(len(pairs)), 0.0
	first, second := map[T]float64{}, map[T]float64{}
	for _, p := range pairs {
		first[p[0]]++
		second[p[1]]++
		if p[0] == p[1] {
			agreed++
		}
	}
	byChance := 0.0 // times n
	for value, count := range first {
		byChance += count * second[value]
	}
	if n == 0 || byChance == n*n {
		return 0, false
	}
	return (n*agreed - byChance) / (n*n - byChance), true
}

// Pearson returns the correlation of pairs of numbers. ok is false for fewer than two, or when one side does not vary.
func Pearson(pairs [][2]float64) (r float64, ok bool) {
	var sides [2][]float64
	for _, p := range pairs {
		sides[0], sides[1] = append(sides[0], p[0]), append(sides[1], p[1])
	}
	a, b := Describe(sides[0]), Describe(sides[1])
	if a.Variance == 0 || b.Variance == 0 {
		return 0, false
	}
	products := make([]float64, len(pairs))
	for i, p := range pairs {
		products[i] = (p[0] - a.Mean) * (p[1] - b.Mean)
	}
	covariance := sum(products, func(v float64) float64 { return v }) / float64(len(pairs)-1)
	r = covariance / (math.Sqrt(a.Variance) * math.Sqrt(b.Variance))
	return max(-1, min(1, r)), Finite(r)
}
