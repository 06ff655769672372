package llm

import (
	"strconv"
	"strings"
)

// ClaudeRelease is a version of Claude: major*100 + minor. Claude 3.7 is 307. Zero means unknown.
type ClaudeRelease int

// The releases that changed how a request is written.
const (
	Claude35 ClaudeRelease = 305
	Claude37 ClaudeRelease = 307
	Claude45 ClaudeRelease = 405
	Claude46 ClaudeRelease = 406
)

// ClaudeOf reads the version from the name of a model, 0 if it has none. The version follows the family ("claude-sonnet-4-5-20250929") or
// precedes it ("claude-3-7-sonnet-20250219"). Longer names of other clouds work too ("us.anthropic.claude-opus-4-6-v1").
func ClaudeOf(model string) ClaudeRelease {
	_, rest, ok := strings.Cut(model, "claude-")
	if !ok {
		return 0
	}
	major := -1
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("-.@:/", r) }) {
		n, err := strconv.Atoi(part)
		number := err == nil && n >= 0 && n < 100
		if major >= 0 && number {
			return ClaudeRelease(major*100 + n)
		}
		if major >= 0 {
			break
		}
		if number {
			major = n
		}
	}
	return ClaudeRelease(max(major, 0) * 100)
}

// ClaudeThinking is the member thinking of a request to Claude. BudgetTokens is 0 unless Type is "enabled".
type ClaudeThinking struct {
	Type         string `json:"type"`
	BudgetTokens int    `json:"budget_tokens,omitzero"`
	Display      string `json:"display,omitzero"`
}

// ClaudeRoom is the number of tokens left for the answer, on top of the thinking budget, when the caller gives no max_tokens.
const ClaudeRoom = 8_192

// ThinkAsClaude translates r.Effort, which must be set, into Claude's thinking. From Claude 4.6 on, level is the level of effort to send
// beside it; else it is "". The error is unsupported_parameter: the level has no budget, or the budget does not fit max_tokens. Its message
// names counter as the one that counts thinking toward max_tokens.
func (r *Request) ThinkAsClaude(counter string) (thinking *ClaudeThinking, level string, err error) {
	switch level = r.Effort.Level; {
	case level == "none":
		return &ClaudeThinking{Type: "disabled"}, "", nil
	case level != "" && ClaudeOf(r.Model) >= Claude46:
		if level == "minimal" {
			level = "low"
		}
		// Newer models omit the text of their thinking unless the request asks for it.
		display := "summarized"
		if r.HideThinking {
			display = "omitted"
		}
		return &ClaudeThinking{Type: "adaptive", Display: display}, level, nil
	}
	n, err := r.claudeBudget(counter)
	return &ClaudeThinking{Type: "enabled", BudgetTokens: n}, "", err
}

// claudeBudget returns the thinking budget in tokens: the caller's own, or the one that stands for the level. The latter is reduced to half
// of max_tokens when it would not fit.
func (r *Request) claudeBudget(counter string) (int, error) {
	const least = 1024 // the smallest budget that Claude accepts
	if n := r.Effort.Budget; r.Effort.Level == "" {
		if r.MaxTokens > 0 && r.MaxTokens <= n {
			return 0, Unsupported("max_tokens",
				"%s counts thinking toward max_tokens, so max_tokens (%d) has to be greater than reasoning_effort (%d).", counter, r.MaxTokens, n)
		}
		return n, nil
	}
	n, ok := r.Effort.Tokens()
	if !ok {
		return 0, Unsupported("reasoning_effort",
			"The model %s takes a reasoning_effort of none, low, medium, high or a number of tokens, not %s.", r.Model, r.Effort.Level)
	}
	if r.MaxTokens > 0 && n >= r.MaxTokens {
		n = max(r.MaxTokens/2, least)
	}
	if r.MaxTokens > 0 && n >= r.MaxTokens {
		return 0, Unsupported("max_tokens", "To reason, the model %s needs max_tokens greater than %d.", r.Model, least)
	}
	return n, nil
}
