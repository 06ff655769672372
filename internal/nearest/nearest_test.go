package nearest_test

import (
	"testing"

	"openloop/internal/nearest"
)

func TestName(t *testing.T) {
	names := []string{"inputs", "input_schema", "model", "modes"}
	for word, want := range map[string]string{
		"inputs": "inputs", "input": "inputs", "imputs": "inputs", "inptus": "inputs", "modek": "model", "modea": "model", "mod": "model", "x": "", "": "",
	} {
		if got := nearest.Name(word, names, 2); got != want {
			t.Errorf("Name(%q) is %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"kitten", "sitting", 3}, {"same", "same", 0}} {
		if got := nearest.Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) is %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
