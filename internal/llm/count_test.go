package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Fault B7: a count is read in every form that providers use. A value that tells nothing keeps the previous count.
func TestCount(t *testing.T) {
	for in, want := range map[string]llm.Count{
		`1000`: {N: 1000, Told: true}, `"1000"`: {N: 1000, Told: true}, `1000.0`: {N: 1000, Told: true}, `" 1e3 "`: {N: 1000, Told: true},
		`0`: {N: 7, Told: true}, `-5`: {N: 7, Told: true}, `"0"`: {N: 7, Told: true}, `1e300`: {N: 1 << 40, Told: true},
		`null`: {N: 7}, `[]`: {N: 7}, `{}`: {N: 7}, `"many"`: {N: 7}, `""`: {N: 7}, `true`: {N: 7}, `"NaN"`: {N: 7},
	} {
		got := llm.Count{N: 7}
		if err := json.UnmarshalForeign([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", in, got, err, want)
		}
	}
}
