package responses

import (
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Input is what is asked: a text of the user, or items.
type Input struct {
	Text  string
	Items []Item
	Set   bool
}

// IsZero reports whether nothing is asked.
func (i Input) IsZero() bool { return !i.Set }

// JSONSchema implements [schema.Schemer].
func (Input) JSONSchema() *schema.Schema {
	return schema.TextOr(anInput, schema.Of[Item]())
}

const (
	anInput  = "a string or a list of items"
	aContent = "a string or a list of parts"
)

// UnmarshalJSONFrom reads a string, a list of items, or null.
func (i *Input) UnmarshalJSONFrom(dec *json.Decoder) (err error) {
	*i = Input{}
	i.Set, err = json.TextOrList(dec, &i.Text, &i.Items, anInput)
	return err
}

// Item is a piece of a conversation. Its type says which members count; an item with a role and no type is a message.
type Item struct {
	Type string `json:"type,omitempty" known:"message,function_call,function_call_output,custom_tool_call,custom_tool_call_output,reasoning"`
	ID   string `json:"id,omitempty"`

	Role    string      `json:"role,omitempty" enum:"user,assistant,system,developer"`
	Content ItemContent `json:"content,omitzero"`

	CallID    string      `json:"call_id,omitempty"`
	Name      string      `json:"name,omitempty"`
	Namespace string      `json:"namespace,omitempty"`
	Arguments string      `json:"arguments,omitempty"`
	Input     string      `json:"input,omitempty"`
	Output    ItemContent `json:"output,omitzero"`

	Summary          []ItemPart `json:"summary,omitempty"`
	EncryptedContent string     `json:"encrypted_content,omitempty"`

	// Of items that were an output once. They mean nothing in an input.
	Status string `json:"status,omitempty"`
	Phase  string `json:"phase,omitempty"`
}

// The types of items.
const (
	messageItem      = "message"
	callItem         = "function_call"
	callOutputItem   = "function_call_output"
	customItem       = "custom_tool_call"
	customOutputItem = "custom_tool_call_output"
	reasoningItem    = "reasoning"
	referenceItem    = "item_reference"
)

// ItemContent is a text or a list of parts.
type ItemContent struct {
	Text  string
	Parts []ItemPart
	Set   bool
}

// ItemPart is a part of a content.
type ItemPart struct {
	Type     string `json:"type" required:"true" known:"input_text,output_text,refusal,input_image,input_file,input_audio,summary_text,reasoning_text"`
	Text     string `json:"text,omitempty"`
	Refusal  string `json:"refusal,omitempty"`
	ImageURL string `json:"image_url,omitempty"`
	Detail   string `json:"detail,omitempty"`
	FileID   string `json:"file_id,omitempty"`
	Filename string `json:"filename,omitempty"`
	FileData string `json:"file_data,omitempty"`
	FileURL  string `json:"file_url,omitempty"`

	InputAudio *llm.Audio `json:"input_audio,omitzero"`

	// Of parts that were an output once.
	Annotations json.Value `json:"annotations,omitzero"`
	Logprobs    json.Value `json:"logprobs,omitzero"`
}

// The types of parts that are written, or need more than their text.
const (
	inputText     = "input_text"
	inputImage    = "input_image"
	inputFile     = "input_file"
	inputAudio    = "input_audio"
	outputText    = "output_text"
	summaryText   = "summary_text"
	reasoningText = "reasoning_text"
	refusalPart   = "refusal"
	textPart      = "text"
)

// IsZero reports whether there is no content.
func (c ItemContent) IsZero() bool { return !c.Set }

// JSONSchema implements [schema.Schemer].
func (ItemContent) JSONSchema() *schema.Schema {
	return schema.TextOr(aContent, schema.Of[ItemPart]())
}

// UnmarshalJSONFrom reads a string, a list of parts, or null.
func (c *ItemContent) UnmarshalJSONFrom(dec *json.Decoder) (err error) {
	*c = ItemContent{}
	c.Set, err = json.TextOrList(dec, &c.Text, &c.Parts, aContent)
	return err
}

// messages returns the conversation: the instructions, then the input.
func (r *ResponseParams) messages() ([]llm.Message, error) {
	var out conversation
	if r.Instructions != "" {
		out.add(llm.Message{Role: llm.System, Content: llm.Text(r.Instructions)})
	}
	if r.Input.Set && r.Input.Items == nil {
		out.add(llm.Message{Role: llm.User, Content: llm.Text(r.Input.Text)})
	}
	for i := range r.Input.Items {
		if err := out.item(&r.Input.Items[i]); err != nil {
			return nil, errs.Within(err, "input", i)
		}
	}
	out.end()
	return out.messages, nil
}

// conversation is made of items. What a model says until somebody else does is one message.
type conversation struct {
	messages []llm.Message
	turn     *turn // that the model is at; nil if somebody else speaks
}

// turn is a message of the model as far as it has come.
type turn struct {
	llm.Composer
	refusal string
}

// end ends the turn of the model.
func (c *conversation) end() {
	if c.turn == nil {
		return
	}
	m := c.turn.Message()
	m.Refusal = c.turn.refusal
	c.messages, c.turn = append(c.messages, m), nil
}

// add adds a message that is not the model's.
func (c *conversation) add(m llm.Message) {
	c.end()
	c.messages = append(c.messages, m)
}

// says returns the turn of the model.
func (c *conversation) says() *turn {
	if c.turn == nil {
		c.turn = new(turn)
	}
	return c.turn
}

// item adds an item. Errors name places in it.
func (c *conversation) item(i *Item) error {
	switch i.Type {
	case "", messageItem:
		return c.message(i)
	case callItem:
		return c.call(llm.CallOf(i.CallID, joinedName(i.Namespace, i.Name), i.Arguments))
	case customItem:
		return c.call(llm.CallOf(i.CallID, joinedName(i.Namespace, i.Name), string(json.AppendValue(nil, customInput{i.Input}))))
	case callOutputItem, customOutputItem:
		content, err := i.Output.portable("output")
		if err == nil && i.CallID == "" {
			err = errs.Invalid("The output of a call needs its id.", "call_id")
		}
		c.add(llm.Message{Role: llm.ToolRole, ToolCallID: i.CallID, Content: content})
		return err
	case reasoningItem:
		c.thought(i)
		return nil
	case referenceItem:
		return errs.New(errs.ResourceNotFound, "No item %q is kept here. Send it whole.", errs.Truncate(i.ID, maxShown)).At("id")
	}
	return dialect.Unsupported("Messages, calls of functions and custom tools, their outputs, and reasoning are items here, and no "+errs.Truncate(i.Type, maxShown)+".", "type")
}

func (c *conversation) message(i *Item) error {
	content, err := i.Content.portable("content")
	switch {
	case err != nil:
		return err
	case i.Role == "":
		return errs.Invalid("An item needs a type, and a message a role.", "role")
	case i.Role != string(llm.Assistant):
		c.add(llm.Message{Role: llm.Role(i.Role), Content: content})
		return nil
	}
	t := c.says()
	for j := range i.Content.Parts {
		t.refusal += i.Content.Parts[j].Refusal
	}
	if content.Parts == nil {
		t.Show(llm.Part{Type: llm.TextPart, Text: content.Text})
		return nil
	}
	for j := range content.Parts {
		t.Show(content.Parts[j])
	}
	return nil
}

func (c *conversation) call(call llm.ToolCall) error {
	switch {
	case call.ID == "":
		return errs.Invalid("A call needs an id.", "call_id")
	case call.Function.Name == "":
		return errs.Invalid("A call needs the name of its tool.", "name")
	}
	c.says().Call(call)
	return nil
}

// thought adds what can go back to the provider that made it: text alone cannot.
func (c *conversation) thought(i *Item) {
	kind, value := unsealed(i.EncryptedContent)
	text := joinedTexts(i.Summary)
	if text == "" {
		text = joinedTexts(i.Content.Parts)
	}
	switch {
	case value == "":
	case kind == ofCall:
		if call := c.says().LastCall(); call != nil {
			call.Signature = value
		}
	case kind == ofData, kind == "" && text == "":
		c.says().Think(llm.Thinking{Type: llm.RedactedThinkingBlock, Data: value})
	default:
		c.says().Think(llm.Thinking{Type: llm.ThinkingBlock, Thinking: text, Signature: value})
	}
}

func joinedTexts(parts []ItemPart) string {
	texts := make([]string, len(parts))
	for i := range parts {
		texts[i] = parts[i].Text
	}
	return strings.Join(texts, "\n\n")
}

func (c ItemContent) portable(place ...any) (llm.Content, error) {
	if c.Parts == nil {
		return llm.Content{Text: c.Text, Set: c.Set}, nil
	}
	parts := make([]llm.Part, len(c.Parts))
	for i := range c.Parts {
		var err error
		if parts[i], err = c.Parts[i].portable(); err != nil {
			return llm.Content{}, errs.Within(err, append(place, i)...)
		}
	}
	return llm.ContentOf(parts), nil
}

func (p *ItemPart) portable() (llm.Part, error) {
	switch p.Type {
	case inputText, outputText, refusalPart, textPart, reasoningText, summaryText:
		return llm.Part{Type: llm.TextPart, Text: cmp.Or(p.Text, p.Refusal)}, nil
	case inputImage:
		switch {
		case p.FileID != "":
			return llm.Part{}, dialect.Unsupported("No files are kept here. Send the image itself, or its address.", "file_id")
		case p.ImageURL == "":
			return llm.Part{}, errs.Invalid("An image needs its address.", "image_url")
		}
		return llm.Part{Type: llm.ImagePart, ImageURL: &llm.ImageURL{URL: p.ImageURL, Detail: p.Detail}}, nil
	case inputFile:
		file, err := dialect.File(llm.File{Name: p.Filename, Data: p.FileData, URL: p.FileURL}, p.FileID)
		return llm.Part{Type: llm.FilePart, File: file}, err
	case inputAudio:
		if p.InputAudio == nil {
			return llm.Part{}, errs.Invalid("is missing", "input_audio")
		}
		return llm.Part{Type: llm.AudioPart, Audio: p.InputAudio}, nil
	}
	return llm.Part{}, errs.Invalid("must be one of input_text, output_text, refusal, input_image, input_file, input_audio", "type")
}
