package chat

import (
	"cmp"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Message is a message of a request.
type Message struct {
	Role       string         `json:"role" required:"true" enum:"system,developer,user,assistant,tool"`
	Content    MessageContent `json:"content,omitzero"`
	Name       string         `json:"name,omitempty"`
	ToolCallID string         `json:"tool_call_id,omitempty"`
	ToolCalls  []ToolCall     `json:"tool_calls,omitempty"`
	Refusal    string         `json:"refusal,omitempty"`

	CacheControl *llm.Cache `json:"cache_control,omitzero"` // of clients of Anthropic's models

	// What a model has thought, as this server or another wrote it in an earlier answer. Text alone cannot go back to any provider.
	ReasoningDetails []ReasoningDetail `json:"reasoning_details,omitempty"`
	ThinkingBlocks   []ThinkingBlock   `json:"thinking_blocks,omitempty"`
	ReasoningContent string            `json:"reasoning_content,omitempty"`
	ReasoningText    string            `json:"reasoning,omitempty"`
}

// ToolCall is a call of a function. Signature is this server's own: the proof of a provider of the reasoning behind the call.
type ToolCall struct {
	ID        string       `json:"id" required:"true"`
	Type      string       `json:"type,omitempty" enum:"function"`
	Function  FunctionCall `json:"function" required:"true"`
	Signature string       `json:"signature,omitempty"`
}

// FunctionCall is what is called.
type FunctionCall struct {
	Name      string `json:"name" required:"true"`
	Arguments string `json:"arguments,omitempty"`
}

// ReasoningDetail is a block of thinking, in OpenRouter's form.
type ReasoningDetail struct {
	Type      string `json:"type"`
	Text      string `json:"text,omitempty"`
	Signature string `json:"signature,omitempty"`
	Data      string `json:"data,omitempty"`
	Index     *int   `json:"index,omitzero"`
}

// The types of a ReasoningDetail.
const (
	reasoningText      = "reasoning.text"
	reasoningEncrypted = "reasoning.encrypted"
)

// ThinkingBlock is a block of thinking, in LiteLLM's form.
type ThinkingBlock struct {
	Type      string `json:"type"`
	Thinking  string `json:"thinking,omitempty"`
	Signature string `json:"signature,omitempty"`
	Data      string `json:"data,omitempty"`
}

// MessageContent is a text or a list of parts.
type MessageContent struct {
	Text  string
	Parts []Part
	Set   bool
}

// Part is a part of a content.
type Part struct {
	Type       string        `json:"type" required:"true" enum:"text,refusal,image_url,input_audio,file"`
	Text       string        `json:"text,omitempty"`
	Refusal    string        `json:"refusal,omitempty"`
	ImageURL   *llm.ImageURL `json:"image_url,omitzero"`
	InputAudio *Audio        `json:"input_audio,omitzero"`
	File       *File         `json:"file,omitzero"`

	CacheControl *llm.Cache `json:"cache_control,omitzero"`
}

// File is a document: its data as a URI. The id of one that is kept elsewhere is refused.
type File struct {
	Filename string `json:"filename,omitempty"`
	FileData string `json:"file_data,omitempty"`
	FileURL  string `json:"file_url,omitempty"`
	FileID   string `json:"file_id,omitempty"`
}

// Audio is sound in base64.
type Audio struct {
	Data   string `json:"data" required:"true"`
	Format string `json:"format" required:"true" enum:"wav,mp3"`
}

// IsZero reports whether there is no content.
func (c MessageContent) IsZero() bool { return !c.Set }

// JSONSchema implements [schema.Schemer].
func (MessageContent) JSONSchema() *schema.Schema {
	return schema.TextOr(aContent, schema.Of[Part]())
}

const aContent = "a string or a list of content parts"

// UnmarshalJSONFrom reads a string, a list of parts, or null.
func (c *MessageContent) UnmarshalJSONFrom(dec *json.Decoder) (err error) {
	*c = MessageContent{}
	c.Set, err = json.TextOrList(dec, &c.Text, &c.Parts, aContent)
	return err
}

func messages(in []Message) ([]llm.Message, error) {
	out := make([]llm.Message, len(in))
	for i := range in {
		m := &in[i]
		content, err := m.Content.portable("messages", i, "content")
		if err != nil {
			return nil, err
		}
		out[i] = llm.Message{Role: llm.Role(m.Role), Content: content, Name: m.Name, ToolCallID: m.ToolCallID, Thinking: m.thinking(), Cache: m.CacheControl}
		out[i].Refusal = m.refusal()
		if !content.Set && m.Refusal != "" {
			out[i].Content = llm.Text(m.Refusal)
		}
		for _, c := range m.ToolCalls {
			call := llm.CallOf(c.ID, c.Function.Name, c.Function.Arguments)
			call.Signature = c.Signature
			out[i].ToolCalls = append(out[i].ToolCalls, call)
		}
	}
	return out, nil
}

// refusal is what m refuses with, as a member of its own or as parts of the content.
func (m *Message) refusal() string {
	out := m.Refusal
	for i := range m.Content.Parts {
		out += m.Content.Parts[i].Refusal
	}
	return out
}

func (c MessageContent) portable(place ...any) (llm.Content, error) {
	if c.Parts == nil {
		return llm.Content{Text: c.Text, Set: c.Set}, nil
	}
	parts := make([]llm.Part, 0, len(c.Parts))
	for i := range c.Parts {
		p := &c.Parts[i]
		part := llm.Part{Type: llm.TextPart, Text: cmp.Or(p.Text, p.Refusal)}
		switch {
		case p.Type == "file":
			file, err := p.File.portable()
			if err != nil {
				return llm.Content{}, errs.Within(err, append(place, i, "file")...)
			}
			part = llm.Part{Type: llm.FilePart, File: file}
		case p.Type == "input_audio" && p.InputAudio == nil:
			return llm.Content{}, errs.Invalid("is missing", append(place, i, "input_audio")...)
		case p.Type == "input_audio":
			part = llm.Part{Type: llm.AudioPart, Audio: &llm.Audio{Data: p.InputAudio.Data, Format: p.InputAudio.Format}}
		case p.Type == "image_url" && p.ImageURL != nil:
			part = llm.Part{Type: llm.ImagePart, ImageURL: p.ImageURL}
		}
		part.Cache = p.CacheControl
		parts = append(parts, part)
	}
	return llm.Parts(parts...), nil
}

func (f *File) portable() (*llm.File, error) {
	if f == nil {
		return nil, errs.Invalid("is missing")
	}
	return dialect.File(llm.File{Name: f.Filename, Data: f.FileData, URL: f.FileURL}, f.FileID)
}

// thinking returns the blocks that can go back to the provider which made them. Each form is there in place of the others.
func (m *Message) thinking() []llm.Thinking {
	var out []llm.Thinking
	for _, d := range m.ReasoningDetails {
		if block := thinkingOf(d.Text, d.Signature, d.Data); block != (llm.Thinking{}) {
			out = append(out, block)
		}
	}
	if out != nil {
		return out
	}
	for _, b := range m.ThinkingBlocks {
		if block := thinkingOf(b.Thinking, b.Signature, b.Data); block != (llm.Thinking{}) {
			out = append(out, block)
		}
	}
	return out
}

// thinkingOf returns a block that is signed or encrypted; the zero block if it is neither.
func thinkingOf(text, signature, data string) llm.Thinking {
	switch {
	case data != "":
		return llm.Thinking{Type: llm.RedactedThinkingBlock, Data: data}
	case signature != "":
		return llm.Thinking{Type: llm.ThinkingBlock, Thinking: text, Signature: signature}
	}
	return llm.Thinking{}
}
