package chat

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// IDPrefix begins the id of every answer.
const IDPrefix = "chatcmpl-"

// Completion is the body of a whole answer. Members are there even where nothing is known, because clients validate them.
type Completion struct {
	ID                string             `json:"id"`
	Object            string             `json:"object"`
	Created           int64              `json:"created"` // Unix time in seconds
	Model             string             `json:"model"`
	Choices           []CompletionChoice `json:"choices"`
	Usage             *Usage             `json:"usage"`
	SystemFingerprint *string            `json:"system_fingerprint"`
	ServiceTier       *string            `json:"service_tier"`
}

// CompletionChoice is one sample of an answer.
type CompletionChoice struct {
	Index        int        `json:"index"`
	Message      Said       `json:"message"`
	LogProbs     json.Value `json:"logprobs"`
	FinishReason string     `json:"finish_reason"`
	Openloop     *Openloop  `json:"openloop,omitzero"`
}

// Openloop is what OpenAI's format has no place for.
type Openloop struct {
	FinishReason string `json:"finish_reason,omitempty"` // a provider's own word
}

// Said is what a model said.
type Said struct {
	Role             string            `json:"role"`
	Content          *string           `json:"content"`
	Refusal          *string           `json:"refusal"`
	Annotations      []any             `json:"annotations"`
	ToolCalls        []ToolCall        `json:"tool_calls,omitempty"`
	ReasoningContent string            `json:"reasoning_content,omitempty"`
	ReasoningDetails []ReasoningDetail `json:"reasoning_details,omitempty"`
}

// Usage is the tokens of a call. The parts are of the sums above them.
type Usage struct {
	PromptTokens     int64         `json:"prompt_tokens"`
	CompletionTokens int64         `json:"completion_tokens"`
	TotalTokens      int64         `json:"total_tokens"`
	Prompt           promptUsage   `json:"prompt_tokens_details"`
	Completion       answeredUsage `json:"completion_tokens_details"`
}

type promptUsage struct {
	CachedTokens     int64 `json:"cached_tokens"`
	CacheWriteTokens int64 `json:"cache_write_tokens"`
}

type answeredUsage struct {
	ReasoningTokens int64 `json:"reasoning_tokens"`
}

// NewCompletion returns an answer without choices.
func NewCompletion(id string, created int64, model string) *Completion {
	return &Completion{ID: IDPrefix + id, Object: "chat.completion", Created: created, Model: model, Choices: []CompletionChoice{}}
}

// Add adds a sample. u is what it used; tokens of several samples add up.
func (a *Completion) Add(m *llm.Message, finish llm.FinishReason, logProbs json.Value, u llm.Usage) {
	reason, own := finishOf(finish, m, false)
	a.Choices = append(a.Choices, CompletionChoice{Index: len(a.Choices), Message: said(m), LogProbs: json.Object(logProbs), FinishReason: reason, Openloop: own})
	if u.Known {
		a.Usage = a.Usage.plus(usageOf(u))
	}
}

func usageOf(u llm.Usage) *Usage {
	return &Usage{
		PromptTokens: u.Prompt(), CompletionTokens: u.Completion(), TotalTokens: u.Prompt() + u.Completion(),
		Prompt: promptUsage{u.CachedInput, u.CacheWrite}, Completion: answeredUsage{u.Reasoning},
	}
}

// plus adds another sample. The prompt was sent once for each.
func (u *Usage) plus(v *Usage) *Usage {
	if u == nil {
		return v
	}
	return &Usage{
		PromptTokens: u.PromptTokens + v.PromptTokens, CompletionTokens: u.CompletionTokens + v.CompletionTokens, TotalTokens: u.TotalTokens + v.TotalTokens,
		Prompt:     promptUsage{u.Prompt.CachedTokens + v.Prompt.CachedTokens, u.Prompt.CacheWriteTokens + v.Prompt.CacheWriteTokens},
		Completion: answeredUsage{u.Completion.ReasoningTokens + v.Completion.ReasoningTokens},
	}
}

func said(m *llm.Message) Said {
	out := Said{Role: string(llm.Assistant), Annotations: []any{}, ReasoningDetails: details(m.Thinking)}
	text := m.Content.String()
	if m.Refusal != "" {
		text, out.Refusal = strings.TrimSuffix(text, m.Refusal), &m.Refusal
	}
	if text != "" || len(m.ToolCalls) == 0 && m.Refusal == "" {
		out.Content = &text
	}
	for _, c := range m.ToolCalls {
		out.ToolCalls = append(out.ToolCalls, ToolCall{ID: c.ID, Type: function, Function: FunctionCall{Name: c.Function.Name, Arguments: c.Function.Text()}, Signature: c.Signature})
	}
	for _, t := range m.Thinking {
		out.ReasoningContent += t.Thinking
	}
	return out
}

// details returns thinking in the form in which it can come back.
func details(blocks []llm.Thinking) []ReasoningDetail {
	var out []ReasoningDetail
	for i, t := range blocks {
		d := ReasoningDetail{Type: reasoningText, Text: t.Thinking, Signature: t.Signature, Index: &i}
		if t.Type == llm.RedactedThinkingBlock {
			d = ReasoningDetail{Type: reasoningEncrypted, Data: t.Data, Index: &i}
		}
		out = append(out, d)
	}
	return out
}

// finishOf returns OpenAI's word for why a model stopped, after it said m. Clients know no others, so a provider's own word stands aside. A call
// decides, whatever the provider says, and so does a refusal, which is whole.
func finishOf(f llm.FinishReason, m *llm.Message, called bool) (string, *Openloop) {
	called = called || len(m.ToolCalls) > 0
	switch {
	case called && f != llm.FinishLength && f != llm.FinishContentFilter:
		return string(llm.FinishToolCalls), nil
	case f == llm.FinishContentFilter && m.Refusal != "":
		return string(llm.FinishStop), nil
	}
	switch f {
	case llm.FinishLength, llm.FinishContentFilter, llm.FinishStop:
		return string(f), nil
	case llm.FinishToolCalls, "":
		return string(llm.FinishStop), nil
	}
	return string(llm.FinishStop), &Openloop{FinishReason: string(f)}
}
