package bedrock

import (
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// turnsFor are the turns of a chat with a model.
func turnsFor(model string) *llm.TurnWire[block] {
	signer, family := signerOf(model), familyOf(model)
	return &llm.TurnWire[block]{
		Vendor: "Amazon Bedrock", IDs: llm.CallIDs{Words: true, Max: 64}, Image: encodeImage,
		Text:      func(text string) block { return block{Text: &text} },
		Assistant: func(m *llm.Message, content []block) []block { return encodeAssistant(signer, m, content) },
		Result: func(_ []llm.Message, m *llm.Message, content []block) ([]block, error) {
			if len(content) == 0 && family != claude { // which alone takes a result that holds nothing
				content = []block{{Text: new(llm.NoOutput)}}
			}
			return []block{{ToolResult: &toolResult{ID: m.ToolCallID, Content: content}}}, nil
		},
	}
}

// settle takes the white space from the end of an answer that the model is to go on with, which Claude refuses.
func settle(turns []message) {
	last := &turns[len(turns)-1]
	if end := &last.Content[len(last.Content)-1]; last.Role == llm.Assistant && end.Text != nil {
		end.Text = new(llm.TrimEnd(*end.Text))
	}
}

func encodeImage(i llm.ImageURL) (block, error) {
	mediaType, data, ok := i.Inline()
	if !ok {
		return block{}, llm.Unsupported("messages", "Amazon Bedrock takes an image as a base64 data URI only: it does not fetch URLs.")
	}
	switch format := strings.TrimPrefix(mediaType, "image/"); format {
	case "png", "jpeg", "gif", "webp":
		return block{Image: &image{Format: format, Source: imageSource{data}}}, nil
	default:
		return block{}, llm.Unsupported("messages", "Amazon Bedrock takes images of type PNG, JPEG, GIF and WebP, not %q.", mediaType)
	}
}

// encodeAssistant puts reasoning first, as Claude demands. Only reasoning that the signer of the model's signed goes back, and none of an
// answer that ended with it: Claude refuses a turn that does.
func encodeAssistant(signer llm.Signer, m *llm.Message, content []block) []block {
	if len(content)+len(m.ToolCalls) == 0 {
		return nil
	}
	out := append(encodeReasoning(signer, m.Thinking), content...)
	for _, c := range m.ToolCalls {
		out = append(out, block{ToolUse: &toolUse{ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()}})
	}
	return out
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
