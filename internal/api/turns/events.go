package turns

import (
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/agent"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/trace"
)

// event is an event of a turn on the wire.
type event struct {
	v5.AgentEvent
	more   bool
	failed *v5.AgentLogged // the Log of a turn that fails after this event, once that is known
}

// More implements [web.Chunk].
func (e event) More() bool { return e.more }

// AppendJSON implements [web.Chunk].
func (e event) AppendJSON(dst []byte) []byte { return json.AppendValue(dst, &e.AgentEvent) }

// appendError appends the event that ends a turn which failed after last was sent.
func (h *handlers) appendError(dst []byte, last event, detail *errs.Detail) []byte {
	failed := v5.AgentEvent{
		LogID: last.LogID, Type: string(agent.TurnError), Message: "The turn has failed.", CreatedAt: last.CreatedAt.Add(time.Microsecond),
		Error: detail.Message, Detail: detail,
	}
	if last.failed != nil && last.failed.Value != nil {
		failed.Log = last.failed
	}
	return json.AppendValue(dst, &failed)
}

// events shows the events of a turn. inputs says whether the Log of the Agent has its inputs.
func (h *handlers) events(ctx context.Context, all iter.Seq2[*agent.Event, error], inputs bool) iter.Seq2[event, error] {
	return func(yield func(event, error) bool) {
		logID, failed := "", new(v5.AgentLogged)
		for e, err := range all {
			var out event
			if err == nil {
				logID = e.LogID
				out, err = h.event(ctx, e, inputs)
			} else if logID != "" {
				failed.Value = h.failed(ctx, logID)
			}
			out.failed = failed
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// failed shows the Log of a turn that failed, nil if it cannot be read.
func (h *handlers) failed(ctx context.Context, logID string) any {
	ctx = context.WithoutCancel(ctx)
	l, err := h.o.DB.Log(ctx, logID)
	if err != nil {
		return nil
	}
	shown, err := h.answer(ctx, l, nil, false)
	if err != nil {
		return nil
	}
	return shown
}

func (h *handlers) event(ctx context.Context, e *agent.Event, inputs bool) (event, error) {
	out := event{AgentEvent: v5.AgentEvent{LogID: e.LogID, Message: e.Message, Type: string(e.Type), CreatedAt: *show.Time(e.Time), Iteration: e.Step}}
	switch e.Type { //nolint:exhaustive // the others say nothing more
	case agent.AgentUpdate:
		out.more, out.Payload = e.Delta.Event.More, chunk(e.Delta, e.Time)
	case agent.AgentEnd:
		out.Payload = &v5.AgentPayload{Value: last(e)}
	case agent.ToolStart, agent.ToolEnd:
		out.Payload = &v5.AgentPayload{Value: e.Call}
	case agent.ToolUpdate:
		out.more, out.Payload, out.Chunk = e.Delta.Event.More, &v5.AgentPayload{Value: e.Call}, chunk(e.Delta, e.Time)
	}
	if e.Log == nil {
		return out, nil
	}
	var err error
	out.Log, err = h.logged(ctx, e, inputs)
	return out, err
}

func (h *handlers) logged(ctx context.Context, e *agent.Event, inputs bool) (*v5.AgentLogged, error) {
	if e.Type == agent.ToolEnd {
		shown, err := h.o.Shows.Logs(ctx, []*trace.Log{e.Log}, show.LogParts{})
		if err != nil {
			return nil, err
		}
		return &v5.AgentLogged{Value: shown[0]}, nil
	}
	shown, err := h.answer(ctx, e.Log, e.Previous, false)
	if err == nil && !inputs {
		shown.Inputs = json.Value("{}")
	}
	return &v5.AgentLogged{Value: shown}, err
}

// chunk is a piece of what a model says.
func chunk(d *agent.Delta, at time.Time) *v5.AgentPayload {
	created, message := show.Time(at), d.Event.Message()
	if d.Kind == file.PromptKind {
		return &v5.AgentPayload{Value: &v5.PromptCallStreamResponse{
			Output: d.Event.Text, CreatedAt: *created, OutputMessage: message, ID: d.LogID, PromptID: d.FileID, VersionID: d.VersionID,
		}}
	}
	return &v5.AgentPayload{Value: &v5.AgentLogStreamResponse{
		Answer: v5.Answer{Output: &d.Event.Text, CreatedAt: created, OutputMessage: message}, ID: d.LogID, AgentID: d.FileID, VersionID: d.VersionID,
	}}
}

// last is the last chunk of an answer: the whole message, and what it took.
func last(e *agent.Event) *v5.AgentLogStreamResponse {
	a, message, none := e.Answer, *e.Answer.Payload.OutputMessage, ""
	if message.Role == "" {
		message.Role = llm.Assistant
	}
	return &v5.AgentLogStreamResponse{
		Answer: v5.Answer{
			Output: &none, CreatedAt: show.Time(e.Time), ProviderLatency: a.Latency, OutputMessage: &message, PromptTokens: a.PromptTokens, ReasoningTokens: a.ReasonTokens,
			OutputTokens: a.OutputTokens, PromptCost: a.PromptCost, OutputCost: a.OutputCost, FinishReason: a.FinishReason, Provider: a.Provider, Model: a.Model, Attempts: a.Attempts,
		},
		ID: e.LogID, AgentID: e.Agent.File.ID, VersionID: e.Agent.Version.ID,
	}
}
