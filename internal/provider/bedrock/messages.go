package bedrock

import (
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// turnsFor are the turns of a chat with a model.
func turnsFor(model string) *llm.TurnWire[block] {
	signer, family := signerOf(model), familyOf(model)
	return &llm.TurnWire[block]{
		PartWire: llm.PartWire[block]{
			Vendor: "Amazon Bedrock", Image: encodeImage,
			Text: func(text string) block { return block{Text: &text} },
		},
		IDs:       llm.CallIDs{Words: true, Max: 64},
		Assistant: func(m *llm.Message, content []*block) []block { return encodeAssistant(signer, m, content) },
		Result: func(_ []llm.Message, m *llm.Message, content []block) ([]block, error) {
			if len(content) == 0 && family != claude { // which alone takes a result that holds nothing
				content = []block{{Text: new(llm.NoOutput)}}
			}
			out := &toolResult{ID: m.ToolCallID, Content: content}
			if m.IsError {
				out.Status = "error"
			}
			return []block{{ToolResult: out}}, nil
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

// encodeAssistant keeps the order of an answer. Only reasoning that the signer of the model's signed goes back, and none at its end: Claude
// refuses a turn that ends with it.
func encodeAssistant(signer llm.Signer, m *llm.Message, content []*block) []block {
	var out []block
	said := 0 // blocks up to the last one that is no reasoning
	for _, p := range m.Pieces() {
		switch p.Kind {
		case llm.ThinkingPiece:
			out = appendReasoning(out, signer, &m.Thinking[p.Index])
			continue
		case llm.CallPiece:
			c := &m.ToolCalls[p.Index]
			out = append(out, block{ToolUse: &toolUse{ID: c.ID, Name: c.Function.Name, Input: c.Function.Object()}})
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

func appendReasoning(to []block, signer llm.Signer, t *llm.Thinking) []block {
	switch signed := signer.Thinking(t); {
	case signed == "":
		return to
	case t.Type == llm.RedactedThinkingBlock:
		return append(to, block{Reasoning: &reasoning{Redacted: signed}})
	default:
		return append(to, block{Reasoning: &reasoning{Text: &reasoningText{Text: t.Thinking, Signature: signed}}})
	}
}
