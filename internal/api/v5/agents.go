package v5

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// AgentCall calls an Agent.
type AgentCall struct {
	Path                 string            `json:"path,omitempty" doc:"The Agent's path. Either path or id."`
	ID                   string            `json:"id,omitempty" doc:"The Agent's id."`
	Messages             []llm.Message     `json:"messages,omitempty" doc:"Messages that follow those of the template."`
	ToolChoice           llm.ToolChoice    `json:"tool_choice,omitzero" doc:"Holds for the first answer of the model."`
	Agent                InlineAgent       `json:"agent,omitzero" doc:"The content to use. It determines the version, which is created if it does not exist."`
	Inputs               json.Value        `json:"inputs,omitzero" object:"true" doc:"Values of the template's variables."`
	ProviderAPIKeys      map[string]string `json:"provider_api_keys,omitempty" doc:"Keys of providers for this call only; never stored."`
	ReturnInputs         *bool             `json:"return_inputs,omitzero" doc:"false leaves inputs out of the answer."`
	IncludeTraceChildren bool              `json:"include_trace_children,omitzero" doc:"Show the Logs of the tools in the answer. A stream shows each with its event."`
	Stream               bool              `json:"stream,omitzero"`
	Draft                bool              `json:"draft,omitzero" doc:"Runs the content in agent without saving it as a version. The Agent must exist."`
	LogLabels
	OldStatus
}

// AgentContinue continues an Agent whose Log is incomplete.
type AgentContinue struct {
	LogID                string            `json:"log_id" required:"true" minlen:"1" doc:"The Log of the Agent."`
	Messages             []llm.Message     `json:"messages" required:"true" doc:"The results of all calls that are left to the client, and what else is said. Empty to go on after an interruption."`
	ProviderAPIKeys      map[string]string `json:"provider_api_keys,omitempty" doc:"Keys of providers for this call only; never stored."`
	IncludeTraceChildren bool              `json:"include_trace_children,omitzero" doc:"Show the Logs of the tools in the answer. A stream shows each with its event."`
	Stream               bool              `json:"stream,omitzero"`
}

// AgentCallResponse is the Log of an Agent after a turn.
type AgentCallResponse struct {
	LogFields
	ModelFields
	Agent                *AgentResponse `json:"agent"`
	PreviousAgentMessage *llm.Message   `json:"previous_agent_message,omitzero" doc:"The message with the calls that the client is to answer. Only while log_status is incomplete."`
}

// AgentEvent is an event of a streamed turn.
type AgentEvent struct {
	LogID     string        `json:"log_id" doc:"The Log of the Agent."`
	Message   string        `json:"message" doc:"One sentence, for people."`
	Type      string        `json:"type" enum:"agent_turn_start,agent_turn_suspend,agent_turn_continue,agent_turn_end,agent_turn_error,agent_start,agent_update,agent_end,tool_start,tool_update,tool_end,error"`
	CreatedAt time.Time     `json:"created_at"`
	Payload   *AgentPayload `json:"payload,omitzero" doc:"A piece of what the model says, or the call of a tool."`

	Iteration int           `json:"iteration,omitzero" doc:"Of agent_start: the number of the answer in the turn."`
	Chunk     *AgentPayload `json:"chunk,omitzero" doc:"Of tool_update: a piece of what the called Prompt or Agent says."`
	Log       *AgentLogged  `json:"log,omitzero" doc:"Of tool_end, the Log of the tool. At the end of a turn, the Log of the Agent."`
	Error     string        `json:"error,omitempty" doc:"Of agent_turn_error."`
	Detail    *errs.Detail  `json:"detail,omitzero"` // of agent_turn_error
}

// AgentLogStreamResponse is a piece of what the model of an Agent says. Its output is a delta, and so is the message until the last chunk of an answer.
type AgentLogStreamResponse struct {
	Answer
	ID        string `json:"id" doc:"The Log of the Agent."`
	AgentID   string `json:"agent_id"`
	VersionID string `json:"version_id"`
}

// AgentPayload is an *AgentLogStreamResponse, a *PromptCallStreamResponse or an *llm.ToolCall.
type AgentPayload struct{ Value any }

// MarshalJSONTo encodes the type that is set.
func (p AgentPayload) MarshalJSONTo(enc *json.Encoder) error { return json.Encode(enc, p.Value) }

// JSONSchema implements [schema.Schemer].
func (AgentPayload) JSONSchema() *schema.Schema {
	chunk := schema.OneOf("LogStreamResponse", "a chunk", "", schema.Of[AgentLogStreamResponse](), schema.Of[PromptCallStreamResponse]())
	return schema.OneOf("AgentPayload", "a chunk or a tool call", "", chunk, schema.Of[llm.ToolCall]())
}

// AgentLogged is a *Log or an *AgentCallResponse.
type AgentLogged struct{ Value any }

// MarshalJSONTo encodes the type that is set.
func (l AgentLogged) MarshalJSONTo(enc *json.Encoder) error { return json.Encode(enc, l.Value) }

// JSONSchema implements [schema.Schemer].
func (AgentLogged) JSONSchema() *schema.Schema {
	return schema.OneOf("AgentLogged", "a Log", "", schema.Of[Log](), schema.Of[AgentCallResponse]())
}
