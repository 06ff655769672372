package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Page is one page of a list.
type Page[T any] struct {
	Records []T `json:"records"`
	Page    int `json:"page"`
	Size    int `json:"size"`
	Total   int `json:"total"`
}

// Records is a list without pages.
type Records[T any] struct {
	Records []T `json:"records"`
}

// Answer is a model's answer and its usage.
type Answer struct {
	Output          *string      `json:"output,omitzero"`
	CreatedAt       *time.Time   `json:"created_at,omitzero"`
	Error           *string      `json:"error,omitzero"`
	ProviderLatency *float64     `json:"provider_latency,omitzero"`
	Stdout          *string      `json:"stdout,omitzero"`
	OutputMessage   *llm.Message `json:"output_message,omitzero"`
	PromptTokens    *int64       `json:"prompt_tokens,omitzero"`
	ReasoningTokens *int64       `json:"reasoning_tokens,omitzero"`
	OutputTokens    *int64       `json:"output_tokens,omitzero"`
	PromptCost      *float64     `json:"prompt_cost,omitzero"`
	OutputCost      *float64     `json:"output_cost,omitzero"`
	FinishReason    string       `json:"finish_reason,omitempty" known:"stop,length,tool_calls,content_filter" doc:"A provider's word that means none of these is kept as it is."`
	Logprobs        json.Value   `json:"logprobs,omitzero"`
	Detail          *errs.Detail `json:"detail,omitzero"` // of a failure

	Provider string         `json:"provider,omitempty" doc:"The one that answered."`
	Model    string         `json:"model,omitempty" doc:"The one that answered."`
	Attempts []errs.Attempt `json:"attempts,omitempty" doc:"The attempts in order, if there was more than one."`
}

// CallLabels is the values that a caller attached to a call or a Log.
type CallLabels struct {
	StartTime         *time.Time `json:"start_time,omitzero"`
	EndTime           *time.Time `json:"end_time,omitzero"`
	Source            string     `json:"source,omitempty"`
	Metadata          json.Value `json:"metadata,omitzero" object:"true"`
	SourceDatapointID string     `json:"source_datapoint_id,omitempty"`
	TraceParentID     string     `json:"trace_parent_id,omitempty"`
	User              string     `json:"user,omitempty"`
	Environment       string     `json:"environment,omitempty"`
	Save              bool       `json:"save"`
	LogID             string     `json:"log_id"`
}

// PromptCallLog is one sample of a call.
type PromptCallLog struct {
	Answer
	Index int    `json:"index"`
	ID    string `json:"id"`
}

// PromptCallResponse is the answer to a call of a Prompt.
type PromptCallResponse struct {
	CallLabels
	Messages   []llm.Message   `json:"messages"`
	ToolChoice *llm.ToolChoice `json:"tool_choice,omitzero"`
	Prompt     PromptResponse  `json:"prompt"`
	Inputs     json.Value      `json:"inputs" object:"true"`
	ID         string          `json:"id"`
	TraceID    string          `json:"trace_id,omitempty"`
	LogStatus  string          `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Never present: only Logs of Flows and Agents have it."`
	Logs       []PromptCallLog `json:"logs"`
}

// PromptCallStreamResponse is an event of a streamed call.
type PromptCallStreamResponse struct {
	Output          string       `json:"output"`
	CreatedAt       time.Time    `json:"created_at"`
	Error           string       `json:"error,omitempty"`
	ProviderLatency *float64     `json:"provider_latency,omitzero"`
	Stdout          *string      `json:"stdout,omitzero" doc:"Never present: a Prompt prints nothing."`
	OutputMessage   *llm.Message `json:"output_message,omitzero"`
	PromptTokens    *int64       `json:"prompt_tokens,omitzero"`
	ReasoningTokens *int64       `json:"reasoning_tokens,omitzero"`
	OutputTokens    *int64       `json:"output_tokens,omitzero"`
	PromptCost      *float64     `json:"prompt_cost,omitzero"`
	OutputCost      *float64     `json:"output_cost,omitzero"`
	FinishReason    string       `json:"finish_reason,omitempty" known:"stop,length,tool_calls,content_filter" doc:"A provider's word that means none of these is kept as it is."`
	Index           int          `json:"index"`
	ID              string       `json:"id"`
	PromptID        string       `json:"prompt_id"`
	VersionID       string       `json:"version_id"`
	Detail          *errs.Detail `json:"detail,omitzero"` // of a failure

	Provider string         `json:"provider,omitempty" doc:"The one that answered; in the last event."`
	Model    string         `json:"model,omitempty" doc:"The one that answered; in the last event."`
	Attempts []errs.Attempt `json:"attempts,omitempty" doc:"The attempts, if there was more than one; in the last event."`
}

// Usage counts the tokens of a call in groups that do not overlap.
type Usage struct {
	InputTokens       int64      `json:"input_tokens"`
	CachedInputTokens int64      `json:"cached_input_tokens"`
	CacheWriteTokens  int64      `json:"cache_write_tokens"`
	OutputTokens      int64      `json:"output_tokens"`
	ReasoningTokens   int64      `json:"reasoning_tokens"`
	Raw               json.Value `json:"raw,omitzero" doc:"As the provider sent it."`
}
