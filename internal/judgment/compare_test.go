package judgment_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
)

// marks are judgments of a Run, one for each datapoint from 1 on; the Log's number is the datapoint's and first.
func marks(first int64, judgments ...string) []judgment.Mark {
	out := make([]judgment.Mark, len(judgments))
	for i, j := range judgments {
		out[i] = judgment.Mark{Log: first + int64(i) + 1, Datapoint: int64(i) + 1, Judgment: judgment.Of(json.Value(j), j == "!")}
	}
	return out
}

func times(n int, judgment string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = judgment
	}
	return out
}

func concat(lists ...[]string) (out []string) {
	for _, list := range lists {
		out = append(out, list...)
	}
	return out
}

var (
	boolean  = &file.Evaluator{ReturnType: file.ReturnsBoolean}
	positive = &file.Evaluator{ReturnType: file.ReturnsNumber, NumberValence: "positive"}
	negative = &file.Evaluator{ReturnType: file.ReturnsNumber, NumberValence: "negative"}
	neutral  = &file.Evaluator{ReturnType: file.ReturnsNumber}
	text     = &file.Evaluator{ReturnType: file.ReturnsText}
	options  = &file.Evaluator{ReturnType: file.ReturnsSelect, Options: []file.Option{
		{Name: "good", Valence: "positive"}, {Name: "fine", Valence: "positive"}, {Name: "odd"}, {Name: "bad", Valence: "negative"},
	}}
)

func TestVerdicts(t *testing.T) {
	worse := &file.Evaluator{ReturnType: file.ReturnsBoolean, Options: []file.Option{{Name: "true", Valence: "negative"}, {Name: "false", Valence: "positive"}}}
	low, high := concat(times(10, "1"), times(10, "1.5")), concat(times(10, "2"), times(10, "2.25"))
	for name, test := range map[string]struct {
		content   *file.Evaluator
		base, run []string
		want      string // verdict, datapoints, improved, same, regressed
	}{
		"all became true":               {boolean, times(8, "false"), times(8, "true"), "better 8: 8 0 0"},
		"all became false":              {boolean, times(8, "true"), times(8, "false"), "worse 8: 0 0 8"},
		"all became true, which is bad": {worse, times(8, "false"), times(8, "true"), "worse 8: 0 0 8"},
		"some of both":                  {boolean, []string{"true", "false", "true", "false", "true"}, []string{"false", "true", "true", "false", "true"}, "no_clear_difference 5: 1 3 1"},
		"higher numbers":                {positive, low, high, "better 20: 20 0 0"},
		"lower numbers":                 {positive, high, low, "worse 20: 0 0 20"},
		"lower numbers are better":      {negative, high, low, "better 20: 20 0 0"},
		"neutral numbers":               {neutral, low, high, "none 20: 20 0 0"},
		"equal numbers":                 {positive, low, low, "no_clear_difference 20: 0 20 0"},
		"too few datapoints":            {boolean, times(4, "false"), times(4, "true"), "none 4: 4 0 0"},
		"abstentions and failures":      {boolean, concat(times(8, "false"), []string{"null", "!", "true"}), concat(times(8, "true"), []string{"true", "true", "!"}), "better 8: 8 0 0"},
		"options":                       {options, times(9, `"bad"`), times(9, `"fine"`), "better 9: 9 0 0"},
		"options of one valence":        {options, times(9, `"bad"`), times(9, `"odd"`), "no_clear_difference 9: 0 9 0"},
		"texts":                         {text, times(9, `"a"`), times(9, `"b"`), "none 0: 0 0 0"},
		"nothing":                       {boolean, nil, nil, "none 0: 0 0 0"},
		"numbers that are none":         {positive, times(9, "true"), times(9, `"x"`), "none 0: 0 0 0"},
		"numbers without bounds":        {positive, times(9, "-1e400"), times(9, "1e400"), "none 9: 9 0 0"},
	} {
		c := judgment.Compare([]judgment.Subject{{Content: test.content, Base: marks(100, test.base...), Run: marks(200, test.run...)}})
		d := c.Differences[0]
		if got := fmt.Sprintf("%s %d: %d %d %d", d.Verdict, d.N, d.Improved, d.Same, d.Regressed); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		if (d.Adjusted != nil) != (d.Verdict != judgment.NoVerdict) {
			t.Errorf("%s: the corrected p is %v", name, d.Adjusted)
		}
	}
}

// TestOnlyCommonDatapointsAreCompared has Logs without a datapoint, and datapoints of one Run alone.
func TestOnlyCommonDatapointsAreCompared(t *testing.T) {
	base := append(marks(100, times(6, "true")...), judgment.Mark{Log: 1, Judgment: judgment.Of(json.Value("true"), false)})
	run := append(marks(200, times(9, "true")...)[1:], judgment.Mark{Log: 2, Judgment: judgment.Of(json.Value("false"), false)})
	d := judgment.Compare([]judgment.Subject{{Content: boolean, Base: base, Run: run}}).Differences[0]
	if d.N != 5 || d.Same != 5 {
		t.Errorf("%+v", d)
	}
}

// TestSeveralLogsOfADatapointCountOnce has four Logs of each datapoint: what looks like 24 improvements is 6.
func TestSeveralLogsOfADatapointCountOnce(t *testing.T) {
	var base, run []judgment.Mark
	for n := range int64(4) {
		base = append(base, marks(100*n, times(6, "0.5")...)...)
		run = append(run, marks(1000+100*n, times(6, fmt.Sprint(n))...)...)
	}
	d := judgment.Compare([]judgment.Subject{{Content: positive, Base: base, Run: run}}).Differences[0]
	if d.N != 6 || d.Improved != 6 || d.Paired.Difference != 1 {
		t.Errorf("%+v", d)
	}
	shares := append(marks(0, times(6, "true")...), marks(100, "true", "true", "true", "false", "false", "false")...)
	d = judgment.Compare([]judgment.Subject{{Content: boolean, Base: marks(300, times(6, "false")...), Run: shares}}).Differences[0]
	if d.N != 6 || d.Improved != 6 || d.Paired.Difference != 0.75 || d.Verdict != judgment.Better {
		t.Errorf("shares: %+v", d)
	}
}

func TestRegressionsAreWorstFirst(t *testing.T) {
	subjects := []judgment.Subject{
		{VersionID: "a", Content: positive, Base: marks(100, "5", "5", "5", "5"), Run: marks(200, "4", "1", "5", "6")},
		{VersionID: "b", Content: negative, Base: marks(100, "5", "5", "5", "5"), Run: marks(200, "6", "4", "5", "9")},
		{VersionID: "c", Content: boolean, Base: marks(100, "true", "true", "false", "true"), Run: marks(200, "true", "true", "true", "false")},
		{VersionID: "d", Content: neutral, Base: marks(100, "5"), Run: marks(200, "4")},
	}
	want := []judgment.Regression{
		{"a", 2, 102, 202, 5, 1}, {"b", 4, 104, 204, 5, 9}, {"c", 4, 104, 204, 1, 0},
		{"a", 1, 101, 201, 5, 4}, {"b", 1, 101, 201, 5, 6},
	}
	if diff := cmp.Diff(want, judgment.Compare(subjects).Regressions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	many := judgment.Compare([]judgment.Subject{{Content: boolean, Base: marks(0, times(500, "true")...), Run: marks(500, times(500, "false")...)}})
	if len(many.Regressions) != 100 {
		t.Errorf("%d regressions", len(many.Regressions))
	}
}

// TestManyEvaluatorsAreCorrected has a difference that is clear alone, and not among ten.
func TestManyEvaluatorsAreCorrected(t *testing.T) {
	base, run := times(7, "false"), times(7, "true")
	subjects := []judgment.Subject{{Content: boolean, Base: marks(0, base...), Run: marks(10, run...)}}
	if got := judgment.Compare(subjects).Differences[0]; got.Verdict != judgment.Better {
		t.Errorf("alone: %+v", got)
	}
	for range 9 {
		subjects = append(subjects, judgment.Subject{Content: boolean, Base: marks(0, base...), Run: marks(10, base...)})
	}
	if got := judgment.Compare(subjects).Differences[0]; got.Verdict != judgment.NoClearDifference || *got.Adjusted != 10*got.Paired.P {
		t.Errorf("among ten: %+v", got)
	}
}

// TestEqualVersionsAreSeldomDifferent compares Runs that were drawn alike: at most 6 % of the comparisons may say otherwise.
func TestEqualVersionsAreSeldomDifferent(t *testing.T) {
	rng := rand.New(rand.NewPCG(20261129, 1))
	const rounds, points = 1000, 60
	different := 0
	for range rounds {
		hard := make([]float64, points) // how hard each datapoint is, in both Runs
		for i := range hard {
			hard[i] = rng.Float64()
		}
		draw := func(of func(hard float64) string) []judgment.Mark {
			out := make([]string, points)
			for i, h := range hard {
				out[i] = of(h)
			}
			return marks(0, out...)
		}
		passed := func(h float64) string { return fmt.Sprint(rng.Float64() > h) }
		rated := func(h float64) string {
			return fmt.Sprint(max(1, min(5, math.Round(5-3*h+rng.NormFloat64()))))
		}
		waited := func(h float64) string { return fmt.Sprint(math.Exp(h + 0.5*rng.NormFloat64())) }
		c := judgment.Compare([]judgment.Subject{
			{Content: boolean, Base: draw(passed), Run: draw(passed)}, {Content: positive, Base: draw(rated), Run: draw(rated)},
			{Content: negative, Base: draw(waited), Run: draw(waited)},
		})
		for _, d := range c.Differences {
			if d.Verdict != judgment.NoClearDifference {
				different++
				break
			}
		}
	}
	t.Logf("%d of %d are called different", different, rounds)
	if different > rounds*6/100 {
		t.Errorf("%d of %d are called different", different, rounds)
	}
}

// TestDetectableDifferencesAreDetected draws Runs that differ by as much as a comparison without a difference says would show.
func TestDetectableDifferencesAreDetected(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	const rounds, points = 400, 100
	found := 0
	for range rounds {
		base, same, other := make([]string, points), make([]string, points), make([]string, points)
		for i := range points {
			level := rng.NormFloat64()
			base[i] = fmt.Sprint(level + rng.NormFloat64())
			same[i] = fmt.Sprint(level + rng.NormFloat64())
		}
		d := judgment.Compare([]judgment.Subject{{Content: positive, Base: marks(0, base...), Run: marks(0, same...)}}).Differences[0]
		if d.Verdict != judgment.NoClearDifference {
			continue
		}
		for i := range points {
			level := judgment.Of(json.Value(base[i]), false).Number
			other[i] = fmt.Sprint(level + *d.Detectable + math.Sqrt2*rng.NormFloat64())
		}
		if judgment.Compare([]judgment.Subject{{Content: positive, Base: marks(0, base...), Run: marks(0, other...)}}).Differences[0].Verdict == judgment.Better {
			found++
		}
	}
	if share := float64(found) / rounds; share < 0.7 || share > 0.87 {
		t.Errorf("it was found in %.0f %% of cases", 100*share)
	}
}

func TestAgreements(t *testing.T) {
	human := func(e *file.Evaluator) *file.Evaluator {
		out := *e
		out.Type = file.HumanEvaluator
		return &out
	}
	judges := []judgment.Judge{
		{"h1", "Tone", human(options), marks(0, `"good"`, `"good"`, `"bad"`, `"bad"`, "null", `"good"`)},
		{"j1", "tone", options, marks(0, `"good"`, `"bad"`, `"bad"`, `"bad"`, `"bad"`, "!")},
		{"j2", "exact", boolean, marks(0, "true", "true")},
		{"h2", "Rating", human(positive), marks(0, "1", "2", "3")},
		{"j3", "rating", positive, marks(0, "2", "4", "6")},
		{"h3", "Note", human(text), marks(0, `"a"`)},
		{"j4", "note", text, marks(0, `"a"`)},
	}
	want := []judgment.Agreement{
		{People: "h1", PeoplePath: "Tone", Judge: "j1", JudgePath: "tone", N: 4, Agreed: 3, Kappa: new(0.5)},
		{People: "h2", PeoplePath: "Rating", Judge: "j3", JudgePath: "rating", N: 3, Correlation: new(1.0)},
	}
	if diff := cmp.Diff(want, judgment.Agreements(judges), cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
