package gemini

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// noSignature is the value that Google documents for a function call that the model did not make itself.
const noSignature = "skip_thought_signature_validator"

// encodeMessages splits a chat into instructions and contents.
func (e *encoder) encodeMessages(chat []llm.Message) (system *content, contents []content, err error) {
	wire := llm.TurnWire[part]{Vendor: "Gemini", Text: textPart, Image: encodeImage, Assistant: e.encodeAssistant, Result: encodeToolResult}
	instructions, turns, err := wire.Split(chat)
	if err != nil {
		return nil, nil, err
	}
	if instructions != nil {
		system = &content{Parts: instructions}
	}
	contents = make([]content, 0, len(turns))
	for _, t := range turns {
		e.sign(t.Content)
		contents = append(contents, content{Role: roles[t.Role], Parts: t.Content})
	}
	return system, contents, nil
}

var roles = map[llm.Role]string{llm.User: "user", llm.Assistant: "model"}

// sign gives the first call of a turn the signature that the model demands there.
func (e *encoder) sign(parts []part) {
	i := slices.IndexFunc(parts, func(p part) bool { return p.FunctionCall != nil })
	if i >= 0 && parts[i].ThoughtSignature == "" && takesLevel(e.model) {
		parts[i].ThoughtSignature = noSignature
	}
}

func textPart(s string) part { return part{Text: &s} }

func encodeImage(i llm.ImageURL) (part, error) {
	if mediaType, data, ok := i.Inline(); ok {
		if mediaType == "" {
			return part{}, llm.Unsupported("messages", "Gemini needs the media type of an image, and neither its data URI nor its data tell one.")
		}
		return part{InlineData: &blob{MimeType: mediaType, Data: data}}, nil
	}
	if !i.Remote() && !strings.HasPrefix(i.URL, "gs://") {
		return part{}, llm.Unsupported("messages", "Gemini takes an image as an http, https or gs URL or as a base64 data URI.")
	}
	return part{FileData: &fileData{MimeType: mediaTypeOf(i.URL), FileURI: i.URL}}, nil
}

// mediaTypeOf guesses the type of an image by the ending of its URL, "" for none that is known.
func mediaTypeOf(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	switch strings.ToLower(path.Ext(url)) {
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".webp":
		return "image/webp"
	case ".gif":
		return "image/gif"
	case ".heic":
		return "image/heic"
	case ".heif":
		return "image/heif"
	default:
		return ""
	}
}

// encodeAssistant keeps the order in which Gemini answers: thoughts, text, function calls. A signature outside of the calls belongs to
// the text, or to the thoughts when there is none. Unsigned thoughts alone are no answer.
func (e *encoder) encodeAssistant(m *llm.Message, texts []part) []part {
	thoughts, signature := e.encodeThoughts(m.Thinking)
	if signature == "" && len(texts)+len(m.ToolCalls) == 0 {
		return nil
	}
	out := append(thoughts, texts...)
	if n := len(out); n > 0 {
		out[n-1].ThoughtSignature = signature
	}
	for i := range m.ToolCalls {
		c := &m.ToolCalls[i]
		out = append(out, part{
			FunctionCall:     &functionCall{ID: c.ID, Name: c.Function.Name, Args: c.Function.Object()},
			ThoughtSignature: e.signer.ToolCall(c),
		})
	}
	return out
}

func (e *encoder) encodeThoughts(list []llm.Thinking) (parts []part, signature string) {
	for i := range list {
		t := &list[i]
		if t.Type != llm.ThinkingBlock {
			continue
		}
		if t.Thinking != "" {
			p := textPart(t.Thinking)
			p.Thought = true
			parts = append(parts, p)
		}
		if s := e.signer.Thinking(t); s != "" {
			signature = s
		}
	}
	return parts, signature
}

// encodeToolResult translates the tool message m that follows earlier ones.
func encodeToolResult(earlier []llm.Message, m *llm.Message, parts []part) ([]part, error) {
	name := functionOf(earlier, m)
	if name == "" {
		return nil, llm.Unsupported("messages", "Gemini needs the function's name: no earlier tool call has the id %q.", m.ToolCallID)
	}
	out := functionResponse{ID: m.ToolCallID, Name: name, Response: result(m.Content.String())}
	for _, p := range parts {
		if p.Text == nil {
			out.Parts = append(out.Parts, p)
		}
	}
	return []part{{FunctionResponse: &out}}, nil
}

// functionOf finds the name of the function that the tool message m answers for.
func functionOf(earlier []llm.Message, m *llm.Message) string {
	for _, e := range slices.Backward(earlier) {
		for _, c := range e.ToolCalls {
			if c.ID == m.ToolCallID {
				return c.Function.Name
			}
		}
	}
	return m.Name
}

// result makes the JSON object that the API demands of what a tool answered. JSON that refers to something goes as text, because the API
// takes every member `$ref` for the name of a part of the response, whatever it is nested in.
func result(text string) json.Value {
	v := json.Value(text)
	if !json.Valid(v) || refers(v) {
		v = json.AppendString(nil, text)
	}
	if json.Kind(v) == '{' {
		return v
	}
	return append(append(json.Value(`{"result":`), v...), '}')
}

// refers reports whether a member `$ref` is anywhere in v. In canonical JSON its name is written in one way, and no text holds a bare quote.
func refers(v json.Value) bool {
	canonical, err := json.Canonical(v)
	return err != nil || bytes.Contains(canonical, []byte(`"$ref":`))
}
