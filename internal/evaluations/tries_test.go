package evaluations

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

func TestAttemptsAreKeptBesideOtherMetadata(t *testing.T) {
	for before, want := range map[string]string{
		"":                                 `{"openloop":{"attempts":3}}`,
		`{"a":1}`:                          `{"a":1,"openloop":{"attempts":3}}`,
		`{"openloop":{"judge":{"a":"b"}}}`: `{"openloop":{"attempts":3,"judge":{"a":"b"}}}`,
	} {
		if got := attempted(json.Value(before), 3); string(got) != want {
			t.Errorf("%s with attempts is %s, want %s", before, got, want)
		}
	}
	if got := attempted(nil, 0); got != nil {
		t.Errorf("the first attempt is told: %s", got)
	}
}
