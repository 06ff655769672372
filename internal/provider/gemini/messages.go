package gemini

import (
	"bytes"
	"cmp"
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
	wire := llm.TurnWire[part]{
		PartWire:  llm.PartWire[part]{Vendor: "Gemini", Text: textPart, Image: encodeImage, File: encodeFile, Audio: encodeAudio},
		Assistant: e.encodeAssistant, Result: encodeToolResult,
	}
	instructions, turns, err := wire.Split(chat)
	if err != nil {
		return nil, nil, err
	}
	if instructions != nil {
		system = &content{Parts: instructions}
	}
	contents = make([]content, 0, len(turns))
	for _, t := range turns {
		e.signCalls(t.Content)
		contents = append(contents, content{Role: roles[t.Role], Parts: t.Content})
	}
	return system, contents, nil
}

var roles = map[llm.Role]string{llm.User: "user", llm.Assistant: "model"}

// signCalls gives the first call of a turn the signature that the model demands there.
func (e *encoder) signCalls(parts []part) {
	i := slices.IndexFunc(parts, func(p part) bool { return p.FunctionCall != nil })
	if i >= 0 && parts[i].ThoughtSignature == "" && takesLevel(e.model) {
		parts[i].ThoughtSignature = noSignature
	}
}

func textPart(s string) part { return part{Text: &s} }

func thoughtPart(s string) part { return part{Text: &s, Thought: true} }

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

func encodeFile(f *llm.File) (part, error) {
	mediaType, data, ok := f.Inline()
	switch {
	case f.URL != "":
		return part{FileData: &fileData{MimeType: cmp.Or(mediaTypeOf(f.URL), pdf), FileURI: f.URL}}, nil
	case !ok || mediaType == "":
		return part{}, llm.Unsupported("messages", "Gemini takes a file as an http or https URL or as a base64 data URI with its media type.")
	}
	return part{InlineData: &blob{MimeType: mediaType, Data: data}}, nil
}

const pdf = "application/pdf"

func encodeAudio(a *llm.Audio) (part, error) {
	return part{InlineData: &blob{MimeType: "audio/" + a.Format, Data: a.Data}}, nil
}

// mediaTypeOf guesses the type of an image or a document by the ending of its URL, "" for none that is known.
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
	case ".pdf":
		return pdf
	case ".heif":
		return "image/heif"
	default:
		return ""
	}
}

// encodeAssistant keeps the order of an answer. The signature of thinking belongs to the text that follows, or else to what it stands behind.
// Unsigned thoughts alone are no answer.
func (e *encoder) encodeAssistant(m *llm.Message, content []*part) []part {
	var out []part
	says, signature := false, "" // that waits for its text
	for _, p := range m.Pieces() {
		switch p.Kind {
		case llm.ThinkingPiece:
			t := &m.Thinking[p.Index]
			if t.Type != llm.ThinkingBlock {
				continue
			}
			signed := e.signer.Thinking(t)
			if signed != "" {
				says, signature = true, sign(out, signature)
			}
			if t.Thinking != "" {
				out = append(out, thoughtPart(t.Thinking))
			}
			signature = cmp.Or(signed, signature)
			continue
		case llm.CallPiece:
			signature = sign(out, signature)
			c := &m.ToolCalls[p.Index]
			out = append(out, part{
				FunctionCall:     &functionCall{ID: c.ID, Name: c.Function.Name, Args: c.Function.Object()},
				ThoughtSignature: e.signer.ToolCall(c),
			})
		case llm.TextPiece:
			if content[p.Index] == nil {
				continue
			}
			out = append(out, *content[p.Index])
		}
		says = true
	}
	sign(out, signature)
	if !says {
		return nil
	}
	return out
}

// sign gives the last of parts the signature that waits, unless it is a call or signed already. It returns what still waits.
func sign(parts []part, signature string) string {
	n := len(parts)
	if n == 0 || parts[n-1].FunctionCall != nil || parts[n-1].ThoughtSignature != "" {
		return signature
	}
	parts[n-1].ThoughtSignature = signature
	return ""
}

// encodeToolResult translates the tool message m that follows earlier ones.
func encodeToolResult(earlier []llm.Message, m *llm.Message, parts []part) ([]part, error) {
	name := functionOf(earlier, m)
	if name == "" {
		return nil, llm.Unsupported("messages", "Gemini needs the function's name: no earlier tool call has the id %q.", m.ToolCallID)
	}
	out := functionResponse{ID: m.ToolCallID, Name: name, Response: result(m.Content.String(), m.IsError)}
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

// result makes the JSON object that the API demands of what a tool answered, or of how it failed. JSON that refers to something goes as text, because the API
// takes every member `$ref` for the name of a part of the response, whatever it is nested in.
func result(text string, failed bool) json.Value {
	v, member := json.Value(text), `{"result":`
	if !json.Valid(v) || refers(v) {
		v = json.AppendString(nil, text)
	}
	if failed {
		member = `{"error":`
	}
	if json.Kind(v) == '{' && !failed {
		return v
	}
	return append(append(json.Value(member), v...), '}')
}

// refers reports whether a member `$ref` is anywhere in v. In canonical JSON its name is written in one way, and no text holds a bare quote.
func refers(v json.Value) bool {
	canonical, err := json.Canonical(v)
	return err != nil || bytes.Contains(canonical, []byte(`"$ref":`))
}
