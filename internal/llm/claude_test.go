package llm_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
)

func TestClaudeOf(t *testing.T) {
	for name, want := range map[string]llm.ClaudeRelease{
		"claude-3-haiku-20240307":           300,
		"claude-3-5-sonnet-20241022":        305,
		"claude-3.7-sonnet":                 307,
		"claude-sonnet-4-20250514":          400,
		"claude-opus-4-1-20250805":          401,
		"claude-haiku-4-5@20251001":         405,
		"us.anthropic.claude-opus-4-6-v1:0": 406,
		"claude-sonnet-5":                   500,
		"claude-fable-5-1":                  501,
		"claude-2.1":                        201,
		"claude-latest":                     0,
		"claude-":                           0,
		"kimi-k2":                           0,
		"":                                  0,
		"claude-opus-99999999999999999999-4-20250514x": 400,
	} {
		if got := llm.ClaudeOf(name); got != want {
			t.Errorf("ClaudeOf(%q) = %d, want %d", name, got, want)
		}
	}
}
