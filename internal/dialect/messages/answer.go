package messages

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// idOf is the id of the answer that a Log keeps.
func idOf(log string) string { return "msg_" + strings.TrimPrefix(log, "log_") }

// Message is the body of a whole answer. Members are there even where nothing is known, because clients validate them.
type Message struct {
	ID           string    `json:"id"`
	Type         string    `json:"type"`
	Role         string    `json:"role"`
	Model        string    `json:"model"`
	Content      []any     `json:"content"`
	StopReason   *string   `json:"stop_reason"`
	StopSequence *string   `json:"stop_sequence"`
	Usage        Usage     `json:"usage"`
	Openloop     *Openloop `json:"openloop,omitzero"`
}

// Openloop is what Anthropic's format has no place for.
type Openloop struct {
	StopReason string `json:"stop_reason,omitempty"` // a provider's own word
}

// Usage is the tokens of a call. The counts of the prompt are of disjoint parts of it; Thinking is a part of Output.
type Usage struct {
	Input         int64        `json:"input_tokens"`
	Output        int64        `json:"output_tokens"`
	CacheCreation int64        `json:"cache_creation_input_tokens"`
	CacheRead     int64        `json:"cache_read_input_tokens"`
	Details       usageDetails `json:"output_tokens_details"`
	ServiceTier   string       `json:"service_tier"`
	Estimated     bool         `json:"estimated,omitzero"` // here, as the provider sent no usage
}

type usageDetails struct {
	Thinking int64 `json:"thinking_tokens"`
}

// Blocks of an answer.
type (
	saidText struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	saidThinking struct {
		Type      string `json:"type"`
		Thinking  string `json:"thinking"`
		Signature string `json:"signature"`
	}
	saidRedacted struct {
		Type string `json:"type"`
		Data string `json:"data"`
	}
	saidCall struct {
		Type      string     `json:"type"`
		ID        string     `json:"id"`
		Name      string     `json:"name"`
		Input     json.Value `json:"input"`
		Signature string     `json:"signature,omitempty"`
	}
)

// NewMessage returns the answer that a Log keeps. asked is how many tokens its prompt has by estimate, for a provider that sends no usage.
func NewMessage(log, model string, m *llm.Message, stop Stop, u llm.Usage, asked int64) *Message {
	reason, own := stop.reason(m.ToolCalls)
	return &Message{
		ID: idOf(log), Type: "message", Role: string(llm.Assistant), Model: model, Content: said(m), StopReason: &reason, StopSequence: stop.sequence(reason),
		Usage: usageOf(u, asked, m), Openloop: own,
	}
}

// said returns what a model said as blocks. There is none for an empty text, which clients may not send back.
func said(m *llm.Message) []any {
	out := []any{}
	for _, p := range m.Pieces() {
		switch p.Kind {
		case llm.ThinkingPiece:
			t := &m.Thinking[p.Index]
			if t.Type == llm.RedactedThinkingBlock {
				out = append(out, saidRedacted{blockRedacted, t.Data})
			} else {
				out = append(out, saidThinking{blockThinking, t.Thinking, t.Signature})
			}
		case llm.CallPiece:
			c := &m.ToolCalls[p.Index]
			out = append(out, saidCall{blockCall, c.ID, c.Function.Name, c.Function.Object(), c.Signature})
		case llm.TextPiece:
			if text := m.Content.Part(p.Index).Text; text != "" {
				out = append(out, saidText{blockText, text})
			}
		}
	}
	return out
}

// usageOf returns what m used, by estimate if the provider did not say it.
func usageOf(u llm.Usage, asked int64, m *llm.Message) Usage {
	if !u.Known {
		return Usage{Input: asked, Output: tokens.OfMessage(m), ServiceTier: standardTier, Estimated: true}
	}
	return Usage{
		Input: u.Input, Output: u.Completion(), CacheCreation: u.CacheWrite, CacheRead: u.CachedInput,
		Details: usageDetails{u.Reasoning}, ServiceTier: cmp.Or(u.Tier, standardTier),
	}
}

const standardTier = "standard"

// stopReasons are Anthropic's words.
var stopReasons = map[llm.FinishReason]string{
	llm.FinishStop: stopEnd, llm.FinishLength: "max_tokens", llm.FinishContentFilter: "refusal", "pause_turn": "pause_turn", llm.FinishToolCalls: stopEnd, "": stopEnd,
}

const stopEnd = "end_turn"

// Stop is why a model stopped, and the text at which it did, if it was one.
type Stop struct {
	Finish   llm.FinishReason
	Sequence string
}

// reason returns Anthropic's word for why a model stopped. A provider's own word stands aside. A call decides, whatever the provider says,
// because clients make calls only then; but not one that was cut off in the middle.
func (s Stop) reason(calls []llm.ToolCall) (string, *Openloop) {
	word, known := stopReasons[s.Finish]
	switch {
	case len(calls) > 0 && (s.Finish != llm.FinishLength || json.Valid([]byte(calls[len(calls)-1].Function.Text()))):
		return "tool_use", nil
	case s.Sequence != "":
		return stopSequence, nil
	case !known:
		return stopEnd, &Openloop{StopReason: string(s.Finish)}
	}
	return word, nil
}

const stopSequence = "stop_sequence"

// sequence is the text at which the model stopped, if that is the reason.
func (s Stop) sequence(reason string) *string {
	if reason != stopSequence {
		return nil
	}
	return &s.Sequence
}
