package anthropic

import "github.com/openloop-server/openloop/internal/llm"

const (
	minBudget  = 1024  // the least that the API takes
	answerRoom = 8_192 // kept for the answer beside a budget when the caller gives no max_tokens
)

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
func (out *request) reason(r *llm.Request) error {
	v := llm.ClaudeOf(r.Model)
	out.MaxTokens = r.MaxTokens
	if r.MaxTokens <= 0 {
		out.MaxTokens = maxTokens(v)
	}
	switch {
	case r.Effort == llm.Effort{}:
		return nil
	case r.Effort.Level == "none":
		out.Thinking = &thinking{Type: "disabled"}
		return nil
	case r.Effort.Level == "":
		return out.budget(r)
	case v >= llm.Claude46:
		out.adapt(r.Effort.Level)
		return nil
	default:
		return out.level(r)
	}
}

// adapt lets the model decide how much to think. Newer models leave the text of their thinking out unless it is asked for.
func (out *request) adapt(level string) {
	if level == "minimal" {
		level = "low"
	}
	out.Thinking = &thinking{Type: "adaptive", Display: "summarized"}
	out.OutputConfig = &outputConfig{Effort: level}
}

// budget sets the budget that the caller gave in tokens.
func (out *request) budget(r *llm.Request) error {
	n := r.Effort.Budget
	if r.MaxTokens > 0 && r.MaxTokens <= n {
		return llm.Unsupported("max_tokens",
			"Anthropic counts thinking toward max_tokens, so max_tokens (%d) has to be greater than reasoning_effort (%d).", r.MaxTokens, n)
	}
	if r.MaxTokens <= 0 {
		out.MaxTokens = max(out.MaxTokens, n+answerRoom)
	}
	out.Thinking = &thinking{Type: "enabled", BudgetTokens: n}
	return nil
}

// level sets the budget that stands for a level.
func (out *request) level(r *llm.Request) error {
	n, ok := r.Effort.Tokens()
	if !ok {
		return llm.Unsupported("reasoning_effort",
			"The model %s takes a reasoning_effort of none, low, medium, high or a number of tokens, not %s.", r.Model, r.Effort.Level)
	}
	if r.MaxTokens <= 0 {
		out.MaxTokens = max(out.MaxTokens, n+answerRoom)
	}
	if n >= out.MaxTokens {
		n = max(out.MaxTokens/2, minBudget)
	}
	if n >= out.MaxTokens {
		return llm.Unsupported("max_tokens", "To reason, the model %s needs max_tokens greater than %d.", r.Model, minBudget)
	}
	out.Thinking = &thinking{Type: "enabled", BudgetTokens: n}
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
