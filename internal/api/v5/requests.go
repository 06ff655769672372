// Package v5 holds the wire types of the v5 API, and nothing else.
package v5

import (
	"time"

	"openloop/internal/json"
	"openloop/internal/llm"
)

// PromptUpsert asks for a version of a Prompt.
type PromptUpsert struct {
	Path string `json:"path,omitempty" doc:"Where the Prompt is, or is to be made. Either path or id."`
	ID   string `json:"id,omitempty" doc:"The Prompt that gets the version."`
	PromptKernel
	VersionName        string    `json:"version_name,omitempty" maxlen:"255" doc:"Unique within the Prompt."`
	VersionDescription string    `json:"version_description,omitempty"`
	Description        *string   `json:"description,omitzero" doc:"Of the Prompt."`
	Tags               *[]string `json:"tags,omitzero"`
	Readme             *string   `json:"readme,omitzero"`
}

// LogLabels are what a call or a Log may carry along.
type LogLabels struct {
	Source            string     `json:"source,omitempty" doc:"Where the call comes from."`
	Metadata          json.Value `json:"metadata,omitzero" object:"true" doc:"Anything, to be found by later."`
	StartTime         *time.Time `json:"start_time,omitzero"`
	EndTime           *time.Time `json:"end_time,omitzero"`
	SourceDatapointID string     `json:"source_datapoint_id,omitempty"`
	TraceParentID     string     `json:"trace_parent_id,omitempty" doc:"The Log that this one is a part of."`
	User              string     `json:"user,omitempty" doc:"The end user."`
	Environment       string     `json:"environment,omitempty" doc:"A label."`
	Save              *bool      `json:"save,omitzero" doc:"false keeps no inputs, messages or outputs."`
	LogID             string     `json:"log_id,omitempty" maxlen:"256" doc:"The id that the Log is to have."`
}

// PromptCall asks for a call of a Prompt.
type PromptCall struct {
	Path            string            `json:"path,omitempty" doc:"The Prompt's path. Either path or id."`
	ID              string            `json:"id,omitempty" doc:"The Prompt's id."`
	Messages        []llm.Message     `json:"messages,omitempty" doc:"Messages that follow those of the template."`
	ToolChoice      llm.ToolChoice    `json:"tool_choice,omitzero"`
	Prompt          InlinePrompt      `json:"prompt,omitzero" doc:"The content to use: the version is found by it, or made."`
	Inputs          json.Value        `json:"inputs,omitzero" object:"true" doc:"Values of the template's variables."`
	ProviderAPIKeys map[string]string `json:"provider_api_keys,omitempty" doc:"Keys of providers, for this call alone; never stored."`
	NumSamples      *int              `json:"num_samples,omitzero" min:"1" max:"32" doc:"Answers to generate; 1 when absent."`
	ReturnInputs    *bool             `json:"return_inputs,omitzero" doc:"false leaves inputs out of the answer."`
	Logprobs        *int              `json:"logprobs,omitzero" min:"0" max:"20"`
	Suffix          string            `json:"suffix,omitempty" doc:"The text after the completion."`
	Stream          bool              `json:"stream,omitzero"`
	MaxRetries      *int              `json:"max_retries,omitzero" min:"0" max:"10" doc:"In place of the Prompt's."`
	Fallbacks       []Fallback        `json:"fallbacks,omitempty" maxlen:"5" doc:"In place of the Prompt's."`
	LogLabels
}

// PromptLog reports a call that was made elsewhere.
type PromptLog struct {
	Path   string       `json:"path,omitempty" doc:"The Prompt's path. Either path or id."`
	ID     string       `json:"id,omitempty" doc:"The Prompt's id."`
	RunID  string       `json:"run_id,omitempty"`
	Prompt InlinePrompt `json:"prompt,omitzero" doc:"The content that was used: the version is found by it, or made."`
	LogAnswer
	LogLabels
}

// LogAnswer is what a Log says about an answer.
type LogAnswer struct {
	OutputMessage    *llm.Message   `json:"output_message,omitzero"`
	PromptTokens     *int64         `json:"prompt_tokens,omitzero" min:"0"`
	ReasoningTokens  *int64         `json:"reasoning_tokens,omitzero" min:"0"`
	OutputTokens     *int64         `json:"output_tokens,omitzero" min:"0"`
	PromptCost       *float64       `json:"prompt_cost,omitzero"`
	OutputCost       *float64       `json:"output_cost,omitzero"`
	FinishReason     string         `json:"finish_reason,omitempty"`
	Messages         []llm.Message  `json:"messages,omitempty"`
	ToolChoice       llm.ToolChoice `json:"tool_choice,omitzero"`
	Output           *string        `json:"output,omitzero"`
	CreatedAt        *time.Time     `json:"created_at,omitzero"`
	Error            *string        `json:"error,omitzero"`
	ProviderLatency  *float64       `json:"provider_latency,omitzero"`
	Stdout           *string        `json:"stdout,omitzero"`
	ProviderRequest  json.Value     `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value     `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value     `json:"inputs,omitzero" object:"true"`
	LogStatus        string         `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Read from older clients, and ignored."`
}

// PromptLogUpdate changes a Log. What is absent stays; an output or error of null is unset.
type PromptLogUpdate struct {
	OutputMessage    *llm.Message     `json:"output_message,omitzero"`
	PromptTokens     *int64           `json:"prompt_tokens,omitzero" min:"0"`
	ReasoningTokens  *int64           `json:"reasoning_tokens,omitzero" min:"0"`
	OutputTokens     *int64           `json:"output_tokens,omitzero" min:"0"`
	PromptCost       *float64         `json:"prompt_cost,omitzero"`
	OutputCost       *float64         `json:"output_cost,omitzero"`
	FinishReason     string           `json:"finish_reason,omitempty"`
	Messages         []llm.Message    `json:"messages,omitempty"`
	ToolChoice       llm.ToolChoice   `json:"tool_choice,omitzero"`
	Output           json.Opt[string] `json:"output,omitzero"`
	CreatedAt        *time.Time       `json:"created_at,omitzero" doc:"Read, and ignored: a Log stays where it is in lists."`
	Error            json.Opt[string] `json:"error,omitzero"`
	ProviderLatency  *float64         `json:"provider_latency,omitzero"`
	Stdout           *string          `json:"stdout,omitzero"`
	ProviderRequest  json.Value       `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value       `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value       `json:"inputs,omitzero" object:"true"`
	Source           string           `json:"source,omitempty"`
	Metadata         json.Value       `json:"metadata,omitzero" object:"true"`
	StartTime        *time.Time       `json:"start_time,omitzero"`
	EndTime          *time.Time       `json:"end_time,omitzero"`
	LogStatus        string           `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Read from older clients, and ignored."`
}
