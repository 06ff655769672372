package inference_test

import (
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment/inference"
)

// reference is what scipy and statsmodels compute; testdata/reference.py made it.
type reference struct {
	Wilson []struct {
		Count float64 `json:"count"`
		N     float64 `json:"n"`
		Low   float64 `json:"low"`
		High  float64 `json:"high"`
	} `json:"wilson"`
	Student []struct {
		Values []float64 `json:"values"`
		Mean   float64   `json:"mean"`
		Error  float64   `json:"error"`
		Low    float64   `json:"low"`
		High   float64   `json:"high"`
	} `json:"student"`
	Tails []struct {
		T  float64 `json:"t"`
		DF float64 `json:"df"`
		P  float64 `json:"p"`
	} `json:"tails"`
	Quantiles []struct {
		P  float64 `json:"p"`
		DF float64 `json:"df"`
		T  float64 `json:"t"`
	} `json:"quantiles"`
	Normal []struct {
		P float64 `json:"p"`
		Z float64 `json:"z"`
	} `json:"normal"`
	Paired []struct {
		Differences []float64 `json:"differences"`
		Mean        float64   `json:"mean"`
		compared
	} `json:"paired"`
	Shares []struct {
		Up         int     `json:"up"`
		Down       int     `json:"down"`
		N          int     `json:"n"`
		Difference float64 `json:"difference"`
		compared
	} `json:"shares"`
	Holm []struct {
		P        []float64 `json:"p"`
		Adjusted []float64 `json:"adjusted"`
	} `json:"holm"`
	Kappa []struct {
		Pairs [][2]int `json:"pairs"`
		Kappa float64  `json:"kappa"`
	} `json:"kappa"`
	Pearson []struct {
		Pairs [][2]float64 `json:"pairs"`
		R     float64      `json:"r"`
	} `json:"pearson"`
}

// compared is what a comparison of pairs comes to.
type compared struct {
	P          float64 `json:"p"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Alpha      float64 `json:"alpha"`
	Detectable float64 `json:"detectable"`
}

func readReference(t *testing.T) *reference {
	t.Helper()
	raw, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	ref := new(reference)
	if err := json.Unmarshal(raw, ref); err != nil {
		t.Fatal(err)
	}
	return ref
}

// near fails unless got is want to 1e-9, relative to want or to 1e-6 if that is larger.
func near(t *testing.T, what string, want, got float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(math.Abs(want), 1e-6)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestAgainstTheReference(t *testing.T) {
	ref := readReference(t)
	for _, r := range ref.Wilson {
		got := inference.Wilson(r.Count/r.N, r.N)
		near(t, "Wilson's lower end", r.Low, got.Low)
		near(t, "Wilson's upper end", r.High, got.High)
	}
	for _, r := range ref.Student {
		sample := inference.Describe(r.Values)
		near(t, "the mean", r.Mean, sample.Mean)
		near(t, "the standard error", r.Error, sample.StandardError())
		got := inference.Student(sample.Mean, sample.StandardError(), sample.N)
		near(t, "Student's lower end", r.Low, got.Low)
		near(t, "Student's upper end", r.High, got.High)
	}
	for _, r := range ref.Tails {
		near(t, "Student's tails", r.P, inference.StudentTails(r.T, r.DF))
	}
	for _, r := range ref.Quantiles {
		near(t, "Student's quantile", r.T, inference.StudentQuantile(r.P, r.DF))
	}
	for _, r := range ref.Normal {
		near(t, "the normal quantile", r.Z, inference.NormalQuantile(r.P))
	}
	for _, r := range ref.Holm {
		for i, adjusted := range inference.Holm(r.P) {
			near(t, "Holm's p", r.Adjusted[i], adjusted)
		}
	}
	if len(ref.Wilson)*len(ref.Student)*len(ref.Tails)*len(ref.Quantiles)*len(ref.Normal)*len(ref.Holm) == 0 {
		t.Error("a part of the reference is missing")
	}
}

func TestPairsAgainstTheReference(t *testing.T) {
	ref := readReference(t)
	for _, r := range ref.Paired {
		got, ok := inference.PairedNumbers(r.Differences)
		if !ok {
			t.Fatal("numbers are not compared")
		}
		near(t, "the mean difference", r.Mean, got.Difference)
		near(t, "its lower end", r.Low, got.Interval.Low)
		near(t, "its upper end", r.High, got.Interval.High)
		near(t, "its p", r.P, got.P)
		near(t, "the detectable difference of numbers", r.Detectable, got.Detectable(r.Alpha, true))
	}
	for _, r := range ref.Shares {
		got := inference.PairedShares(r.Up, r.Down, r.N)
		near(t, "the difference of shares", r.Difference, got.Difference)
		near(t, "its lower end", r.Low, got.Interval.Low)
		near(t, "its upper end", r.High, got.Interval.High)
		near(t, "McNemar's p", r.P, got.P)
		near(t, "the detectable difference of shares", r.Detectable, got.Detectable(r.Alpha, false))
	}
	for _, r := range ref.Kappa {
		kappa, ok := inference.Kappa(r.Pairs)
		if !ok {
			t.Fatal("no kappa")
		}
		near(t, "kappa", r.Kappa, kappa)
	}
	for _, r := range ref.Pearson {
		correlation, ok := inference.Pearson(r.Pairs)
		if !ok {
			t.Fatal("no correlation")
		}
		near(t, "the correlation", r.R, correlation)
	}
	if len(ref.Paired)*len(ref.Shares)*len(ref.Kappa)*len(ref.Pearson) == 0 {
		t.Error("a part of the reference is missing")
	}
}

func TestWhatCannotBeComputed(t *testing.T) {
	inf := math.Inf(1)
	for name, differences := range map[string][]float64{"nothing": nil, "one": {1}, "what is too large": {math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}, "infinite": {inf, 1}} {
		if got, ok := inference.PairedNumbers(differences); ok {
			t.Errorf("%s is compared: %+v", name, got)
		}
	}
	for name, pairs := range map[string][][2]int{"nothing": nil, "always the same": {{1, 1}, {1, 1}}} {
		if kappa, ok := inference.Kappa(pairs); ok {
			t.Errorf("%s has the kappa %v", name, kappa)
		}
	}
	for name, pairs := range map[string][][2]float64{"nothing": nil, "one": {{1, 2}}, "what does not vary": {{1, 2}, {1, 3}}} {
		if r, ok := inference.Pearson(pairs); ok {
			t.Errorf("%s has the correlation %v", name, r)
		}
	}
}

// TestDifferencesThatAreAllEqual have no spread: nothing is left to chance.
func TestDifferencesThatAreAllEqual(t *testing.T) {
	for difference, want := range map[float64]inference.Paired{
		0: {N: 3, P: 1},
		2: {N: 3, Difference: 2, Interval: inference.Interval{Low: 2, High: 2}},
	} {
		if got, ok := inference.PairedNumbers([]float64{difference, difference, difference}); !ok || got != want {
			t.Errorf("%v: %+v, want %+v", difference, got, want)
		}
	}
}

// TestIntervalsHoldWhatTheySay draws samples, and counts how often their interval has the truth.
func TestIntervalsHoldWhatTheySay(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const rounds = 2000
	shares, numbers := 0, 0
	for range rounds {
		n, count := 60, 0
		values := make([]float64, n)
		for i := range values {
			values[i] = rng.NormFloat64() + 3
			if rng.Float64() < 0.85 {
				count++
			}
		}
		if i := inference.Wilson(float64(count)/float64(n), float64(n)); i.Low <= 0.85 && 0.85 <= i.High {
			shares++
		}
		s := inference.Describe(values)
		if i := inference.Student(s.Mean, s.StandardError(), n); i.Low <= 3 && 3 <= i.High {
			numbers++
		}
	}
	for name, held := range map[string]int{"Wilson's": shares, "Student's": numbers} {
		if share := float64(held) / rounds; share < 0.935 || share > 0.97 {
			t.Errorf("%s interval has the truth in %.1f %% of cases", name, 100*share)
		}
	}
}
