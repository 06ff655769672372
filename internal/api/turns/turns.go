// Package turns is the part of the HTTP interface that runs Agents: calls, continuations, and their events.
package turns

import (
	"context"
	"iter"
	"reflect"
	"time"

	"github.com/openloop-server/openloop/internal/agent"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. All fields are required.
type Options struct {
	DB     *store.DB
	Shows  *show.Shows
	Agents *agent.Runner
	Now    func() time.Time

	// Input is what a request calls, by the rules that all calls share.
	Input func(*Call) (*agent.CallInput, error)
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Call is a request to call an Agent.
type Call struct {
	VersionID   string       `query:"version_id" doc:"The version to run. Either this or environment."`
	Environment string       `query:"environment" doc:"The name of an environment; the version deployed there runs."`
	Body        v5.AgentCall `body:"json"`
}

type continuation struct {
	Body v5.AgentContinue `body:"json"`
}

// Routes returns the operations that run Agents.
func Routes(o Options) []web.Route {
	h := &handlers{o}
	call := web.CallOrStream(web.Streaming[Call, *v5.AgentCallResponse, event]{
		Wanted: func(in *Call) bool { return in.Body.Stream }, Call: h.call, Stream: h.stream, AppendError: h.appendError, Documented: reflect.TypeFor[v5.AgentEvent](),
	})
	goOn := web.CallOrStream(web.Streaming[continuation, *v5.AgentCallResponse, event]{
		Wanted: func(in *continuation) bool { return in.Body.Stream }, Call: h.goOn, Stream: h.goOnStream, AppendError: h.appendError, Documented: reflect.TypeFor[v5.AgentEvent](),
	})
	return []web.Route{
		{Method: "POST", Path: "/v5/agents/call", ID: "agents.call", Tag: "Agents", Role: auth.Member, Summary: "Call an Agent", Op: call},
		{Method: "POST", Path: "/v5/agents/continue", ID: "agents.continue_call", Tag: "Agents", Role: auth.Member, Summary: "Continue an Agent", Op: goOn},
	}
}

func (h *handlers) call(ctx context.Context, in *Call) (*v5.AgentCallResponse, error) {
	call, err := h.o.Input(in)
	if err != nil {
		return nil, err
	}
	result, err := h.o.Agents.Call(ctx, call)
	if err != nil {
		return nil, err
	}
	answer, err := h.answer(ctx, result.Log, result.Waits, in.Body.IncludeTraceChildren)
	if err == nil && !wantsInputs(in) {
		answer.Inputs = json.Value("{}")
	}
	return answer, err
}

func wantsInputs(in *Call) bool { return in.Body.ReturnInputs == nil || *in.Body.ReturnInputs }

func (h *handlers) goOn(ctx context.Context, in *continuation) (*v5.AgentCallResponse, error) {
	result, err := h.o.Agents.Continue(ctx, h.continued(in))
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, result.Log, result.Waits, in.Body.IncludeTraceChildren)
}

func (h *handlers) continued(in *continuation) *agent.ContinueInput {
	return &agent.ContinueInput{
		LogID: in.Body.LogID, Messages: in.Body.Messages, Terms: agent.Terms{Keys: in.Body.ProviderAPIKeys, ReceivedAt: h.o.Now()},
	}
}

// answer shows the Log of an Agent after a turn. waits is the message whose calls the client is to answer, or nil.
func (h *handlers) answer(ctx context.Context, l *trace.Log, waits *llm.Message, children bool) (*v5.AgentCallResponse, error) {
	shown, err := h.o.Shows.Logs(ctx, []*trace.Log{l}, show.LogParts{Children: children})
	if err != nil {
		return nil, err
	}
	one := shown[0]
	return &v5.AgentCallResponse{LogFields: one.LogFields, ModelFields: one.ModelFields, Agent: one.Agent, PreviousAgentMessage: waits}, nil
}

func (h *handlers) stream(ctx context.Context, in *Call) iter.Seq2[event, error] {
	call, err := h.o.Input(in)
	if err != nil {
		return func(yield func(event, error) bool) { yield(event{}, err) }
	}
	return h.events(ctx, h.o.Agents.Stream(ctx, call), wantsInputs(in))
}

func (h *handlers) goOnStream(ctx context.Context, in *continuation) iter.Seq2[event, error] {
	return h.events(ctx, h.o.Agents.ContinueStream(ctx, h.continued(in)), true)
}
