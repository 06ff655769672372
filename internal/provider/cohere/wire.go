package cohere

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// request is the body of a call.
type request struct {
	Model            string          `json:"model"`
	Messages         []message       `json:"messages"`
	Tools            []tool          `json:"tools,omitempty"`
	StrictTools      bool            `json:"strict_tools,omitzero"`
	ToolChoice       string          `json:"tool_choice,omitzero"` // REQUIRED or NONE
	ResponseFormat   *responseFormat `json:"response_format,omitzero"`
	Thinking         *thinking       `json:"thinking,omitzero"`
	MaxTokens        int             `json:"max_tokens,omitzero"`
	StopSequences    []string        `json:"stop_sequences,omitempty"`
	Temperature      *float64        `json:"temperature,omitzero"`
	P                *float64        `json:"p,omitzero"`
	FrequencyPenalty *float64        `json:"frequency_penalty,omitzero"`
	PresencePenalty  *float64        `json:"presence_penalty,omitzero"`
	Seed             *int64          `json:"seed,omitzero"`
	LogProbs         bool            `json:"logprobs,omitzero"`
	Stream           bool            `json:"stream,omitzero"`
}

type message struct {
	Role       string     `json:"role"`
	Content    content    `json:"content,omitzero"`
	ToolPlan   string     `json:"tool_plan,omitzero"`
	ToolCalls  []toolCall `json:"tool_calls,omitempty"`
	ToolCallID string     `json:"tool_call_id,omitzero"`
}

// content is a list of parts, of which a single text is written as a string. The zero content is absent.
type content []part

// part is a piece of a message that is sent. Type says which of the other members it has.
type part struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitzero"`
	Thinking string    `json:"thinking,omitzero"`
	ImageURL *imageURL `json:"image_url,omitzero"`
}

// MarshalJSONTo implements the JSON union of a text and a list.
func (c content) MarshalJSONTo(enc *json.Encoder) error {
	if len(c) == 1 && c[0].Type == "text" {
		return json.Encode(enc, c[0].Text)
	}
	return json.Encode(enc, []part(c))
}

type imageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitzero"`
}

type tool struct {
	Type     string   `json:"type"`
	Function function `json:"function"`
}

type function struct {
	Name        string     `json:"name"`
	Description string     `json:"description,omitzero"`
	Parameters  json.Value `json:"parameters"`
}

// toolCall is a call, sent or received, or a piece of one in a stream.
type toolCall struct {
	ID       string       `json:"id,omitzero"`
	Type     string       `json:"type,omitzero"`
	Function functionCall `json:"function"`
}

type functionCall struct {
	Name      string `json:"name,omitzero"`
	Arguments string `json:"arguments"`
}

type responseFormat struct {
	Type       string     `json:"type"`
	JSONSchema json.Value `json:"json_schema,omitzero"`
}

type thinking struct {
	Type        string `json:"type"`
	TokenBudget int    `json:"token_budget,omitzero"`
}

// response is a whole answer.
type response struct {
	Message      *answer    `json:"message"`
	FinishReason string     `json:"finish_reason"`
	Usage        json.Value `json:"usage"`
	LogProbs     json.Value `json:"logprobs"`
}

type answer struct {
	Content   []answerPart `json:"content"`
	ToolPlan  string       `json:"tool_plan"`
	ToolCalls []toolCall   `json:"tool_calls"`
}

// answerPart is a piece of an answer's content.
type answerPart struct {
	Text     string `json:"text"`
	Thinking string `json:"thinking"`
}

// event is one event of a stream.
type event struct {
	Type     string     `json:"type"`
	Index    int        `json:"index"`
	Delta    delta      `json:"delta"`
	LogProbs json.Value `json:"logprobs"`
	Message  json.Value `json:"message"` // of a whole answer
}

type delta struct {
	Message      deltaMessage `json:"message"`
	FinishReason string       `json:"finish_reason"`
	Error        string       `json:"error"`
	Usage        json.Value   `json:"usage"`
}

// deltaMessage holds one piece of content or of a tool call.
type deltaMessage struct {
	Content   sole[answerPart] `json:"content"`
	ToolPlan  string           `json:"tool_plan"`
	ToolCalls sole[toolCall]   `json:"tool_calls"`
}

// sole is one value, which is written as it is, or as a list with nothing else in it. An empty list is the zero value.
type sole[T any] struct{ v T }

// UnmarshalJSONFrom implements the JSON union of a value and a list.
func (s *sole[T]) UnmarshalJSONFrom(dec *json.Decoder) error {
	if dec.PeekKind() != json.KindArray {
		return json.Decode(dec, &s.v)
	}
	var list []T
	err := json.Decode(dec, &list)
	if len(list) > 0 {
		s.v = list[0]
	}
	return err
}

// counts are numbers of tokens. Cohere writes them as numbers with or without a fraction.
type counts struct {
	Input  llm.Count `json:"input_tokens"`
	Output llm.Count `json:"output_tokens"`
}

func (c *counts) told() bool { return c.Input.Told || c.Output.Told }

// usage counts tokens twice: those that are billed, and all.
type usage struct {
	Billed json.Lenient[counts] `json:"billed_units"`
	Tokens json.Lenient[counts] `json:"tokens"`
	Cached llm.Count            `json:"cached_tokens"` // part of the input
}
