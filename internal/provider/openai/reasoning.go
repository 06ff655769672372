package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/reasoning"
	"github.com/openloop-server/openloop/internal/vendor"
)

// reasoning adds what m reasoned, to the member where v wants it.
func (b object) reasoning(v *Vendor, model string, m *llm.Message) object {
	place := v.Reasoning
	switch place {
	case vendor.ReasoningDropped, vendor.ReasoningParts:
		return b
	case vendor.ReasoningDetails:
		if details := reasoning.Sealed(v.signer(), model, m.Thinking); len(details) > 0 {
			return append(append(append(b.name(string(place)), '['), details...), ']')
		}
		place = vendor.ReasoningText
	case vendor.ReasoningContent, vendor.ReasoningText:
	}
	return b.text(string(place), thoughts(m))
}

// thoughts is the readable reasoning of m.
func thoughts(m *llm.Message) string {
	var all string
	for i := range m.Thinking {
		all += m.Thinking[i].Thinking
	}
	return all
}

// thinkingParts adds the content of m as a list, with its reasoning as the first part.
func (b object) thinkingParts(m *llm.Message) object {
	b = append(b, `[{"type":"thinking","thinking":[{"type":"text","text":`...)
	b = append(json.AppendString(b, thoughts(m)), "}]}"...)
	if parts := m.Content.List(); len(parts) > 0 {
		b = append(b, ',').chatParts(parts)
	}
	return append(b, ']')
}
