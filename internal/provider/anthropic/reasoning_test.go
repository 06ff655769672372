package anthropic

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/llm"
)

func TestReason(t *testing.T) {
	type out struct {
		MaxTokens int
		Thinking  *thinking
		Effort    string
	}
	enabled := func(n int) *thinking { return &thinking{Type: "enabled", BudgetTokens: n} }
	adaptive := &thinking{Type: "adaptive", Display: "summarized"}
	for _, c := range []struct {
		name, model string
		maxTokens   int
		effort      llm.Effort
		want        out
	}{
		{"default of Claude 3", "claude-3-opus-20240229", 0, llm.Effort{}, out{MaxTokens: 4_096}},
		{"default of Claude 3.5", "claude-3-5-haiku-latest", -1, llm.Effort{}, out{MaxTokens: 8_192}},
		{"default of Claude 4", "claude-opus-4-1", 0, llm.Effort{}, out{MaxTokens: 32_000}},
		{"default of Claude 4.5", "claude-opus-4-5", 0, llm.Effort{}, out{MaxTokens: 64_000}},
		{"default of Claude 5", "claude-opus-5", 0, llm.Effort{}, out{MaxTokens: 64_000}},
		{"default of another model", "MiniMax-M2", 0, llm.Effort{}, out{MaxTokens: 8_192}},
		{"given", "claude-opus-5", 5, llm.Effort{}, out{MaxTokens: 5}},

		{"budget below max_tokens", model, 4_000, llm.Effort{Budget: 2_000}, out{MaxTokens: 4_000, Thinking: enabled(2_000)}},
		{"budget below the default", model, 0, llm.Effort{Budget: 2_000}, out{MaxTokens: 64_000, Thinking: enabled(2_000)}},
		{"budget near the default", model, 0, llm.Effort{Budget: 60_000}, out{MaxTokens: 68_192, Thinking: enabled(60_000)}},

		{"low", model, 4_000, llm.Effort{Level: "low"}, out{MaxTokens: 4_000, Thinking: enabled(1_024)}},
		{"minimal", model, 4_000, llm.Effort{Level: "minimal"}, out{MaxTokens: 4_000, Thinking: enabled(1_024)}},
		{"medium", model, 0, llm.Effort{Level: "medium"}, out{MaxTokens: 64_000, Thinking: enabled(8_192)}},
		{"high", "MiniMax-M2", 0, llm.Effort{Level: "high"}, out{MaxTokens: 32_768, Thinking: enabled(24_576)}},
		{"high, halved", model, 4_000, llm.Effort{Level: "high"}, out{MaxTokens: 4_000, Thinking: enabled(2_000)}},
		{"high, at the least", model, 1_500, llm.Effort{Level: "high"}, out{MaxTokens: 1_500, Thinking: enabled(1_024)}},
		{"none", model, 5, llm.Effort{Level: "none"}, out{MaxTokens: 5, Thinking: &thinking{Type: "disabled"}}},

		{"adaptive", "claude-opus-4-6", 5, llm.Effort{Level: "high"}, out{MaxTokens: 5, Thinking: adaptive, Effort: "high"}},
		{"adaptive, minimal", "claude-sonnet-5", 5, llm.Effort{Level: "minimal"}, out{MaxTokens: 5, Thinking: adaptive, Effort: "low"}},
		{"adaptive, a further level", "claude-sonnet-5", 5, llm.Effort{Level: "max"}, out{MaxTokens: 5, Thinking: adaptive, Effort: "max"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var req request
			if err := req.reason(&llm.Request{Model: c.model, MaxTokens: c.maxTokens, Effort: c.effort}); err != nil {
				t.Fatal(err)
			}
			got := out{MaxTokens: req.MaxTokens, Thinking: req.Thinking}
			if req.OutputConfig != nil {
				got.Effort = req.OutputConfig.Effort
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("reason (-want +got):\n%s", d)
			}
		})
	}
}
