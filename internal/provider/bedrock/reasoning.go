package bedrock

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// family is the maker's line of a model, as far as its parameters differ.
type family int

const (
	otherFamily family = iota
	claude
	nova
	openWeight // takes a flat reasoning_effort
	gpt        // takes reasoning.effort, as the Responses API does
)

// familyOf reads the family in a model's id, which may have a region before it ("us.anthropic.claude-…") or stand in an ARN.
// The ids that customers give to profiles of their own tell none.
func familyOf(model string) family {
	for _, f := range [...]struct {
		sign string
		is   family
	}{
		{"anthropic.claude", claude}, {"amazon.nova", nova},
		{"openai.gpt-oss", openWeight}, {"moonshot", openWeight}, {"openai.", gpt},
	} {
		if strings.Contains(model, f.sign) {
			return f.is
		}
	}
	return otherFamily
}

// signerOf is who signs a model's reasoning. A profile of a customer's own tells no family; it can only be Claude's that is signed.
func signerOf(model string) llm.Signer {
	if f := familyOf(model); f == claude || f == otherFamily && strings.HasPrefix(model, "arn:") {
		return llm.Claude
	}
	return llm.Signer{Name: slug}
}

// effort are the parameters of reasoning, as the families name them.
type effort struct {
	Thinking        *llm.ClaudeThinking `json:"thinking,omitzero"`        // Claude
	OutputConfig    *effortLevel        `json:"output_config,omitzero"`   // Claude, from 4.6 on
	ReasoningConfig *reasoningConfig    `json:"reasoningConfig,omitzero"` // Amazon Nova
	ReasoningEffort string              `json:"reasoning_effort,omitzero"`
	Reasoning       *effortLevel        `json:"reasoning,omitzero"`
}

type effortLevel struct {
	Effort string `json:"effort"`
}

type reasoningConfig struct {
	Type               string `json:"type"`
	MaxReasoningEffort string `json:"maxReasoningEffort,omitzero"`
}

// reason writes the reasoning effort as the model's family wants it.
func (out *request) reason(r *llm.Request) error {
	if r.Effort == (llm.Effort{}) {
		return nil
	}
	var e effort
	f, level := familyOf(r.Model), r.Effort.Level
	switch {
	case f == claude:
		var err error
		if e.Thinking, level, err = r.ThinkAsClaude("Claude"); err != nil {
			return err
		}
		if level != "" {
			e.OutputConfig = &effortLevel{level}
		}
		enabled := e.Thinking.Type == "enabled"
		if enabled && r.MaxTokens <= 0 {
			out.Inference.MaxTokens = e.Thinking.BudgetTokens + llm.ClaudeRoom
		}
		if enabled && resumesUnthought(out.Messages) {
			return nil
		}
	case level == "" || f == otherFamily:
		return llm.Unsupported("reasoning_effort", "%s for the model %s of Amazon Bedrock. Send the model's own parameter in other.", untranslatable(level), r.Model)
	case f == nova && level == "none":
		e.ReasoningConfig = &reasoningConfig{Type: "disabled"}
	case f == nova:
		e.ReasoningConfig = &reasoningConfig{Type: "enabled", MaxReasoningEffort: level}
	case f == openWeight:
		e.ReasoningEffort = level
	case f == gpt:
		e.Reasoning = &effortLevel{level}
	}
	var err error
	out.ModelFields, err = json.Marshal(&e)
	return err
}

func untranslatable(level string) string {
	if level == "" {
		return "A reasoning_effort in tokens cannot be translated"
	}
	return "A reasoning_effort cannot be translated"
}

// resumesUnthought reports whether the model is to go on with an answer that called tools and did not begin with reasoning, as that of
// another model. With a budget for thinking Claude refuses it.
func resumesUnthought(turns []message) bool {
	i := len(turns) - 1
	for i > 0 && turns[i].Content[0].ToolResult != nil {
		i -= 2 // to the user's turn before the calls
	}
	return i < len(turns)-1 && turns[i+1].Content[0].Reasoning == nil
}
