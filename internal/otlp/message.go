package otlp

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// looseMessage is a chat message in any of the forms that instrumentations write. Its members may have unexpected types.
type looseMessage struct {
	Role       json.Value   `json:"role"`
	Content    json.Value   `json:"content"` // a text, parts, or anything
	Parts      json.Value   `json:"parts"`   // OpenTelemetry
	Contents   []contentBox `json:"contents"`
	Name       json.Value   `json:"name"`
	ToolCallID json.Value   `json:"tool_call_id"`
	ToolCalls  json.Value   `json:"tool_calls"`
	Message    json.Value   `json:"message"` // of a choice, and of OpenInference: the message itself
	Finish     json.Value   `json:"finish_reason"`
}

// contentBox is the wrapper of OpenInference around a part.
type contentBox struct {
	Part json.Value `json:"message_content"`
}

// loosePart is a part of a message.
type loosePart struct {
	Type      json.Value `json:"type"`
	Text      json.Value `json:"text"`
	Content   json.Value `json:"content"`
	Thinking  json.Value `json:"thinking"`
	Signature json.Value `json:"signature"`

	ID         json.Value `json:"id"`
	CallID     json.Value `json:"toolCallId"`
	UseID      json.Value `json:"tool_use_id"`
	Name       json.Value `json:"name"`
	ToolName   json.Value `json:"toolName"`
	Arguments  json.Value `json:"arguments"`
	Input      json.Value `json:"input"`
	Args       json.Value `json:"args"`
	Function   *looseCall `json:"function"`
	Response   json.Value `json:"response"`
	Result     json.Value `json:"result"`
	Output     json.Value `json:"output"`
	ImageURL   json.Value `json:"image_url"`
	Image      json.Value `json:"image"`
	URI        json.Value `json:"uri"`
	Data       json.Value `json:"data"`
	Modality   json.Value `json:"modality"`
	MIME       json.Value `json:"mime_type"`
	MediaType  json.Value `json:"mediaType"`
	Wrapped    *loosePart `json:"tool_call"` // of OpenInference
	Parameters json.Value `json:"parameters"`
}

type looseCall struct {
	Name      json.Value `json:"name"`
	Arguments json.Value `json:"arguments"`
}

// messagesOf reads a message or a list of them. Messages without a role get the given one. What has no place in a message becomes a text of
// it, so that nothing is lost.
func messagesOf(document json.Value, role llm.Role) []llm.Message {
	if !given(document) {
		return nil
	}
	var raws []json.Value
	if json.Kind(document) != '[' {
		raws = []json.Value{document}
	} else if json.UnmarshalForeign(document, &raws) != nil {
		return []llm.Message{{Role: role, Content: llm.Text(string(document))}}
	}
	var out []llm.Message
	for _, raw := range raws {
		if written := objectOf(wire.Raw(raw)); hasRole(written) {
			raw = written // each message a text
		}
		out = append(out, readMessage(raw, role)...)
	}
	return out
}

func hasRole(object json.Value) bool {
	var message struct {
		Role json.Value `json:"role"`
	}
	return json.UnmarshalForeign(object, &message) == nil && given(message.Role)
}

// readMessage reads one message. It returns several if the message has the results of several tools.
func readMessage(raw json.Value, role llm.Role) []llm.Message {
	if json.Kind(raw) == '"' {
		return []llm.Message{{Role: role, Content: llm.Text(first(raw))}}
	}
	var in looseMessage
	if json.UnmarshalForeign(raw, &in) != nil {
		return []llm.Message{{Role: role, Content: llm.Text(string(raw))}}
	}
	if json.Kind(in.Message) == '{' { // one level only
		var inner looseMessage
		if json.UnmarshalForeign(in.Message, &inner) == nil {
			if !given(inner.Role) {
				inner.Role = in.Role
			}
			in = inner
		}
	}
	if said := roleOf(first(in.Role)); said != "" {
		role = said
	}
	m := builder{message: llm.Message{Role: role, Name: first(in.Name), ToolCallID: first(in.ToolCallID)}}
	m.content(in.Content)
	m.content(in.Parts)
	for i := range in.Contents {
		m.part(in.Contents[i].Part)
	}
	m.toolCalls(in.ToolCalls)
	return m.messages()
}

// roleOf is the role for a word of a convention.
func roleOf(word string) llm.Role {
	switch word = strings.ToLower(word); word {
	case "human":
		return llm.User
	case "ai", "model", "bot":
		return llm.Assistant
	case "function":
		return llm.ToolRole
	default:
		return llm.Role(word)
	}
}

// builder builds a message.
type builder struct {
	message llm.Message
	parts   []llm.Part
	results []llm.Message // of tools
}

func (b *builder) content(raw json.Value) {
	switch json.Kind(raw) {
	case 0, 'n':
	case '[':
		var parts []json.Value
		if json.UnmarshalForeign(raw, &parts) != nil {
			b.text(string(raw))
		}
		for _, part := range parts {
			b.part(part)
		}
	case '"':
		b.written(first(raw))
	default:
		b.text(string(raw))
	}
}

// written adds a content that is a text, or the JSON of parts in a text.
func (b *builder) written(text string) {
	parts := wire.Text(text).Document()
	var typed []struct {
		Type string `json:"type"`
	}
	if json.Kind(parts) != '[' || json.UnmarshalForeign(parts, &typed) != nil || len(typed) == 0 || typed[0].Type == "" {
		b.text(text)
		return
	}
	b.content(parts)
}

func (b *builder) text(s string) { b.parts = append(b.parts, llm.Part{Type: llm.TextPart, Text: s}) }

func (b *builder) part(raw json.Value) {
	var in loosePart
	if json.Kind(raw) == '"' || json.UnmarshalForeign(raw, &in) != nil {
		b.text(wire.Raw(raw).Text())
		return
	}
	switch kind := first(in.Type); strings.ReplaceAll(kind, "-", "_") {
	case "tool_call", "tool_use", "function_call", "function":
		b.call(&in)
	case "tool_call_response", "tool_result", "function_call_output":
		b.result(&in)
	case "reasoning", "thinking":
		b.message.Thinking = append(b.message.Thinking, llm.Thinking{
			Type: llm.ThinkingBlock, Thinking: first(in.Thinking, in.Content, in.Text), Signature: first(in.Signature),
		})
	case "image", "image_url", "input_image", "uri", "blob", "file":
		b.image(&in, raw)
	default:
		b.plain(&in, raw)
	}
}

// plain adds a part of text. A part of an unknown type is kept as its JSON.
func (b *builder) plain(in *loosePart, raw json.Value) {
	if given(in.Text) || given(in.Content) {
		b.text(first(in.Text, in.Content))
		return
	}
	b.text(string(raw))
}

// image adds a part that may be an image. If it is not one, it adds it as plain does.
func (b *builder) image(in *loosePart, raw json.Value) {
	var boxed struct {
		URL   string `json:"url"`
		Image struct {
			URL string `json:"url"`
		} `json:"image"`
	}
	url := first(in.URI, in.Image, in.ImageURL)
	for _, box := range []json.Value{in.ImageURL, in.Image} {
		if json.Kind(box) == '{' && json.UnmarshalForeign(box, &boxed) == nil {
			url = boxed.URL + boxed.Image.URL
		}
	}
	kind := cmp.Or(first(in.MIME, in.MediaType), mediaOf(url))
	image := isImage(first(in.Modality), kind)
	if url == "" && image {
		url = first(in.Content, in.Data)
	}
	if url == "" || !image && (kind != "" || given(in.Modality)) {
		b.plain(in, raw)
		return
	}
	if !strings.Contains(url, ":") {
		if !strings.HasPrefix(kind, "image/") {
			kind = "image/png"
		}
		url = "data:" + kind + ";base64," + url
	}
	b.parts = append(b.parts, llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: url}})
}

// isImage reports whether a part is an image, by its media type if there is an exact one, otherwise by its modality.
func isImage(modality, kind string) bool {
	if kind != "" && kind != "application/octet-stream" {
		return strings.HasPrefix(strings.ToLower(kind), "image/") || strings.EqualFold(kind, "image")
	}
	return strings.EqualFold(modality, "image")
}

// mediaOf is the media type of a URL, from its data or the extension of its path; "" if unknown.
func mediaOf(url string) string {
	if rest, ok := strings.CutPrefix(url, "data:"); ok {
		kind, _, _ := strings.Cut(rest, ",")
		kind, _, _ = strings.Cut(kind, ";")
		return kind
	}
	path, _, _ := strings.Cut(url, "?")
	path, _, _ = strings.Cut(path, "#")
	switch name := path[strings.LastIndexByte(path, '/')+1:]; strings.ToLower(name[strings.LastIndexByte(name, '.')+1:]) {
	case "mp3", "wav", "ogg", "oga", "flac", "m4a", "aac", "opus":
		return "audio/" + name[strings.LastIndexByte(name, '.')+1:]
	case "mp4", "webm", "mov", "mpeg", "mpg", "avi", "mkv", "m4v":
		return "video/" + name[strings.LastIndexByte(name, '.')+1:]
	case "pdf", "txt", "json", "csv", "docx", "xlsx", "html", "md":
		return "application/octet-stream"
	}
	return ""
}

// toolCalls adds a list of calls, which may be a JSON text. What is not a call becomes a text of the message.
func (b *builder) toolCalls(raw json.Value) {
	if !given(raw) {
		return
	}
	var all []json.Value
	doc := wire.Raw(raw).Document()
	if json.Kind(doc) == '{' {
		all = []json.Value{doc}
	} else if json.UnmarshalForeign(doc, &all) != nil {
		b.text(wire.Raw(raw).Text())
	}
	for _, raw := range all {
		var call loosePart
		if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &call) != nil {
			b.text(wire.Raw(raw).Text())
			continue
		}
		b.call(&call)
	}
}

func (b *builder) call(in *loosePart) {
	if in.Wrapped != nil {
		in = in.Wrapped
	}
	call := llm.ToolCall{ID: first(in.ID, in.CallID), Type: "function"}
	call.Function = llm.FunctionCall{Name: first(in.Name, in.ToolName), Arguments: first(in.Arguments, in.Input, in.Args)}
	if in.Function != nil {
		call.Function = llm.FunctionCall{Name: first(in.Function.Name), Arguments: first(in.Function.Arguments)}
	}
	b.message.ToolCalls = append(b.message.ToolCalls, call)
}

func (b *builder) result(in *loosePart) {
	b.results = append(b.results, llm.Message{
		Role: llm.ToolRole, ToolCallID: first(in.ID, in.CallID, in.UseID), Name: first(in.ToolName, in.Name),
		Content: llm.Text(first(in.Response, in.Result, unboxed(in.Output), in.Content)),
	})
}

// unboxed is the value of a result. The Vercel AI SDK puts it into an object next to its type.
func unboxed(raw json.Value) json.Value {
	var box struct {
		Type  string     `json:"type"`
		Value json.Value `json:"value"`
	}
	if json.Kind(raw) != '{' || json.UnmarshalForeign(raw, &box) != nil || box.Type == "" || box.Value == nil {
		return raw
	}
	return box.Value
}

// messages returns the message and the results of tools.
func (b *builder) messages() []llm.Message {
	m := b.message
	switch {
	case len(b.parts) == 1 && b.parts[0].Type == llm.TextPart:
		m.Content = llm.Text(b.parts[0].Text)
	case len(b.parts) > 0:
		m.Content = llm.Parts(b.parts...)
	}
	if m.Content.IsZero() && len(m.ToolCalls) == 0 && len(m.Thinking) == 0 && len(b.results) > 0 {
		return b.results
	}
	return append([]llm.Message{m}, b.results...)
}

// first is the first given value as text; the JSON of a value that is not a text.
func first(raws ...json.Value) string {
	for _, raw := range raws {
		if given(raw) {
			return wire.Raw(raw).Text()
		}
	}
	return ""
}

func given(raw json.Value) bool { return len(raw) > 0 && json.Kind(raw) != 'n' }

// joinSystem puts instructions, as a system message, before messages.
func joinSystem(instructions json.Value, messages []llm.Message) []llm.Message {
	b := builder{message: llm.Message{Role: llm.System}}
	b.content(instructions)
	if len(b.parts) == 0 {
		return messages
	}
	return append(b.messages(), messages...)
}
