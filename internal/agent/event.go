package agent

import (
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// EventType is a moment of a turn, in the words of the API.
type EventType string

// The moments of a turn.
const (
	TurnStart    EventType = "agent_turn_start"
	TurnContinue EventType = "agent_turn_continue"
	TurnSuspend  EventType = "agent_turn_suspend"
	TurnEnd      EventType = "agent_turn_end"
	TurnError    EventType = "agent_turn_error" // of the error that ends a sequence of events; there is no [Event] of it
	AgentStart   EventType = "agent_start"      // the model is asked
	AgentUpdate  EventType = "agent_update"     // the model says something
	AgentEnd     EventType = "agent_end"        // the model has answered, and the answer is stored
	ToolStart    EventType = "tool_start"
	ToolUpdate   EventType = "tool_update" // a Prompt or an Agent that is called says something
	ToolEnd      EventType = "tool_end"
)

// Event is a moment of a turn. It is valid until the next one.
type Event struct {
	Type     EventType
	Time     time.Time
	Message  string         // one sentence, for people
	Agent    *file.Snapshot // that runs
	LogID    string         // of the Agent
	Step     int            // of AgentStart: its number in the turn, counted from 1
	Delta    *Delta         // of AgentUpdate and ToolUpdate
	Answer   *trace.Log     // of AgentEnd: the answer of the model, with what it took; it is no Log of its own
	Call     *llm.ToolCall  // of ToolStart, ToolUpdate and ToolEnd
	Log      *trace.Log     // of ToolEnd: that of the call, nil if there is none; of TurnSuspend and TurnEnd: the Agent's, committed
	Previous *llm.Message   // of TurnSuspend: see [Result.Waits]
}

// Delta is a piece of what a model says, for the Log of a Prompt or an Agent.
type Delta struct {
	Kind                     file.Kind
	LogID, FileID, VersionID string
	Event                    llm.Event
}

// delta returns e as said for a Log of the version.
func delta(of *file.Snapshot, logID string, e *llm.Event) *Delta {
	return &Delta{Kind: of.File.Kind, LogID: logID, FileID: of.File.ID, VersionID: of.Version.ID, Event: *e}
}

// tell sends e, if anybody listens. It returns false once nobody does any more.
func (t *turn) tell(e Event) bool {
	if t.send == nil {
		return true
	}
	e.Agent, e.LogID = t.version, t.log.ID
	if e.Time.IsZero() {
		e.Time = t.o.Now()
	}
	return t.send(&e)
}
