package bedrock

import (
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// callIDs are the ids of tool calls that the API takes.
var callIDs = llm.CallIDs{Words: true, Max: 64}

// encodeMessages splits a chat with a model into instructions and turns.
func encodeMessages(model string, chat []llm.Message) (system []block, turns []message, err error) {
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
			blocks, err = encodeAssistant(signerOf(model), m)
		case llm.ToolRole:
			blocks, err = encodeToolResult(familyOf(model), m)
		case llm.User:
			blocks, err = encodeContent(m.Content)
		default:
			err = llm.Unsupported("messages", "Amazon Bedrock has no messages of role %s.", m.Role)
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

// settle takes the white space from the end of an answer that the model is to go on with, which Claude refuses.
func settle(turns []message) {
	last := &turns[len(turns)-1]
	if end := &last.Content[len(last.Content)-1]; last.Role == "assistant" && end.Text != nil {
		end.Text = new(llm.TrimEnd(*end.Text))
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
			out = append(out, block{Text: &p.Text})
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
			img, err := encodeImage(*p.ImageURL)
			if err != nil {
				return nil, err
			}
			out = append(out, block{Image: img})
		case p.Type != llm.TextPart:
			return nil, llm.Unsupported("messages", "Amazon Bedrock's adapter takes content parts of type text and image_url, not %s.", p.Type)
		default:
			out = append(out, block{Text: &p.Text})
		}
	}
	return out, nil
}

func encodeImage(i llm.ImageURL) (*image, error) {
	mediaType, data, ok := i.Inline()
	if !ok {
		return nil, llm.Unsupported("messages", "Amazon Bedrock takes an image as a base64 data URI only: it does not fetch URLs.")
	}
	switch format := strings.TrimPrefix(mediaType, "image/"); format {
	case "png", "jpeg", "gif", "webp":
		return &image{Format: format, Source: imageSource{data}}, nil
	default:
		return nil, llm.Unsupported("messages", "Amazon Bedrock takes images of type PNG, JPEG, GIF and WebP, not %q.", mediaType)
	}
}

// encodeAssistant puts reasoning first, as Claude demands. Only reasoning that the signer of the model's signed goes back, and none of an
// answer that ended with it: Claude refuses a turn that does.
func encodeAssistant(signer llm.Signer, m *llm.Message) ([]block, error) {
	content, err := encodeContent(m.Content)
	if err != nil || len(content)+len(m.ToolCalls) == 0 {
		return nil, err
	}
	out := append(encodeReasoning(signer, m.Thinking), content...)
	for _, c := range m.ToolCalls {
		out = append(out, block{ToolUse: &toolUse{ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()}})
	}
	return out, nil
}

func encodeReasoning(signer llm.Signer, list []llm.Thinking) []block {
	out := make([]block, 0, len(list)+1)
	for i := range list {
		t := &list[i]
		switch signed := signer.Thinking(t); {
		case signed == "":
		case t.Type == llm.RedactedThinkingBlock:
			out = append(out, block{Reasoning: &reasoning{Redacted: signed}})
		default:
			out = append(out, block{Reasoning: &reasoning{Text: &reasoningText{Text: t.Thinking, Signature: signed}}})
		}
	}
	return out
}

// encodeToolResult gives a result that holds nothing a text that says so, which all models but Claude demand.
func encodeToolResult(f family, m *llm.Message) ([]block, error) {
	content, err := encodeContent(m.Content)
	if err != nil {
		return nil, err
	}
	if len(content) == 0 && f != claude {
		content = []block{{Text: new(llm.NoOutput)}}
	}
	return []block{{ToolResult: &toolResult{ID: m.ToolCallID, Content: content}}}, nil
}
