package errs_test

import (
	"strings"
	"testing"

	"openloop/internal/errs"
)

func TestNearest(t *testing.T) {
	known := []string{"inputs", "id", "messages", "max_tokens", "openai", "openai_azure", "temperature"}
	for name, want := range map[string]string{
		"input": "inputs", "Inputs": "inputs", "mesages": "messages", "maxTokens": "max_tokens", "max-tokens": "max_tokens", "opena": "openai",
		"opneai": "openai", "openai-azur": "openai_azure", "temprature": "temperature", "ids": "id",
		"": "", "x": "", "ab": "", "colour": "", strings.Repeat("inputs", 20): "",
	} {
		if got := errs.Nearest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
