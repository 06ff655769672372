package anthropic

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// request is the body of a call.
type request struct {
	Model         string        `json:"model,omitzero"`
	Version       string        `json:"anthropic_version,omitzero"` // on Google Vertex AI, where the model is in the path
	MaxTokens     int           `json:"max_tokens"`
	System        []block       `json:"system,omitempty"`
	Messages      []message     `json:"messages"`
	Tools         []tool        `json:"tools,omitempty"`
	ToolChoice    *toolChoice   `json:"tool_choice,omitzero"`
	Temperature   *float64      `json:"temperature,omitzero"`
	TopP          *float64      `json:"top_p,omitzero"`
	TopK          *int          `json:"top_k,omitzero"`
	CacheControl  *llm.Cache    `json:"cache_control,omitzero"`
	StopSequences []string      `json:"stop_sequences,omitempty"`
	Thinking      *thinking     `json:"thinking,omitzero"`
	OutputConfig  *outputConfig `json:"output_config,omitzero"`
	Metadata      *metadata     `json:"metadata,omitzero"`
	Stream        bool          `json:"stream,omitzero"`
}

type message = llm.Turn[block]

// block is a piece of a message that is sent. Type says which of the other members it has.
type block struct {
	Type      string     `json:"type"`
	Text      string     `json:"text,omitzero"`
	Thinking  *string    `json:"thinking,omitzero"` // required, also when empty
	Signature string     `json:"signature,omitzero"`
	Data      string     `json:"data,omitzero"`
	Source    *source    `json:"source,omitzero"`
	ID        string     `json:"id,omitzero"`
	Name      string     `json:"name,omitzero"`
	Input     json.Value `json:"input,omitzero"`
	ToolUseID string     `json:"tool_use_id,omitzero"`
	Content   []block    `json:"content,omitempty"`
	IsError   bool       `json:"is_error,omitzero"`
	Title     string     `json:"title,omitzero"` // of a document

	CacheControl *llm.Cache `json:"cache_control,omitzero"`
}

type source struct {
	Type      string `json:"type"`
	MediaType string `json:"media_type,omitzero"`
	Data      string `json:"data,omitzero"`
	URL       string `json:"url,omitzero"`
}

type tool struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitzero"`
	InputSchema json.Value `json:"input_schema"`
	Strict      bool       `json:"strict,omitzero"`

	CacheControl *llm.Cache `json:"cache_control,omitzero"`
}

type toolChoice struct {
	Type string `json:"type"`
	Name string `json:"name,omitzero"`

	DisableParallel bool `json:"disable_parallel_tool_use,omitzero"`
}

type thinking = llm.ClaudeThinking

type outputConfig struct {
	Effort string        `json:"effort,omitzero"`
	Format *outputFormat `json:"format,omitzero"`
}

type outputFormat struct {
	Type   string     `json:"type"`
	Schema json.Value `json:"schema"`
}

type metadata struct {
	UserID string `json:"user_id"`
}

// response is a whole answer.
type response struct {
	Type         string               `json:"type"`
	Model        string               `json:"model"`
	Content      []answerBlock        `json:"content"`
	StopReason   string               `json:"stop_reason"`
	StopSequence json.Lenient[string] `json:"stop_sequence"`
	StopDetails  stopDetails          `json:"stop_details"`
	Usage        json.Value           `json:"usage"`
}

// answerBlock is a piece of an answer.
type answerBlock struct {
	Type      string     `json:"type"`
	Text      string     `json:"text"`
	Thinking  string     `json:"thinking"`
	Signature string     `json:"signature"`
	Data      string     `json:"data"`
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Input     json.Value `json:"input"`
}

type stopDetails struct {
	Explanation string `json:"explanation"`
}

// event is one event of a stream.
type event struct {
	Type         string      `json:"type"`
	Index        int         `json:"index"`
	Delta        delta       `json:"delta"`
	ContentBlock answerBlock `json:"content_block"`
	Message      response    `json:"message"`
	Usage        json.Value  `json:"usage"`
}

type delta struct {
	Type         string               `json:"type"`
	Text         string               `json:"text"`
	PartialJSON  string               `json:"partial_json"`
	Thinking     string               `json:"thinking"`
	Signature    string               `json:"signature"`
	StopReason   string               `json:"stop_reason"`
	StopSequence json.Lenient[string] `json:"stop_sequence"`
	StopDetails  stopDetails          `json:"stop_details"`
}
