package anthropic

import (
	"github.com/openloop-server/openloop/internal/llm"
)

var turns = llm.TurnWire[block]{
	PartWire: llm.PartWire[block]{
		Vendor: "Anthropic", Image: encodeImage, File: encodeFile, Mark: mark,
		Text: func(text string) block { return block{Type: "text", Text: text} },
	},
	IDs: llm.CallIDs{Words: true}, Assistant: encodeAssistant,
	Result: func(_ []llm.Message, m *llm.Message, content []block) ([]block, error) {
		return []block{{Type: "tool_result", ToolUseID: m.ToolCallID, Content: content, IsError: m.IsError}}, nil
	},
}

func encodeFile(f *llm.File) (block, error) {
	mediaType, data, inline := f.Inline()
	switch {
	case f.URL != "":
		return block{Type: "document", Title: f.Name, Source: &source{Type: "url", URL: f.URL}}, nil
	case inline && mediaType == "application/pdf":
		return block{Type: "document", Title: f.Name, Source: &source{Type: "base64", MediaType: mediaType, Data: data}}, nil
	}
	return block{}, llm.Unsupported("messages", "Anthropic takes files of type PDF and texts, not %q.", mediaType)
}

// mark marks b as the end of what is cached, unless it is thinking, which cannot be.
func mark(b block, c *llm.Cache) []block {
	if b.Type != "thinking" && b.Type != "redacted_thinking" {
		b.CacheControl = c
	}
	return []block{b}
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

// encodeAssistant keeps the order of an answer. Only thinking that Claude signed goes back, and none at its end: the API refuses a turn that
// ends with it.
func encodeAssistant(m *llm.Message, content []*block) []block {
	var out []block
	said := 0 // blocks up to the last one that is no thinking
	for _, p := range m.Pieces() {
		switch p.Kind {
		case llm.ThinkingPiece:
			out = appendThinking(out, &m.Thinking[p.Index])
			continue
		case llm.CallPiece:
			c := &m.ToolCalls[p.Index]
			out = append(out, block{Type: "tool_use", ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()})
		case llm.TextPiece:
			if content[p.Index] == nil {
				continue
			}
			out = append(out, *content[p.Index])
		}
		said = len(out)
	}
	return out[:said]
}

func appendThinking(to []block, t *llm.Thinking) []block {
	switch signed := llm.Claude.Thinking(t); {
	case signed == "":
		return to
	case t.Type == llm.RedactedThinkingBlock:
		return append(to, block{Type: "redacted_thinking", Data: signed})
	default:
		return append(to, block{Type: "thinking", Thinking: &t.Thinking, Signature: signed})
	}
}
