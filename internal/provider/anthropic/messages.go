package anthropic

import (
	"github.com/openloop-server/openloop/internal/llm"
)

// callIDs are the ids of tool calls that the API takes.
var callIDs = llm.CallIDs{Words: true}

// encodeMessages splits a chat into instructions and turns.
func encodeMessages(chat []llm.Message) (system []block, turns []message, err error) {
	chat = callIDs.Rename(chat)
	turns = make([]message, 0, len(chat))
	for i := range chat {
		m := &chat[i]
		role, blocks := "user", []block(nil)
		switch m.Role {
		case llm.System, llm.Developer:
			system = appendTexts(system, m.Content)
			continue
		case llm.Assistant:
			role = "assistant"
			blocks, err = encodeAssistant(m)
		case llm.ToolRole:
			blocks, err = encodeToolResult(m)
		case llm.User:
			blocks, err = encodeContent(m.Content)
		default:
			err = llm.Unsupported("messages", "Anthropic has no messages of role %s.", m.Role)
		}
		if err != nil {
			return nil, nil, err
		}
		turns = appendTurn(turns, role, blocks)
	}
	if len(turns) == 0 {
		return nil, nil, llm.Silent()
	}
	settle(turns)
	return system, turns, nil
}

// settle takes the white space from the end of an answer that the model is to go on with, which the API refuses.
func settle(turns []message) {
	last := &turns[len(turns)-1]
	if end := &last.Content[len(last.Content)-1]; last.Role == "assistant" && end.Type == "text" {
		end.Text = llm.TrimEnd(end.Text)
	}
}

// appendTurn adds blocks to the last turn when its role is the same.
func appendTurn(turns []message, role string, blocks []block) []message {
	if len(blocks) == 0 {
		return turns
	}
	if n := len(turns); n > 0 && turns[n-1].Role == role {
		turns[n-1].Content = append(turns[n-1].Content, blocks...)
		return turns
	}
	return append(turns, message{Role: role, Content: blocks})
}

func appendTexts(out []block, c llm.Content) []block {
	for _, p := range c.List() {
		if p.Text != "" {
			out = append(out, block{Type: "text", Text: p.Text})
		}
	}
	return out
}

func encodeContent(c llm.Content) ([]block, error) {
	parts := c.List()
	out := make([]block, 0, len(parts))
	for _, p := range parts {
		switch {
		case p.Type == llm.ImagePart && p.ImageURL != nil:
			src, err := encodeImage(*p.ImageURL)
			if err != nil {
				return nil, err
			}
			out = append(out, block{Type: "image", Source: src})
		case p.Type != llm.TextPart:
			return nil, llm.Unsupported("messages", "Anthropic's adapter takes content parts of type text and image_url, not %s.", p.Type)
		default:
			out = append(out, block{Type: "text", Text: p.Text})
		}
	}
	return out, nil
}

func encodeImage(i llm.ImageURL) (*source, error) {
	if mediaType, data, ok := i.Inline(); ok {
		switch mediaType {
		case "image/png", "image/jpeg", "image/gif", "image/webp":
			return &source{Type: "base64", MediaType: mediaType, Data: data}, nil
		}
		return nil, llm.Unsupported("messages", "Anthropic takes images of type PNG, JPEG, GIF and WebP, not %q.", mediaType)
	}
	if !i.Remote() {
		return nil, llm.Unsupported("messages", "Anthropic takes an image as an http or https URL or as a base64 data URI.")
	}
	return &source{Type: "url", URL: i.URL}, nil
}

// encodeAssistant puts thinking first, as the API demands. Only thinking that Claude signed goes back, and none of an answer that ended
// with it: the API refuses a turn that does.
func encodeAssistant(m *llm.Message) ([]block, error) {
	content, err := encodeContent(m.Content)
	if err != nil || len(content)+len(m.ToolCalls) == 0 {
		return nil, err
	}
	out := append(encodeThinking(m.Thinking), content...)
	for _, c := range m.ToolCalls {
		out = append(out, block{Type: "tool_use", ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()})
	}
	return out, nil
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

func encodeToolResult(m *llm.Message) ([]block, error) {
	content, err := encodeContent(m.Content)
	if err != nil {
		return nil, err
	}
	return []block{{Type: "tool_result", ToolUseID: m.ToolCallID, Content: content}}, nil
}
