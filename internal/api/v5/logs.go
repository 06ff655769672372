package v5

import (
	"cmp"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// LogLabels is the values that a caller can attach to a call or a Log.
type LogLabels struct {
	LogAbout
	SourceDatapointID string `json:"source_datapoint_id,omitempty"`
	TraceParentID     string `json:"trace_parent_id,omitempty" doc:"The parent of this Log."`
	User              string `json:"user,omitempty" doc:"The end user."`
	Environment       string `json:"environment,omitempty" doc:"A label."`
	Save              *bool  `json:"save,omitzero" doc:"false stores no inputs, messages or outputs."`
	LogID             string `json:"log_id,omitempty" maxlen:"256" doc:"The id of the new Log."`
	ReplayOf          string `json:"replay_of,omitempty" maxlen:"256" doc:"The id of the Log that this one replays; a label."`
}

// LogAbout is the description of a Log, which can change later.
type LogAbout struct {
	Source    string     `json:"source,omitempty" doc:"Where the call came from."`
	Metadata  json.Value `json:"metadata,omitzero" object:"true" doc:"Any values, for later searches."`
	StartTime *time.Time `json:"start_time,omitzero"`
	EndTime   *time.Time `json:"end_time,omitzero"`
}

// LogResult is the result of what ran. Absent members of an update stay; an output or error of null is cleared.
type LogResult struct {
	Output           json.Opt[string] `json:"output,omitzero"`
	CreatedAt        *time.Time       `json:"created_at,omitzero" doc:"When it happened. Updates ignore it, so a Log keeps its place in lists."`
	Error            json.Opt[string] `json:"error,omitzero"`
	ProviderLatency  *float64         `json:"provider_latency,omitzero"`
	Stdout           *string          `json:"stdout,omitzero"`
	ProviderRequest  json.Value       `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value       `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value       `json:"inputs,omitzero" object:"true"`
}

// OldStatus is the status as older clients send it.
type OldStatus struct {
	LogStatus string `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Accepted from older clients and ignored."`
}

// Status says whether a trace is still growing.
type Status struct {
	LogStatus   string `json:"log_status,omitempty" enum:"complete,incomplete" doc:"incomplete, the default, accepts more Logs below it. complete is final; it needs inputs or messages, and output, output_message or error."`
	TraceStatus string `json:"trace_status,omitempty" enum:"complete,incomplete" doc:"log_status under the name that older clients use."`
}

// Said returns the status in the current member or in that of older clients, or "" if both are absent.
func (s *Status) Said() string { return cmp.Or(s.LogStatus, s.TraceStatus) }

// ModelAnswer is a model's answer and its usage.
type ModelAnswer struct {
	OutputMessage   *llm.Message   `json:"output_message,omitzero"`
	PromptTokens    *int64         `json:"prompt_tokens,omitzero" min:"0"`
	ReasoningTokens *int64         `json:"reasoning_tokens,omitzero" min:"0"`
	OutputTokens    *int64         `json:"output_tokens,omitzero" min:"0"`
	PromptCost      *float64       `json:"prompt_cost,omitzero"`
	OutputCost      *float64       `json:"output_cost,omitzero"`
	FinishReason    string         `json:"finish_reason,omitempty" known:"stop,length,tool_calls,content_filter" doc:"A provider's word that means none of these is kept as it is."`
	Messages        []llm.Message  `json:"messages,omitempty"`
	ToolChoice      llm.ToolChoice `json:"tool_choice,omitzero"`
}

// PromptLog reports a call of a Prompt that was made elsewhere.
type PromptLog struct {
	FileRef
	RunID  string       `json:"run_id,omitempty"`
	Prompt InlinePrompt `json:"prompt,omitzero" doc:"The content that was used. It determines the version, which is created if it does not exist."`
	ModelAnswer
	LogResult
	LogLabels
	OldStatus
}

// AgentLog reports the work of an Agent.
type AgentLog struct {
	FileRef
	RunID string      `json:"run_id,omitempty"`
	Agent InlineAgent `json:"agent,omitzero" doc:"The content that was used. It determines the version, which is created if it does not exist."`
	ModelAnswer
	LogResult
	LogLabels
	Status
}

// FlowLog reports a run of a Flow: the root of a trace.
type FlowLog struct {
	FileRef
	RunID         string        `json:"run_id,omitempty"`
	Flow          *FlowKernel   `json:"flow,omitzero" doc:"The content that was used. It determines the version, which is created if it does not exist."`
	Messages      []llm.Message `json:"messages,omitempty"`
	OutputMessage *llm.Message  `json:"output_message,omitzero"`
	LogResult
	LogLabels
	Status
}

// ToolLog reports a run of a Tool.
type ToolLog struct {
	FileRef
	Tool *ToolKernel `json:"tool,omitzero" doc:"The content that was used. It determines the version, which is created if it does not exist."`
	LogResult
	LogLabels
	OldStatus
}

// EvaluatorLog reports the judgment of a Log, as feedback is.
type EvaluatorLog struct {
	FileRef
	ParentID        string         `json:"parent_id" required:"true" minlen:"1" doc:"The judged Log."`
	Spec            *EvaluatorSpec `json:"spec,omitzero" doc:"The content that was used. It determines the version, which is created if it does not exist."`
	Judgment        Judgment       `json:"judgment,omitzero" doc:"A value of the Evaluator's return_type; null withdraws the earlier judgment."`
	MarkedCompleted bool           `json:"marked_completed,omitzero" doc:"A person marked the judged Log as done."`
	OutputMessage   *llm.Message   `json:"output_message,omitzero"`
	LogResult
	LogLabels
	OldStatus
}

// Judgment is an Evaluator's judgment: a boolean, a number, a text or a list of texts. Nil means none, and the JSON null means withdrawn.
type Judgment struct{ Value json.Value }

// UnmarshalJSONFrom implements the JSON union.
func (j *Judgment) UnmarshalJSONFrom(dec *json.Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil {
		return err
	}
	j.Value = raw.Clone()
	if json.Kind(raw) == '[' {
		var list []string
		return json.Unmarshal(raw, &list)
	}
	return nil
}

// MarshalJSONTo implements the JSON union.
func (j Judgment) MarshalJSONTo(enc *json.Encoder) error { return enc.WriteValue(j.Value) }

// JSONSchema implements [schema.Schemer].
func (Judgment) JSONSchema() *schema.Schema {
	return schema.OneOf("", "a boolean, a number, a string or a list of strings", "", schema.Boolean(), schema.Number(), schema.String(), schema.List(schema.String()))
}

// PromptLogUpdate changes a Log. Absent members stay.
type PromptLogUpdate struct {
	ModelAnswer
	ToolLogUpdate
}

// ToolLogUpdate changes a Log. Absent members stay.
type ToolLogUpdate struct {
	LogResult
	LogAbout
	OldStatus
}

// TraceUpdate changes the Log of a Flow or an Agent. Absent members stay.
type TraceUpdate struct {
	Messages      []llm.Message    `json:"messages,omitempty"`
	OutputMessage *llm.Message     `json:"output_message,omitzero"`
	Inputs        json.Value       `json:"inputs,omitzero" object:"true"`
	Output        json.Opt[string] `json:"output,omitzero"`
	Error         json.Opt[string] `json:"error,omitzero"`
	Status
}

// The answers to a report, which name the new Log.
type (
	// CreatePromptLogResponse names a Log of a Prompt.
	CreatePromptLogResponse struct {
		ID        string `json:"id"`
		PromptID  string `json:"prompt_id"`
		VersionID string `json:"version_id"`
		SessionID string `json:"session_id,omitempty"`
	}
	// CreateToolLogResponse names a Log of a Tool.
	CreateToolLogResponse struct {
		ID        string `json:"id"`
		ToolID    string `json:"tool_id"`
		VersionID string `json:"version_id"`
		SessionID string `json:"session_id,omitempty"`
	}
	// CreateFlowLogResponse names a Log of a Flow.
	CreateFlowLogResponse struct {
		ID          string `json:"id"`
		FlowID      string `json:"flow_id"`
		VersionID   string `json:"version_id"`
		LogStatus   string `json:"log_status" enum:"complete,incomplete"`
		TraceStatus string `json:"trace_status" enum:"complete,incomplete" doc:"log_status under the name that older clients use."`
	}
	// CreateAgentLogResponse names a Log of an Agent.
	CreateAgentLogResponse struct {
		ID        string `json:"id"`
		AgentID   string `json:"agent_id"`
		VersionID string `json:"version_id"`
		LogStatus string `json:"log_status" enum:"complete,incomplete"`
	}
	// CreateEvaluatorLogResponse names a Log of an Evaluator.
	CreateEvaluatorLogResponse struct {
		ID        string `json:"id"`
		ParentID  string `json:"parent_id"`
		VersionID string `json:"version_id"`
		SessionID string `json:"session_id,omitempty"`
	}
)

// LogFields is the members that Logs of all kinds share. The output, its message and the error are present even if null, because Evaluators
// access them by name.
type LogFields struct {
	CallLabels
	Output           *string      `json:"output"`
	OutputMessage    *llm.Message `json:"output_message"`
	CreatedAt        time.Time    `json:"created_at"`
	Error            *string      `json:"error"`
	Detail           *errs.Detail `json:"detail,omitzero"` // of a call that failed here
	ProviderLatency  *float64     `json:"provider_latency,omitzero"`
	Stdout           *string      `json:"stdout,omitzero"`
	ProviderRequest  json.Value   `json:"provider_request,omitzero" object:"true"`
	ProviderResponse json.Value   `json:"provider_response,omitzero" object:"true"`
	Inputs           json.Value   `json:"inputs" object:"true"`
	Batches          []string     `json:"batches"`
	ID               string       `json:"id"`
	EvaluatorLogs    []Log        `json:"evaluator_logs" doc:"The judgments of this Log, oldest first."`
	TraceFlowID      string       `json:"trace_flow_id,omitempty" doc:"The Flow whose Log is the root of the trace."`
	TraceID          string       `json:"trace_id,omitempty" doc:"The root of the trace."`
	TraceChildren    []Log        `json:"trace_children" doc:"The children of this Log, ordered by start time."`
	LogStatus        string       `json:"log_status,omitempty" enum:"complete,incomplete" doc:"Only in Logs of Flows and Agents."`
	TraceStatus      string       `json:"trace_status,omitempty" enum:"complete,incomplete" doc:"log_status under the name that older clients use; only in Logs of Flows."`
	RunID            string       `json:"run_id,omitempty" doc:"The Run of the Log."`

	RequestID           string   `json:"request_id,omitempty" doc:"The request that made the Log, as its X-Request-Id said."`
	OTelTraceID         string   `json:"otel_trace_id,omitempty" doc:"The OpenTelemetry trace that the request was part of, in hexadecimal: the one of its traceparent, or the one that this server exported."`
	DeployedEnvironment string   `json:"deployed_environment,omitempty" doc:"The environment whose deployment ran; absent when the call named its version otherwise."`
	APIKey              *KeyName `json:"api_key,omitzero" doc:"The key that the request came with."`
	Conversation        string   `json:"conversation,omitempty" doc:"What the calls of one conversation share, as their client says."`
	Ingress             string   `json:"ingress,omitempty" doc:"The API that the call came through, as openai.chat or anthropic.messages; absent for this one."`
	Alias               string   `json:"alias,omitempty" doc:"The alias by which the call named its model."`
	Cached              bool     `json:"cached,omitzero" doc:"Whether the answer was remembered from an earlier call. Then it cost nothing, and the tokens are those of that call."`
	Lane                string   `json:"lane,omitempty" enum:"native,portable" doc:"How the request of another API went to the provider: native, in the words of its client, or portable, translated."`
	Ignored             []string `json:"ignored,omitempty" doc:"Members of a request of another API that had no effect."`
	TimeToFirstToken    *float64 `json:"time_to_first_token,omitzero" doc:"Seconds from the request to the provider to the first output of a stream. It is a part of provider_latency."`
	TemplateMessages    int      `json:"template_messages,omitzero" doc:"How many of messages the template made, of a call that ran here; those of the caller follow."`
	ReplayOf            string   `json:"replay_of,omitempty" doc:"The Log that this one replays, as its caller said."`

	ProviderRequestSize  int `json:"provider_request_size,omitzero" doc:"Bytes of provider_request, where view=brief leaves it out."`
	ProviderResponseSize int `json:"provider_response_size,omitzero" doc:"Bytes of provider_response, where view=brief leaves it out."`
}

// KeyName names an API key.
type KeyName struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// KeyNameOf returns the key that author stands for.
func KeyNameOf(author *UserResponse) *KeyName {
	out := &KeyName{ID: author.ID}
	if author.FullName != nil {
		out.Name = *author.FullName
	}
	return out
}

// ToolCallResponse is the Log of a run of a Tool.
type ToolCallResponse struct {
	LogFields
	Tool *ToolResponse `json:"tool"`
}

// ModelFields is the members that Logs share of what asks models.
type ModelFields struct {
	Messages   []llm.Message   `json:"messages" doc:"For Prompts, Agents and Flows."`
	ToolChoice *llm.ToolChoice `json:"tool_choice,omitzero" doc:"Only for Prompts and Agents."`

	PromptTokens    *int64         `json:"prompt_tokens,omitzero"`
	ReasoningTokens *int64         `json:"reasoning_tokens,omitzero"`
	OutputTokens    *int64         `json:"output_tokens,omitzero"`
	PromptCost      *float64       `json:"prompt_cost,omitzero"`
	OutputCost      *float64       `json:"output_cost,omitzero"`
	FinishReason    string         `json:"finish_reason,omitempty" known:"stop,length,tool_calls,content_filter" doc:"A provider's word that means none of these is kept as it is."`
	Logprobs        json.Value     `json:"logprobs,omitzero"`
	Provider        string         `json:"provider,omitempty" doc:"The one that answered."`
	Model           string         `json:"model,omitempty" doc:"The one that answered."`
	Attempts        []errs.Attempt `json:"attempts,omitempty" doc:"The attempts in order, if there was more than one."`
	Usage           *Usage         `json:"usage,omitzero"`
}

// Log is a Log of any kind. The kind is the one of prompt, tool, evaluator, flow and agent that is present.
type Log struct {
	LogFields
	ModelFields
	JudgmentFields

	Type      string             `json:"type" enum:"prompt,tool,evaluator,flow,agent" doc:"The kind of the Log's File."`
	Prompt    *PromptResponse    `json:"prompt,omitzero"`
	Tool      *ToolResponse      `json:"tool,omitzero"`
	Evaluator *EvaluatorResponse `json:"evaluator,omitzero"`
	Flow      *FlowResponse      `json:"flow,omitzero"`
	Agent     *AgentResponse     `json:"agent,omitzero"`
}

// JudgmentFields is the members that only Logs of Evaluators have.
type JudgmentFields struct {
	ParentID        string   `json:"parent_id,omitempty" doc:"The judged Log."`
	Parent          *Log     `json:"parent,omitzero" doc:"The judged Log, if requested."`
	Judgment        Judgment `json:"judgment,omitzero" doc:"null withdraws the earlier judgment."`
	MarkedCompleted bool     `json:"marked_completed,omitzero" doc:"A person marked the judged Log as done."`
}

// The five kinds of Logs, as the reference shows them.
type (
	// PromptLogResponse is a Log of a Prompt.
	PromptLogResponse struct {
		LogFields
		ModelFields
		Type   string         `json:"type" enum:"prompt"`
		Prompt PromptResponse `json:"prompt"`
	}
	// ToolLogResponse is a Log of a Tool.
	ToolLogResponse struct {
		LogFields
		ModelFields
		Type string       `json:"type" enum:"tool"`
		Tool ToolResponse `json:"tool"`
	}
	// EvaluatorLogResponse is a Log of an Evaluator: a judgment of another Log.
	EvaluatorLogResponse struct {
		LogFields
		ModelFields
		JudgmentFields
		Type      string            `json:"type" enum:"evaluator"`
		Evaluator EvaluatorResponse `json:"evaluator"`
	}
	// FlowLogResponse is a Log of a Flow: the root of a trace.
	FlowLogResponse struct {
		LogFields
		ModelFields
		Type string       `json:"type" enum:"flow"`
		Flow FlowResponse `json:"flow"`
	}
	// AgentLogResponse is a Log of an Agent.
	AgentLogResponse struct {
		LogFields
		ModelFields
		Type  string        `json:"type" enum:"agent"`
		Agent AgentResponse `json:"agent"`
	}
)

// JSONSchema implements [schema.Schemer].
func (Log) JSONSchema() *schema.Schema {
	return schema.OneOf("Log", "a Log of any kind", "type", schema.Of[PromptLogResponse](), schema.Of[ToolLogResponse](),
		schema.Of[EvaluatorLogResponse](), schema.Of[FlowLogResponse](), schema.Of[AgentLogResponse]())
}
