package evaluation_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/evaluation"
	"github.com/openloop-server/openloop/internal/json"
)

func TestJudgmentOf(t *testing.T) {
	for raw, want := range map[string]evaluation.Judgment{
		"":                  {Outcome: evaluation.Null},
		" null ":            {Outcome: evaluation.Null},
		"true":              {Outcome: evaluation.True},
		"false":             {Outcome: evaluation.False},
		"0":                 {Outcome: evaluation.Number},
		"-1.5e2":            {Outcome: evaluation.Number, Number: -150},
		"1e400":             {Outcome: evaluation.Number, Number: math.MaxFloat64},
		"-1e400":            {Outcome: evaluation.Number, Number: -math.MaxFloat64},
		"1e-400":            {Outcome: evaluation.Number},
		`"good"`:            {Outcome: evaluation.Chosen, Choice: `"good"`},
		`"g\u006fod"`:       {Outcome: evaluation.Chosen, Choice: `"good"`},
		`["b", "a", "b"]`:   {Outcome: evaluation.Chosen, Choice: `["a","b"]`},
		`["a"]`:             {Outcome: evaluation.Chosen, Choice: `["a"]`},
		`[]`:                {Outcome: evaluation.Chosen, Choice: `[]`},
		`{"a":1}`:           {Outcome: evaluation.Chosen, Choice: `[]`},
		`"` + long + `"`:    {Outcome: evaluation.Chosen},
		"12345678901234567": {Outcome: evaluation.Number, Number: 12345678901234567},
	} {
		if diff := cmp.Diff(want, evaluation.JudgmentOf(json.Value(raw), false)); diff != "" {
			t.Errorf("%.40s (-want +got):\n%s", raw, diff)
		}
	}
	if got := evaluation.JudgmentOf(json.Value("true"), true); got.Outcome != evaluation.Failed {
		t.Errorf("a judgment beside an error is %v", got)
	}
}

var long = strings.Repeat("x", 2000)

// FuzzJudgmentOf reads what callers send: every judgment has an outcome, and a choice that is read again is the same.
func FuzzJudgmentOf(f *testing.F) {
	for _, seed := range []string{"", "null", "1e999", `"a"`, `["a",""]`, `["a",1]`, "[", "\xff", `"\ud800"`, "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		j := evaluation.JudgmentOf(json.Value(raw), false)
		if math.IsInf(j.Number, 0) || math.IsNaN(j.Number) {
			t.Errorf("%q is the number %v", raw, j.Number)
		}
		if j.Choice != "" {
			if again := evaluation.JudgmentOf(json.Value(j.Choice), false); again != j {
				t.Errorf("%q is %v, and read again %v", raw, j, again)
			}
		}
	})
}
