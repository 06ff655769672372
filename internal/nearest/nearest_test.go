package nearest_test

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/nearest"
)

func TestNearest(t *testing.T) {
	known := []string{"inputs", "id", "messages", "max_tokens", "openai", "openai_azure", "temperature"}
	for name, want := range map[string]string{
		"input": "inputs", "Inputs": "inputs", "mesages": "messages", "maxTokens": "max_tokens", "max-tokens": "max_tokens", "opena": "openai",
		"opneai": "openai", "openai-azur": "openai_azure", "temprature": "temperature", "ids": "id",
		"": "", "x": "", "ab": "", "colour": "", strings.Repeat("inputs", 20): "",
	} {
		if got := nearest.Name(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
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
