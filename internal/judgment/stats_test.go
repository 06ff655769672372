package judgment_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/judgment"
)

func tally(count int, j judgment.Judgment) judgment.Tally {
	return judgment.Tally{Judgment: j, Count: count}
}

func numbers(values ...float64) []judgment.Tally {
	var out []judgment.Tally
	for _, v := range values {
		out = append(out, tally(1, judgment.Judgment{Outcome: judgment.Number, Number: v}))
	}
	return out
}

func choices(counts map[string]int) []judgment.Tally {
	var out []judgment.Tally
	for choice, count := range counts {
		out = append(out, tally(count, judgment.Judgment{Outcome: judgment.Chosen, Choice: choice}))
	}
	return out
}

// TestSummarize compares with values that were computed by hand.
func TestSummarize(t *testing.T) {
	const huge, half = math.MaxFloat64, 0x1p1023
	number := func(judgments int, sum, mean, std *float64, percentiles map[string]float64) judgment.Stats {
		return judgment.Stats{Judgments: judgments, Sum: sum, Mean: mean, Std: std, Percentiles: percentiles}
	}
	percentiles := func(p0, p25, p50, p75, p100 float64) map[string]float64 {
		return map[string]float64{"0": p0, "25": p25, "50": p50, "75": p75, "100": p100}
	}
	options := []file.Option{{Name: "good"}, {Name: "bad"}}
	for name, test := range map[string]struct {
		returns file.ReturnType
		tallies []judgment.Tally
		want    judgment.Stats
	}{
		"boolean": {file.ReturnsBoolean, []judgment.Tally{
			tally(3, judgment.Judgment{Outcome: judgment.True}), tally(1, judgment.Judgment{Outcome: judgment.False}),
			tally(2, judgment.Judgment{Outcome: judgment.Null}), tally(4, judgment.Judgment{Outcome: judgment.Failed}),
		}, judgment.Stats{Judgments: 4, Nulls: 2, Errors: 4, True: 3, False: 1}},
		"boolean, none":     {file.ReturnsBoolean, nil, judgment.Stats{}},
		"number, none":      {file.ReturnsNumber, nil, number(0, nil, nil, nil, map[string]float64{})},
		"number, errors":    {file.ReturnsNumber, []judgment.Tally{tally(2, judgment.Judgment{Outcome: judgment.Failed})}, judgment.Stats{Errors: 2, Percentiles: map[string]float64{}}},
		"number, one":       {file.ReturnsNumber, numbers(7), number(1, new(7.0), new(7.0), new(0.0), percentiles(7, 7, 7, 7, 7))},
		"number, two":       {file.ReturnsNumber, numbers(3, 1), number(2, new(4.0), new(2.0), new(1.0), percentiles(1, 1.5, 2, 2.5, 3))},
		"number, eight":     {file.ReturnsNumber, numbers(2, 4, 4, 4, 5, 5, 7, 9), number(8, new(40.0), new(5.0), new(2.0), percentiles(2, 4, 4.5, 5.5, 9))},
		"number, counted":   {file.ReturnsNumber, []judgment.Tally{tally(1, numbers(9)[0].Judgment), tally(3, numbers(1)[0].Judgment)}, number(4, new(12.0), new(3.0), new(math.Sqrt(12)), percentiles(1, 1, 1, 3, 9))},
		"number, tenths":    {file.ReturnsNumber, numbers(0.1, 0.2, 0.3), number(3, new(0.6), new(0.2), new(0.0816496580927726), percentiles(0.1, 0.15000000000000002, 0.2, 0.25, 0.3))},
		"number, far apart": {file.ReturnsNumber, numbers(1e300, 1, -1e300), number(3, new(1.0), new(1.0/3), new(8.164965809277261e299), percentiles(-1e300, -5e299, 1, 5e299, 1e300))},
		"number, huge":      {file.ReturnsNumber, numbers(huge, huge), number(2, nil, new(huge), new(0.0), percentiles(huge, huge, huge, huge, huge))},
		"number, opposite":  {file.ReturnsNumber, numbers(half, -half), number(2, new(0.0), new(0.0), new(half), percentiles(-half, -half/2, 0, half/2, half))},
		"select": {file.ReturnsSelect, choices(map[string]int{`"good"`: 3, `"else"`: 1}),
			judgment.Stats{Judgments: 4, PerOption: map[string]int{"good": 3, "bad": 0, "else": 1}}},
		"multi_select": {file.ReturnsMultiSelect, choices(map[string]int{`["bad","good"]`: 2, `["good"]`: 1, `[]`: 4}),
			judgment.Stats{Judgments: 7, PerOption: map[string]int{"good": 3, "bad": 2}}},
		"text":          {file.ReturnsText, choices(map[string]int{`"a"`: 2, ``: 1}), judgment.Stats{Judgments: 3}},
		"of other type": {file.ReturnsNumber, choices(map[string]int{`"a"`: 2}), number(2, nil, nil, nil, map[string]float64{})},
	} {
		got := judgment.Summarize("evv", "p", &file.Evaluator{ReturnType: test.returns, Options: options}, test.tallies)
		test.want.VersionID, test.want.Path, test.want.ReturnType = "evv", "p", test.returns
		got.Estimate = nil // see TestEstimates
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
