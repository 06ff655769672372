package file

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Agent is the content of an Agent's version: a Prompt whose model is called repeatedly, and the tools that it may use. The Prompt's own
// Tools and LinkedTools stay empty.
type Agent struct {
	Prompt
	Tools         []AgentTool `json:"tools,omitempty"`
	MaxIterations *int        `json:"max_iterations,omitzero"` // of model calls a turn; nil leaves it to the server
}

// AgentTool is a function that an Agent's model may call: an inline function or a File.
type AgentTool struct {
	Inline      *llm.Tool
	Link        *Link
	OnAgentCall string // "stop" ends the turn when the model calls the tool; "continue", also when not given, goes on
}

// Link is a [Ref] to a File in the form of stored content.
type Link struct {
	FileID        string `json:"file_id"`
	EnvironmentID string `json:"environment_id,omitempty"`
	VersionID     string `json:"version_id,omitempty"`
}

// Ref returns l as a [Ref].
func (l *Link) Ref() Ref {
	return Ref{ID: l.FileID, VersionID: l.VersionID, Environment: l.EnvironmentID}
}

// The values of OnAgentCall.
const (
	StopOnCall     = "stop"
	ContinueOnCall = "continue"
)

// The types of an AgentTool on the wire.
const (
	InlineTool = "inline"
	FileTool   = "file"
)

// Kind implements [Content].
func (a *Agent) Kind() Kind { return AgentKind }

// Normalize implements [Content].
func (a *Agent) Normalize() {
	a.Prompt.Normalize()
	if len(a.Tools) == 0 {
		a.Tools = nil
	}
	for i := range a.Tools {
		t := &a.Tools[i]
		if t.OnAgentCall == ContinueOnCall {
			t.OnAgentCall = ""
		}
		if t.Inline != nil {
			t.Inline.Parameters = dropNull(t.Inline.Parameters)
		}
	}
}

// agentTool is an AgentTool in JSON, as the API has it.
type agentTool struct {
	Type        string    `json:"type"`
	Inline      *llm.Tool `json:"json_schema,omitzero"`
	Link        *Link     `json:"link,omitzero"`
	OnAgentCall string    `json:"on_agent_call,omitempty"`
}

// MarshalJSONTo implements the JSON union of inline tools and files.
func (t AgentTool) MarshalJSONTo(enc *json.Encoder) error {
	wire := agentTool{Type: InlineTool, Inline: t.Inline, Link: t.Link, OnAgentCall: t.OnAgentCall}
	if t.Link != nil {
		wire.Type = FileTool
	}
	return json.Encode(enc, &wire)
}

// UnmarshalJSONFrom implements the JSON union of inline tools and files.
func (t *AgentTool) UnmarshalJSONFrom(dec *json.Decoder) error {
	var wire agentTool
	if err := json.Decode(dec, &wire); err != nil {
		return err
	}
	*t = AgentTool{Inline: wire.Inline, Link: wire.Link, OnAgentCall: wire.OnAgentCall}
	if wire.Type == FileTool {
		t.Inline = nil
	} else {
		t.Link = nil
	}
	return nil
}
