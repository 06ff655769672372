package cohere

import (
	"github.com/openloop-server/openloop/internal/llm"
)

// callIDs are the ids of tool calls that the API takes. They are no more than unique.
var callIDs llm.CallIDs

func encodeMessages(chat []llm.Message) ([]message, error) {
	chat = callIDs.Rename(chat)
	out := make([]message, 0, len(chat))
	for i := range chat {
		m, err := encodeMessage(&chat[i])
		if err != nil {
			return nil, err
		}
		if m.says() {
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		return nil, llm.Silent()
	}
	return out, nil
}

// says reports whether m holds anything. The result of a tool always does.
func (m *message) says() bool {
	return len(m.Content) > 0 || len(m.ToolCalls) > 0 || m.ToolCallID != ""
}

func encodeMessage(m *llm.Message) (message, error) {
	parts, err := encodeContent(m.Content)
	out := message{Role: string(m.Role), Content: parts}
	switch m.Role {
	case llm.User:
		return out, err
	case llm.Assistant:
		out.recall(m)
	case llm.System, llm.Developer:
		out.Role = "system"
	case llm.ToolRole:
		out.ToolCallID = m.ToolCallID
		out.Content = content{{Type: "text", Text: result(m.Content)}}
	default:
		return out, llm.Unsupported("messages", "Cohere has no messages of role %s.", m.Role)
	}
	if err == nil && hasImage(parts) {
		err = llm.Unsupported("messages", "Cohere takes images in messages of the user only.")
	}
	return out, err
}

// result is the text of what a tool returned, which the API wants not to be empty.
func result(c llm.Content) string {
	if text := c.String(); !llm.IsBlank(text) {
		return text
	}
	return llm.NoOutput
}

func hasImage(parts content) bool {
	for _, p := range parts {
		if p.ImageURL != nil {
			return true
		}
	}
	return false
}

func encodeContent(c llm.Content) (content, error) {
	list := c.List()
	out := make(content, 0, len(list))
	for _, p := range list {
		switch {
		case p.Type == llm.ImagePart && p.ImageURL != nil:
			if _, _, inline := p.ImageURL.Inline(); p.ImageURL.Untyped() || !inline && !p.ImageURL.Remote() {
				return nil, llm.Unsupported("messages", "Cohere takes an image as an http or https URL or as a base64 data URI.")
			}
			out = append(out, part{Type: "image_url", ImageURL: &imageURL{URL: p.ImageURL.Canonical(), Detail: p.ImageURL.Detail}})
		case p.Type != llm.TextPart:
			return nil, llm.Unsupported("messages", "Cohere's adapter takes content parts of type text and image_url, not %s.", p.Type)
		default:
			out = append(out, part{Type: "text", Text: p.Text})
		}
	}
	return out, nil
}

// recall adds the thinking and the tool calls of an earlier answer.
func (out *message) recall(m *llm.Message) {
	var thoughts content
	for _, t := range m.Thinking {
		if t.Type == llm.ThinkingBlock && t.Thinking != "" && t.Signature == "" {
			thoughts = append(thoughts, part{Type: "thinking", Thinking: t.Thinking})
		}
	}
	if len(m.ToolCalls) == 0 {
		out.Content = append(thoughts, out.Content...)
		return
	}
	for i, t := range thoughts {
		if i > 0 {
			out.ToolPlan += "\n"
		}
		out.ToolPlan += t.Thinking
	}
	for _, c := range m.ToolCalls {
		out.ToolCalls = append(out.ToolCalls, toolCall{
			ID: c.ID, Type: "function", Function: functionCall{Name: c.Function.Name, Arguments: c.Function.Text()},
		})
	}
}
