package messages

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Turn is a message of a request.
type Turn struct {
	Role    string       `json:"role" required:"true" enum:"user,assistant,system"`
	Content BlockContent `json:"content" required:"true"`
}

// BlockContent is a text or a list of blocks.
type BlockContent struct {
	Text   string
	Blocks []Block // nil for a text
	Set    bool
}

// Block is a piece of a content. Its type says which members it has.
type Block struct {
	Piece

	// Of type tool_use. Signature is this server's own: the proof of a provider of the reasoning behind the call.
	ID    string     `json:"id,omitempty"`
	Name  string     `json:"name,omitempty"`
	Input json.Value `json:"input,omitzero"`

	// Of type tool_result.
	ToolUseID string  `json:"tool_use_id,omitempty"`
	Content   *Result `json:"content,omitzero"`
	IsError   bool    `json:"is_error,omitzero"`

	// Of types thinking and redacted_thinking.
	Thinking  string `json:"thinking,omitempty"`
	Signature string `json:"signature,omitempty"`
	Data      string `json:"data,omitempty"`
}

// Piece is a text, an image or a document.
type Piece struct {
	Type   string  `json:"type" required:"true"`
	Text   string  `json:"text,omitempty"`
	Source *Source `json:"source,omitzero"`

	// Of a document.
	Title   string `json:"title,omitempty"`
	Context string `json:"context,omitempty"`

	CacheControl *llm.Cache `json:"cache_control,omitzero"`

	// Without effect.
	Citations json.Value `json:"citations,omitzero"`
}

// The types of blocks.
const (
	blockText     = "text"
	blockImage    = "image"
	blockDocument = "document"
	blockCall     = "tool_use"
	blockResult   = "tool_result"
	blockThinking = "thinking"
	blockRedacted = "redacted_thinking"
)

// Source is what an image or a document is made of.
type Source struct {
	Type      string     `json:"type" required:"true"`
	MediaType string     `json:"media_type,omitempty"`
	Data      string     `json:"data,omitempty"`
	URL       string     `json:"url,omitempty"`
	FileID    string     `json:"file_id,omitempty"`
	Content   json.Value `json:"content,omitzero"`
}

// Result is what a tool gave: a text or a list of pieces.
type Result struct {
	Text   string
	Pieces []Piece // nil for a text
}

// IsZero reports whether there is no content.
func (c BlockContent) IsZero() bool { return !c.Set }

const aContent = "a string or a list of content blocks"

// JSONSchema implements [schema.Schemer].
func (BlockContent) JSONSchema() *schema.Schema {
	return schema.TextOr(aContent, schema.Of[Block]())
}

// UnmarshalJSONFrom reads a string, a list of blocks, or null.
func (c *BlockContent) UnmarshalJSONFrom(dec *json.Decoder) (err error) {
	*c = BlockContent{}
	c.Set, err = json.TextOrList(dec, &c.Text, &c.Blocks, aContent)
	return err
}

// JSONSchema implements [schema.Schemer].
func (Result) JSONSchema() *schema.Schema {
	return schema.TextOr(aContent, schema.Of[Piece]())
}

// UnmarshalJSONFrom reads a string, a list of pieces, or null.
func (r *Result) UnmarshalJSONFrom(dec *json.Decoder) error {
	*r = Result{}
	_, err := json.TextOrList(dec, &r.Text, &r.Pieces, aContent)
	return err
}
