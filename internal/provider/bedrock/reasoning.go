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
	Thinking        *thinking        `json:"thinking,omitzero"`        // Claude
	OutputConfig    *effortLevel     `json:"output_config,omitzero"`   // Claude, from 4.6 on
	ReasoningConfig *reasoningConfig `json:"reasoningConfig,omitzero"` // Amazon Nova
	ReasoningEffort string           `json:"reasoning_effort,omitzero"`
	Reasoning       *effortLevel     `json:"reasoning,omitzero"`
}

type thinking struct {
	Type         string `json:"type"`
	BudgetTokens int    `json:"budget_tokens,omitzero"`
	Display      string `json:"display,omitzero"`
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
		thinks, err := out.think(r)
		if err != nil {
			return err
		}
		if e = thinks; e.Thinking.Type == "enabled" && resumesUnthought(out.Messages) {
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

const (
	minBudget  = 1024  // the least that Claude takes
	answerRoom = 8_192 // kept for the answer beside a budget when the caller gives no max_tokens
)

// think sets Claude's thinking and max_tokens, which depend on each other.
func (out *request) think(r *llm.Request) (effort, error) {
	level := r.Effort.Level
	switch {
	case level == "none":
		return effort{Thinking: &thinking{Type: "disabled"}}, nil
	case level != "" && llm.ClaudeOf(r.Model) >= llm.Claude46:
		if level == "minimal" {
			level = "low"
		}
		// Newer models leave the text of their thinking out unless it is asked for.
		return effort{Thinking: &thinking{Type: "adaptive", Display: "summarized"}, OutputConfig: &effortLevel{level}}, nil
	}
	n, err := budget(r)
	if err != nil {
		return effort{}, err
	}
	if r.MaxTokens <= 0 {
		out.Inference.MaxTokens = n + answerRoom
	}
	return effort{Thinking: &thinking{Type: "enabled", BudgetTokens: n}}, nil
}

// budget is Claude's thinking budget in tokens: the one given, or the one that stands for a level, halved with max_tokens where it
// would not fit.
func budget(r *llm.Request) (int, error) {
	if n := r.Effort.Budget; r.Effort.Level == "" {
		if r.MaxTokens > 0 && r.MaxTokens <= n {
			return 0, llm.Unsupported("max_tokens",
				"Claude counts thinking toward max_tokens, so max_tokens (%d) has to be greater than reasoning_effort (%d).", r.MaxTokens, n)
		}
		return n, nil
	}
	n, ok := r.Effort.Tokens()
	if !ok {
		return 0, llm.Unsupported("reasoning_effort",
			"The model %s takes a reasoning_effort of none, low, medium, high or a number of tokens, not %s.", r.Model, r.Effort.Level)
	}
	if r.MaxTokens > 0 && n >= r.MaxTokens {
		n = max(r.MaxTokens/2, minBudget)
	}
	if r.MaxTokens > 0 && n >= r.MaxTokens {
		return 0, llm.Unsupported("max_tokens", "To reason, the model %s needs max_tokens greater than %d.", r.Model, minBudget)
	}
	return n, nil
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
