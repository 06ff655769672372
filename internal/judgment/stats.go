package judgment

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/file"
)

// Tally counts the Logs of a Run that an Evaluator gave the same judgment.
type Tally struct {
	RunID     string
	VersionID string // of the Evaluator, as the Evaluation has it
	Judgment
	Count int
}

// RunStats is a Run with the statistics of each Evaluator, in the order of the Evaluation.
type RunStats struct {
	Run
	Evaluators []Stats
}

// Stats is the statistics of an Evaluator's judgments of a Run. ReturnType determines which numbers apply.
type Stats struct {
	VersionID  string // of the Evaluator
	Path       string
	Type       file.EvaluatorType
	ReturnType file.ReturnType
	Unit       string // of numbers; "" when it has none

	Judgments, Nulls, Errors int

	True, False int            // of boolean
	PerOption   map[string]int // of select and multi_select: every option, and whatever else was chosen

	Mean, Sum, Std *float64           // of number; nil without judgments, or when too large for a float64
	Percentiles    map[string]float64 // of number: "0", "25", "50", "75", "100"; empty without judgments

	Estimate *Estimate // of the score; nil without one
}

// Total returns the number of Logs that the Evaluator has dealt with.
func (s *Stats) Total() int { return s.Judgments + s.Nulls + s.Errors }

// Summarize computes the statistics of an Evaluator's judgments of a Run. Judgments that do not have its return type are counted, but not
// used otherwise. Each Log counts as a datapoint of its own; see [Stats.Cluster].
func Summarize(versionID, path string, content *file.Evaluator, tallies []Tally) Stats {
	s := Stats{VersionID: versionID, Path: path, Type: content.Type, ReturnType: content.ReturnType, Unit: content.Unit()}
	if s.ReturnType == file.ReturnsSelect || s.ReturnType == file.ReturnsMultiSelect {
		s.PerOption = map[string]int{}
		for _, o := range content.Options {
			s.PerOption[o.Name] = 0
		}
	}
	scale := scaleOf(content)
	var numbers []weighted
	var scores []float64
	for _, t := range tallies {
		s.count(&t)
		if score, ok := scale.score(&t.Judgment); ok {
			scores = append(scores, slices.Repeat([]float64{score}, t.Count)...)
		}
		if t.Outcome == Number {
			numbers = append(numbers, weighted{t.Number, t.Count})
		}
	}
	if s.ReturnType == file.ReturnsNumber {
		s.describe(numbers)
	}
	s.Estimate = scale.estimate(scores, len(scores))
	return s
}

// Cluster estimates the score anew from the judgments one by one, for a Run that has several Logs of a datapoint.
func (s *Stats) Cluster(content *file.Evaluator, marks []Mark) {
	scale := scaleOf(content)
	s.Estimate = scale.estimate(means(scale.clusters(marks)))
}

func (s *Stats) count(t *Tally) {
	switch t.Outcome {
	case Null:
		s.Nulls += t.Count
		return
	case Failed:
		s.Errors += t.Count
		return
	case True:
		s.True += t.Count
	case False:
		s.False += t.Count
	case Chosen:
		if s.PerOption != nil {
			for _, name := range readChoice(t.Choice) {
				s.PerOption[name] += t.Count
			}
		}
	case Number:
	}
	s.Judgments += t.Count
}

type weighted struct {
	value float64
	count int
}

// Precisions in bits. Sums of float64 numbers are exact, and results derived from them are more precise than float64.
const (
	exact    = 2200
	accurate = 128
)

func number(precision uint, v float64) *big.Float {
	return new(big.Float).SetPrec(precision).SetFloat64(v)
}

// describe sets the statistics of numbers. The standard deviation is that of the whole population. Percentiles between two numbers are
// interpolated.
func (s *Stats) describe(numbers []weighted) {
	s.Percentiles = map[string]float64{}
	if len(numbers) == 0 {
		return
	}
	slices.SortFunc(numbers, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
	n, sum := 0, number(exact, 0)
	for _, w := range numbers {
		n += w.count
		sum.Add(sum, number(accurate, 0).Mul(number(accurate, w.value), number(accurate, float64(w.count))))
	}
	mean, squares := number(accurate, 0).Quo(sum, number(accurate, float64(n))), number(accurate, 0)
	for _, w := range numbers {
		distance := number(accurate, 0).Sub(number(accurate, w.value), mean)
		squares.Add(squares, distance.Mul(distance, distance).Mul(distance, number(accurate, float64(w.count))))
	}
	s.Sum, s.Mean = finite(sum), finite(mean)
	s.Std = finite(squares.Sqrt(squares.Quo(squares, number(accurate, float64(n)))))
	for _, p := range []int{0, 25, 50, 75, 100} {
		s.Percentiles[strconv.Itoa(p)] = percentile(numbers, n, p)
	}
}

func finite(v *big.Float) *float64 {
	f, _ := v.Float64()
	if math.IsInf(f, 0) {
		return nil
	}
	return &f
}

// percentile returns the p-th percentile of n sorted numbers.
func percentile(numbers []weighted, n, p int) float64 {
	place := p * (n - 1)
	low, high := at(numbers, place/100), at(numbers, (place+99)/100)
	if low == high {
		return low
	}
	part := float64(place%100) / 100
	return low*(1-part) + high*part
}

// at returns the i-th number, counted from 0.
func at(numbers []weighted, i int) float64 {
	for _, w := range numbers {
		if i < w.count {
			return w.value
		}
		i -= w.count
	}
	return numbers[len(numbers)-1].value
}
