package anthropic

import (
	"strconv"
	"strings"

	"openloop/internal/llm"
)

const (
	minBudget  = 1024  // the least that the API takes
	answerRoom = 8_192 // kept for the answer beside a budget when the caller gives no max_tokens
)

// release is a version of Claude as major*100 + minor; 0 is unknown.
type release int

const (
	claude35 release = 305
	claude37 release = 307
	claude45 release = 405
	claude46 release = 406
)

// releaseOf reads the version in a model's name, which is after the family ("claude-sonnet-4-5-20250929") or before it
// ("claude-3-7-sonnet-20250219"), also inside the longer names of other clouds ("us.anthropic.claude-opus-4-6-v1").
func releaseOf(model string) release {
	_, rest, ok := strings.Cut(model, "claude-")
	if !ok {
		return 0
	}
	major := -1
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("-.@:", r) }) {
		n, err := strconv.Atoi(part)
		number := err == nil && n >= 0 && n < 100
		if major >= 0 && number {
			return release(major*100 + n)
		}
		if major >= 0 {
			break
		}
		if number {
			major = n
		}
	}
	return release(max(major, 0) * 100)
}

// maxTokens is the default for the parameter that the API requires: as much as the family can write, or a round number below.
func (v release) maxTokens() int {
	switch {
	case v == 0:
		return 8_192
	case v < claude35:
		return 4_096
	case v < claude37:
		return 8_192
	case v < claude45:
		return 32_000
	default:
		return 64_000
	}
}

// reason sets max_tokens and thinking, which depend on each other.
func (out *request) reason(r *llm.Request) error {
	v := releaseOf(r.Model)
	out.MaxTokens = r.MaxTokens
	if r.MaxTokens <= 0 {
		out.MaxTokens = v.maxTokens()
	}
	switch {
	case r.Effort == llm.Effort{}:
		return nil
	case r.Effort.Level == "none":
		out.Thinking = &thinking{Type: "disabled"}
		return nil
	case r.Effort.Level == "":
		return out.budget(r)
	case v >= claude46:
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
	n := 0
	switch r.Effort.Level {
	case "minimal", "low":
		n = minBudget
	case "medium":
		n = 8_192
	case "high":
		n = 24_576
	default:
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
