package bedrock

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// turnsFor are the turns of a chat with a model.
func turnsFor(model string) *llm.TurnWire[block] {
	signer, family := signerOf(model), familyOf(model)
	return &llm.TurnWire[block]{
		PartWire: llm.PartWire[block]{
			Vendor: "Amazon Bedrock", Image: encodeImage, File: encodeFile, Mark: family.mark,
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

// mark puts a mark of the cache behind b, for models that know one.
func (f family) mark(b block, c *llm.Cache) []block {
	if point := f.cachePoint(c); point != nil {
		return []block{b, {CachePoint: point}}
	}
	return []block{b}
}

func (f family) cachePoint(c *llm.Cache) *cachePoint {
	if c == nil || f != claude && f != nova {
		return nil
	}
	return &cachePoint{Type: "default", TTL: c.TTL}
}

// formats are those of documents, by their media types.
var formats = map[string]string{
	"application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt", "text/markdown": "md", "application/msword": "doc", "application/vnd.ms-excel": "xls",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}

func encodeFile(f *llm.File) (block, error) {
	mediaType, data, _ := f.Inline()
	format, ok := formats[mediaType]
	if !ok {
		return block{}, llm.Unsupported("messages", "Amazon Bedrock takes files of type PDF, Word, Excel, CSV, HTML, Markdown and text, not %q.", mediaType)
	}
	return block{Document: &document{Format: format, Name: documentName(f.Name), Source: imageSource{data}}}, nil
}

// documentName is name without the characters that the API refuses, which are most.
func documentName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-()[] ", r):
			return r
		}
		return '-'
	}, name)
	return cmp.Or(strings.Join(strings.Fields(name), " "), "document")
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
