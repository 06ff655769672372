package anthropic

import "github.com/openloop-server/openloop/internal/llm"

// maxTokens is the default for the parameter that the API requires: as much as the family can write, or a round number below.
func maxTokens(v llm.ClaudeRelease) int {
	switch {
	case v == 0:
		return 8_192
	case v < llm.Claude35:
		return 4_096
	case v < llm.Claude37:
		return 8_192
	case v < llm.Claude45:
		return 32_000
	default:
		return 64_000
	}
}

// reason sets max_tokens and thinking, which depend on each other.
func (out *request) reason(r *llm.Request) (err error) {
	out.MaxTokens = r.MaxTokens
	if r.MaxTokens <= 0 {
		out.MaxTokens = maxTokens(llm.ClaudeOf(r.Model))
	}
	if r.Effort == (llm.Effort{}) {
		return nil
	}
	var level string
	if out.Thinking, level, err = r.ThinkAsClaude("Anthropic"); err != nil {
		return err
	}
	if level != "" {
		out.OutputConfig = &outputConfig{Effort: level}
	}
	if r.MaxTokens <= 0 && out.Thinking.Type == "enabled" {
		out.MaxTokens = max(out.MaxTokens, out.Thinking.BudgetTokens+llm.ClaudeRoom)
	}
	return nil
}

// resumesUnthought reports whether the model is to go on with an answer that called tools and did not begin with thinking, as that of
// another provider. With a budget for thinking the API refuses it.
func resumesUnthought(turns []message) bool {
	i := len(turns) - 1
	for i > 0 && turns[i].Content[0].Type == "tool_result" {
		i -= 2 // to the user's turn before the calls
	}
	if i == len(turns)-1 {
		return false
	}
	first := turns[i+1].Content[0].Type
	return first != "thinking" && first != "redacted_thinking"
}
