package cli

import (
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// FuzzReadCondition reads conditions on judgments: the judgment of an accepted one is JSON.
func FuzzReadCondition(f *testing.F) {
	for _, text := range []string{"rating=bad", "a/b<0.5", "a>=1", "a!=true", "=", "a=", "<1", "a=\"x", "a=1e999", "a==b", "a!b", "a=\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := readCondition(text)
		if ok && (c.Path == "" || c.Operator == "" || !json.Valid(c.Judgment)) {
			t.Errorf("%q is %+v", text, c)
		}
	})
}
