package judgment_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/judgment/inference"
)

func estimate(mean float64, n int, standardError, low, high float64) *judgment.Estimate {
	return &judgment.Estimate{Mean: mean, N: n, StandardError: &standardError, Interval: &inference.Interval{Low: low, High: high}}
}

// TestEstimates compares with values of scipy and statsmodels.
func TestEstimates(t *testing.T) {
	multi := *options
	multi.ReturnType = file.ReturnsMultiSelect
	for name, test := range map[string]struct {
		content *file.Evaluator
		tallies []judgment.Tally
		want    *judgment.Estimate
	}{
		"booleans": {boolean, []judgment.Tally{tally(3, judgment.Judgment{Outcome: judgment.True}), tally(1, judgment.Judgment{Outcome: judgment.False}), tally(9, judgment.Judgment{Outcome: judgment.Null})},
			estimate(0.75, 4, math.Sqrt(0.75*0.25/4), 0.300641842582402, 0.9544127391902995)},
		"always true": {boolean, []judgment.Tally{tally(3, judgment.Judgment{Outcome: judgment.True})}, estimate(1, 3, 0, 0.43850296824495444, 1)},
		"numbers":     {neutral, numbers(2, 4, 4, 4, 5, 5, 7, 9), estimate(5, 8, 0.7559289460184544, 3.2125120817637898, 6.78748791823621)},
		"one number":  {neutral, numbers(7), &judgment.Estimate{Mean: 7, N: 1}},
		"no number":   {neutral, nil, nil},
		"options":     {options, choices(map[string]int{`"good"`: 2, `"fine"`: 1, `"bad"`: 1}), estimate(0.75, 4, math.Sqrt(0.75*0.25/4), 0.300641842582402, 0.9544127391902995)},
		"several options": {&multi, choices(map[string]int{`["fine","good"]`: 2, `["good","odd"]`: 1, `["bad","good"]`: 1}),
			estimate(0.75, 4, math.Sqrt(0.75*0.25/4), 0.300641842582402, 0.9544127391902995)},
		"options without a positive one": {&file.Evaluator{ReturnType: file.ReturnsSelect, Options: []file.Option{{Name: "a"}}}, choices(map[string]int{`"a"`: 2}), nil},
		"texts":                          {text, choices(map[string]int{`"a"`: 2}), nil},
		"numbers without bounds":         {neutral, numbers(math.MaxFloat64, math.MaxFloat64), nil},
	} {
		got := judgment.Summarize("v", "p", test.content, test.tallies).Estimate
		if diff := cmp.Diff(test.want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestClusters has several Logs of each datapoint. When these always agree, more of them tell nothing more.
func TestClusters(t *testing.T) {
	of := func(content *file.Evaluator, runs ...[]string) *judgment.Estimate {
		var all []judgment.Mark
		for i, run := range runs {
			all = append(all, marks(int64(100*i), run...)...)
		}
		s := judgment.Summarize("v", "p", content, nil)
		s.Cluster(content, all)
		return s.Estimate
	}
	first := []string{"true", "true", "false", "true"}
	for name, test := range map[string]struct{ want, got *judgment.Estimate }{
		"the same twice":    {of(boolean, first), of(boolean, first, first)},
		"as if independent": {of(boolean, concat(times(12, "true"), times(4, "false"))), withN(of(boolean, times(8, "true"), concat(times(4, "false"), times(4, "true"))), 16)},
		"numbers by mean":   {of(positive, []string{"1", "2", "3"}), of(positive, []string{"0", "2", "2"}, []string{"2", "2", "4"})},
		"never true":        {estimate(0, 2, 0, 0, 0.657619772493347), of(boolean, []string{"false", "false"})},
	} {
		if diff := cmp.Diff(test.want, test.got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func withN(e *judgment.Estimate, n int) *judgment.Estimate {
	e.N = n
	return e
}
