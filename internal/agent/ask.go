package agent

import (
	"cmp"
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/trace"
)

// ask asks the model for the next answer, and counts what it took. The answer is described as on a Log of its own.
func (t *turn) ask(ctx context.Context) (*trace.Log, error) {
	plan, err := t.plan(ctx)
	if err != nil {
		return nil, err
	}
	began := t.ReceivedAt
	if len(t.progress.Steps) > 0 {
		began = t.o.Now()
	}
	var o *relay.Outcome
	if t.send == nil {
		o = t.o.Relay.Generate(ctx, plan)
	} else {
		o = t.o.Relay.Stream(ctx, plan, func(_ *relay.Outcome, e *llm.Event, at time.Time) bool {
			return t.tell(Event{Type: AgentUpdate, Time: at, Message: "The model says more.", Delta: delta(t.version, t.log.ID, e)})
		})
	}
	answer := &trace.Log{ID: t.log.ID, PayloadDropped: t.log.PayloadDropped}
	failure := o.Describe(ctx, answer)
	t.o.Relay.Observe(o, began, "")
	t.log.Payload.ProviderRequest, t.log.Payload.ProviderResponse = answer.Payload.ProviderRequest, answer.Payload.ProviderResponse
	if failure != nil {
		t.answered = answer
		return nil, failure
	}
	t.log.Usage = t.log.Usage.Plus(answer.Usage)
	t.progress.add(o, answer)
	return answer, nil
}

// plan finds the models that can give the next answer.
func (t *turn) plan(ctx context.Context) (*relay.Plan, error) {
	request := t.compiled.Asking(t.log.Payload.Messages)
	request.Tools = t.tools.offered
	if choice := t.log.Payload.ToolChoice; choice != nil && len(t.progress.Steps) == 0 { // later it would have the model call tools without end
		request.ToolChoice = *choice
	}
	return t.o.Relay.Plan(ctx, &relay.Question{
		Request: request, Model: file.Fallback{Provider: t.agent.Provider, Model: t.agent.Model}, Fallbacks: t.agent.Fallbacks, Keys: t.Keys, Retries: t.agent.MaxRetries,
		Sticky: t.log.ID, Conversation: cmp.Or(t.log.Conversation, t.log.SessionID),
	})
}
