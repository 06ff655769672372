package cohere

import (
	"slices"

	"github.com/openloop-server/openloop/internal/llm"
)

// callIDs are the ids of tool calls that the API takes. They are no more than unique.
var callIDs llm.CallIDs

var partWire = llm.PartWire[part]{Vendor: "Cohere", Text: textPart, Image: imagePart}

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
	parts, err := partWire.Encode(m.Content)
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
		out.Content = content{textPart(result(m.Content))}
	default:
		return out, llm.Unsupported("messages", "Cohere has no messages of role %s.", m.Role)
	}
	if err == nil && slices.ContainsFunc(parts, func(p part) bool { return p.ImageURL != nil }) {
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

func textPart(text string) part { return part{Type: "text", Text: text} }

func imagePart(i llm.ImageURL) (part, error) {
	if _, _, inline := i.Inline(); i.Untyped() || !inline && !i.Remote() {
		return part{}, llm.Unsupported("messages", "Cohere takes an image as an http or https URL or as a base64 data URI.")
	}
	return part{Type: "image_url", ImageURL: &imageURL{URL: i.Canonical(), Detail: i.Detail}}, nil
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
