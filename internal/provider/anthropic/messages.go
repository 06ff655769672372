package anthropic

import (
	"github.com/openloop-server/openloop/internal/llm"
)

var turns = llm.TurnWire[block]{
	Vendor: "Anthropic", IDs: llm.CallIDs{Words: true}, Image: encodeImage, Assistant: encodeAssistant,
	Text: func(text string) block { return block{Type: "text", Text: text} },
	Result: func(_ []llm.Message, m *llm.Message, content []block) ([]block, error) {
		return []block{{Type: "tool_result", ToolUseID: m.ToolCallID, Content: content}}, nil
	},
}

// settle takes the white space from the end of an answer that the model is to go on with, which the API refuses.
func settle(turns []message) {
	last := &turns[len(turns)-1]
	if end := &last.Content[len(last.Content)-1]; last.Role == llm.Assistant && end.Type == "text" {
		end.Text = llm.TrimEnd(end.Text)
	}
}

func encodeImage(i llm.ImageURL) (block, error) {
	if mediaType, data, ok := i.Inline(); ok {
		switch mediaType {
		case "image/png", "image/jpeg", "image/gif", "image/webp":
			return block{Type: "image", Source: &source{Type: "base64", MediaType: mediaType, Data: data}}, nil
		}
		return block{}, llm.Unsupported("messages", "Anthropic takes images of type PNG, JPEG, GIF and WebP, not %q.", mediaType)
	}
	if !i.Remote() {
		return block{}, llm.Unsupported("messages", "Anthropic takes an image as an http or https URL or as a base64 data URI.")
	}
	return block{Type: "image", Source: &source{Type: "url", URL: i.URL}}, nil
}

// encodeAssistant puts thinking first, as the API demands. Only thinking that Claude signed goes back, and none of an answer that ended
// with it: the API refuses a turn that does.
func encodeAssistant(m *llm.Message, content []block) []block {
	if len(content)+len(m.ToolCalls) == 0 {
		return nil
	}
	out := append(encodeThinking(m.Thinking), content...)
	for _, c := range m.ToolCalls {
		out = append(out, block{Type: "tool_use", ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()})
	}
	return out
}

func encodeThinking(list []llm.Thinking) []block {
	out := make([]block, 0, len(list)+1)
	for i := range list {
		t := &list[i]
		switch signed := llm.Claude.Thinking(t); {
		case signed == "":
		case t.Type == llm.RedactedThinkingBlock:
			out = append(out, block{Type: "redacted_thinking", Data: signed})
		default:
			out = append(out, block{Type: "thinking", Thinking: &t.Thinking, Signature: signed})
		}
	}
	return out
}
