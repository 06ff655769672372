package llm

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Role says who speaks.
type Role string

// The roles of a chat. Developer is OpenAI's newer name for instructions; drivers whose vendor lacks it treat it as System.
const (
	User      Role = "user"
	Assistant Role = "assistant"
	System    Role = "system"
	ToolRole  Role = "tool"
	Developer Role = "developer"
)

// Message is one message of a chat: the ChatMessage of the v5 API, with the same JSON. Every field but Role may be absent.
type Message struct {
	Role       Role       `json:"role"`
	Content    Content    `json:"content,omitzero"`
	Name       string     `json:"name,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitempty"` // for a ToolRole message: the id of the call that it answers
	ToolCalls  []ToolCall `json:"tool_calls,omitempty"`
	Thinking   []Thinking `json:"thinking,omitempty"`

	// Order is in which order an answer says its pieces; nil for the usual one: thinking, content, calls. See [Message.Pieces].
	Order []Piece `json:"order,omitempty"`
	// Refusal is the end of the content if the model refuses with it, "" if it does not.
	Refusal string `json:"refusal,omitempty"`
	// Cache marks the end of what a provider is to keep in its cache: everything up to and with this message.
	Cache *Cache `json:"cache_control,omitzero"`
	// IsError says that the content of a ToolRole message is the failure of its tool.
	IsError bool `json:"is_error,omitzero"`
}

// Content is what a message says: a text or a list of parts. The zero Content is absent.
type Content struct {
	Text  string
	Parts []Part // if not nil, Text is ignored
	Set   bool   // distinguishes an empty text from an absent one
}

// Text returns a content that is a text.
func Text(s string) Content { return Content{Text: s, Set: true} }

// Parts returns a content that is a list of parts.
func Parts(p ...Part) Content { return Content{Parts: p, Set: true} }

// IsZero reports whether the content is absent.
func (c Content) IsZero() bool { return !c.Set && c.Text == "" && c.Parts == nil }

// String returns the text of c. For a list of parts it concatenates the text parts.
func (c Content) String() string {
	if c.Parts == nil {
		return c.Text
	}
	var s string
	for _, p := range c.Parts {
		s += p.Text
	}
	return s
}

// List returns c as parts, without blank texts. A text becomes one part.
func (c Content) List() []Part {
	if c.Parts == nil {
		c.Parts = []Part{{Type: TextPart, Text: c.Text}}
	}
	out := make([]Part, 0, len(c.Parts))
	for _, p := range c.Parts {
		if p.Type != TextPart || !IsBlank(p.Text) {
			out = append(out, p)
		}
	}
	return out
}

// MarshalJSONTo writes a string, a list of parts, or null if c is absent.
func (c Content) MarshalJSONTo(enc *json.Encoder) error {
	switch {
	case c.Parts != nil:
		return json.Encode(enc, c.Parts)
	case c.Set || c.Text != "":
		return json.Encode(enc, c.Text)
	default:
		return json.Null(enc)
	}
}

// UnmarshalJSONFrom reads a string, a list of parts, or null.
func (c *Content) UnmarshalJSONFrom(dec *json.Decoder) (err error) {
	*c = Content{}
	c.Set, err = json.TextOrList(dec, &c.Text, &c.Parts, "a string or a list of content parts")
	return err
}

// PartType is the kind of a content part.
type PartType string

// The kinds of content parts.
const (
	TextPart  PartType = "text"
	ImagePart PartType = "image_url"
	FilePart  PartType = "file"
	AudioPart PartType = "input_audio"
)

// Part is a piece of a message's content. Type says which of Text, ImageURL, File and Audio is used.
type Part struct {
	Type     PartType  `json:"type"`
	Text     string    `json:"text,omitzero"`
	ImageURL *ImageURL `json:"image_url,omitzero"`
	File     *File     `json:"file,omitzero"`
	Audio    *Audio    `json:"input_audio,omitzero"`
	Cache    *Cache    `json:"cache_control,omitzero"` // see [Message]
}

// ImageURL is an image: an http(s) URL, or a `data:<media type>;base64,…` URI that holds the image itself.
type ImageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitempty"` // "high", "low", "auto" or ""
}

// ToolCall is a model's request to call a function.
type ToolCall struct {
	ID       string       `json:"id"`
	Type     string       `json:"type"` // always "function"
	Function FunctionCall `json:"function"`
	// Signature is a provider's opaque proof of the reasoning behind the call, such as Gemini's thoughtSignature, sealed by its [Signer].
	Signature string `json:"signature,omitempty"`
}

// FunctionCall names the function of a tool call. Arguments is the JSON text that the model wrote; it may be invalid.
type FunctionCall struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments,omitzero"`
}

// CallOf returns a model's call of the function name. arguments is JSON text.
func CallOf(id, name, arguments string) ToolCall {
	return ToolCall{ID: id, Type: "function", Function: FunctionCall{Name: name, Arguments: arguments}}
}

// Object returns the arguments as a JSON object, for vendors that demand one. No arguments give the empty object. Anything else that is not
// an object becomes the member INVALID_JSON of one, as a string.
func (f *FunctionCall) Object() json.Value {
	if f.none() {
		return json.Value(noArguments)
	}
	if v := json.Value(f.Arguments); json.Kind(v) == '{' && json.Valid(v) {
		return v
	}
	return append(json.AppendString([]byte(`{"INVALID_JSON":`), f.Arguments), '}')
}

// Text returns the arguments as text, for the other vendors. No arguments give "{}".
func (f *FunctionCall) Text() string {
	if f.none() {
		return noArguments
	}
	return f.Arguments
}

// none reports whether there are no arguments. Models then write nothing, white space or null.
func (f *FunctionCall) none() bool {
	text := strings.TrimSpace(f.Arguments)
	return text == "" || text == "null"
}

// Thinking is a block of a model's reasoning: readable with a signature ("thinking"), or opaque ("redacted_thinking"). In later turns a
// block goes back only to the provider whose [Signer] signed it.
type Thinking struct {
	Type      string `json:"type"`
	Thinking  string `json:"thinking,omitzero"`
	Signature string `json:"signature,omitzero"`
	Data      string `json:"data,omitzero"`
}

// The kinds of thinking blocks.
const (
	ThinkingBlock         = "thinking"
	RedactedThinkingBlock = "redacted_thinking"
)
