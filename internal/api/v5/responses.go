package v5

import (
	"time"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/llm"
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

// EnvironmentResponse is an environment.
type EnvironmentResponse struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Name      string    `json:"name"`
	Tag       string    `json:"tag" enum:"default,other"`
}

// InputResponse names a variable of a template.
type InputResponse struct {
	Name string `json:"name"`
}

// LinkedToolResponse is the function of a Tool that a Prompt links to.
type LinkedToolResponse struct {
	llm.Tool
	ID        string `json:"id"`
	VersionID string `json:"version_id"`
}

// FileFields are what the answers about Files of all kinds share.
type FileFields struct {
	Path               string                `json:"path"`
	ID                 string                `json:"id"`
	DirectoryID        string                `json:"directory_id,omitempty"`
	VersionName        string                `json:"version_name,omitempty"`
	VersionDescription string                `json:"version_description,omitempty"`
	Description        string                `json:"description,omitempty"`
	Tags               []string              `json:"tags"`
	Readme             string                `json:"readme,omitempty"`
	Name               string                `json:"name"`
	VersionID          string                `json:"version_id"`
	Type               string                `json:"type" enum:"prompt,tool,dataset,evaluator,flow,agent"`
	Environments       []EnvironmentResponse `json:"environments"`
	CreatedAt          time.Time             `json:"created_at"`
	UpdatedAt          time.Time             `json:"updated_at"`
	LastUsedAt         time.Time             `json:"last_used_at"`
	VersionLogsCount   int64                 `json:"version_logs_count"`
	TotalLogsCount     int64                 `json:"total_logs_count"`
	Inputs             []InputResponse       `json:"inputs"`
	Evaluators         []json.Value          `json:"evaluators"`
}

// FieldsOf describes a version of a File; inputs are the variables of its template.
func FieldsOf(snap *file.Snapshot, inputs []string) FileFields {
	f, v := &snap.File, &snap.Version
	out := FileFields{
		Path: f.Path, ID: f.ID, DirectoryID: f.DirectoryID, VersionName: v.Name, VersionDescription: v.Description,
		Description: f.Description, Tags: f.Tags, Readme: f.Readme, Name: f.Name(), VersionID: v.ID, Type: string(f.Kind),
		CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt, LastUsedAt: v.LastUsedAt, VersionLogsCount: v.LogsCount, TotalLogsCount: f.LogsCount,
		Environments: make([]EnvironmentResponse, 0, len(v.Environments)), Inputs: make([]InputResponse, 0, len(inputs)),
	}
	if out.LastUsedAt.IsZero() {
		out.LastUsedAt = v.CreatedAt
	}
	for _, e := range v.Environments {
		out.Environments = append(out.Environments, EnvironmentResponse{ID: e.ID, CreatedAt: e.CreatedAt, Name: e.Name, Tag: e.Tag})
	}
	for _, name := range inputs {
		out.Inputs = append(out.Inputs, InputResponse{name})
	}
	return out
}

// PromptResponse is a version of a Prompt.
type PromptResponse struct {
	FileFields
	PromptKernel
	LinkedTools []LinkedToolResponse `json:"linked_tools,omitempty"`
}

// PopulatedPrompt is a version of a Prompt with its template filled.
type PopulatedPrompt struct {
	PromptResponse
	PopulatedTemplate *file.Template `json:"populated_template"`
}

// CreatePromptLogResponse names a Log that was made.
type CreatePromptLogResponse struct {
	ID        string `json:"id"`
	PromptID  string `json:"prompt_id"`
	VersionID string `json:"version_id"`
	SessionID string `json:"session_id,omitempty"`
}

// Answer is what a model said, and what it took.
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
	FinishReason    string       `json:"finish_reason,omitempty"`
	Logprobs        json.Value   `json:"logprobs,omitzero"`
	Detail          *errs.Detail `json:"detail,omitzero"` // of a failure

	Provider string         `json:"provider,omitempty" doc:"That answered."`
	Model    string         `json:"model,omitempty" doc:"That answered."`
	Attempts []errs.Attempt `json:"attempts,omitempty" doc:"When more than one was made, in order."`
}

// CallLabels are what a caller attached to a call or a Log.
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
	Logs       []PromptCallLog `json:"logs"`
}

// PromptCallChunk is an event of a streamed call.
type PromptCallChunk struct {
	Output          string       `json:"output"`
	CreatedAt       time.Time    `json:"created_at"`
	Error           string       `json:"error,omitempty"`
	ProviderLatency *float64     `json:"provider_latency,omitzero"`
	OutputMessage   *llm.Message `json:"output_message,omitzero"`
	PromptTokens    *int64       `json:"prompt_tokens,omitzero"`
	ReasoningTokens *int64       `json:"reasoning_tokens,omitzero"`
	OutputTokens    *int64       `json:"output_tokens,omitzero"`
	PromptCost      *float64     `json:"prompt_cost,omitzero"`
	OutputCost      *float64     `json:"output_cost,omitzero"`
	FinishReason    string       `json:"finish_reason,omitempty"`
	Index           int          `json:"index"`
	ID              string       `json:"id"`
	PromptID        string       `json:"prompt_id"`
	VersionID       string       `json:"version_id"`
	Detail          *errs.Detail `json:"detail,omitzero"` // of a failure

	Provider string         `json:"provider,omitempty" doc:"That answered, in the last event."`
	Model    string         `json:"model,omitempty" doc:"That answered, in the last event."`
	Attempts []errs.Attempt `json:"attempts,omitempty" doc:"When more than one was made, in the last event."`
}

// LogFields are what the Logs of all kinds share.
type LogFields struct {
	CallLabels
	Output           *string      `json:"output,omitzero"`
	CreatedAt        time.Time    `json:"created_at"`
	Error            *string      `json:"error,omitzero"`
	Detail           *errs.Detail `json:"detail,omitzero"` // of a call that failed here
	ProviderLatency  *float64     `json:"provider_latency,omitzero"`
	Stdout           *string      `json:"stdout,omitzero"`
	ProviderRequest  json.Value   `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value   `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value   `json:"inputs" object:"true"`
	Batches          []string     `json:"batches"`
	ID               string       `json:"id"`
	EvaluatorLogs    []Log        `json:"evaluator_logs"`
	TraceFlowID      string       `json:"trace_flow_id,omitempty"`
	TraceID          string       `json:"trace_id,omitempty"`
	TraceChildren    []Log        `json:"trace_children"`
	LogStatus        string       `json:"log_status,omitempty" enum:"complete,incomplete"`
}

// Log is a Log of any kind: the member that holds its File tells which.
type Log struct {
	LogFields
	OutputMessage   *llm.Message    `json:"output_message,omitzero"`
	PromptTokens    *int64          `json:"prompt_tokens,omitzero"`
	ReasoningTokens *int64          `json:"reasoning_tokens,omitzero"`
	OutputTokens    *int64          `json:"output_tokens,omitzero"`
	PromptCost      *float64        `json:"prompt_cost,omitzero"`
	OutputCost      *float64        `json:"output_cost,omitzero"`
	FinishReason    string          `json:"finish_reason,omitempty"`
	Messages        []llm.Message   `json:"messages,omitempty"`
	ToolChoice      *llm.ToolChoice `json:"tool_choice,omitzero"`
	Logprobs        json.Value      `json:"logprobs,omitzero"`
	Provider        string          `json:"provider,omitempty" doc:"That answered."`
	Model           string          `json:"model,omitempty" doc:"That answered."`
	Attempts        []errs.Attempt  `json:"attempts,omitempty" doc:"When more than one was made, in order."`
	Usage           *Usage          `json:"usage,omitzero"`
	Prompt          *PromptResponse `json:"prompt,omitzero"`
}

// Usage counts the tokens of a call in disjoint buckets.
type Usage struct {
	InputTokens       int64      `json:"input_tokens"`
	CachedInputTokens int64      `json:"cached_input_tokens"`
	CacheWriteTokens  int64      `json:"cache_write_tokens"`
	OutputTokens      int64      `json:"output_tokens"`
	ReasoningTokens   int64      `json:"reasoning_tokens"`
	Raw               json.Value `json:"raw,omitzero" doc:"As the provider sent it."`
}
