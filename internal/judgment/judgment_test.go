package judgment_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/judgment"
)

func TestOf(t *testing.T) {
	for raw, want := range map[string]judgment.Judgment{
		"":                  {Outcome: judgment.Null},
		" null ":            {Outcome: judgment.Null},
		"true":              {Outcome: judgment.True},
		"false":             {Outcome: judgment.False},
		"0":                 {Outcome: judgment.Number},
		"-1.5e2":            {Outcome: judgment.Number, Number: -150},
		"1e400":             {Outcome: judgment.Number, Number: math.MaxFloat64},
		"-1e400":            {Outcome: judgment.Number, Number: -math.MaxFloat64},
		"1e-400":            {Outcome: judgment.Number},
		`"good"`:            {Outcome: judgment.Chosen, Choice: `"good"`},
		`"g\u006fod"`:       {Outcome: judgment.Chosen, Choice: `"good"`},
		`["b", "a", "b"]`:   {Outcome: judgment.Chosen, Choice: `["a","b"]`},
		`["a"]`:             {Outcome: judgment.Chosen, Choice: `["a"]`},
		`[]`:                {Outcome: judgment.Chosen, Choice: `[]`},
		`{"a":1}`:           {Outcome: judgment.Chosen, Choice: `[]`},
		`"` + long + `"`:    {Outcome: judgment.Chosen},
		"12345678901234567": {Outcome: judgment.Number, Number: 12345678901234567},
	} {
		if diff := cmp.Diff(want, judgment.Of(json.Value(raw), false)); diff != "" {
			t.Errorf("%.40s (-want +got):\n%s", raw, diff)
		}
	}
	if got := judgment.Of(json.Value("true"), true); got.Outcome != judgment.Failed {
		t.Errorf("a judgment beside an error is %v", got)
	}
}

var long = strings.Repeat("x", 2000)

// FuzzOf reads what callers send: every judgment has an outcome, and a choice that is read again is the same.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{"", "null", "1e999", `"a"`, `["a",""]`, `["a",1]`, "[", "\xff", `"\ud800"`, "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		j := judgment.Of(json.Value(raw), false)
		if math.IsInf(j.Number, 0) || math.IsNaN(j.Number) {
			t.Errorf("%q is the number %v", raw, j.Number)
		}
		if j.Choice != "" {
			if again := judgment.Of(json.Value(j.Choice), false); again != j {
				t.Errorf("%q is %v, and read again %v", raw, j, again)
			}
		}
	})
}
