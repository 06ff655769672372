package agent

import (
	"context"
	"errors"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/trace"
)

// run runs the turn to its end.
func (t *turn) run(ctx context.Context) (result *Result, err error) {
	ctx, span := telemetry.Agent(ctx, t.version.File.Name(), t.version.File.ID, t.version.Version.ID, t.agent.Provider, t.agent.Model)
	defer func() { span.End(err) }()
	t.tell(Event{Type: t.first, Message: begins(t.first)})
	held, end := t.hold(ctx)
	waits, err := t.loop(held)
	if err != nil {
		err = t.fail(held, err)
	}
	end()
	t.release(ctx)
	switch {
	case err != nil:
		return nil, err
	case waits != nil:
		t.tell(Event{Type: TurnSuspend, Message: "The Agent waits for results of tools that the client runs.", Log: t.log, Previous: waits})
	default:
		t.tell(Event{Type: TurnEnd, Message: "The Agent is done.", Log: t.log})
	}
	return &Result{Snapshot: *t.version, Log: t.log, Waits: waits}, nil
}

func begins(e EventType) string {
	if e == TurnContinue {
		return "The Agent goes on."
	}
	return "The Agent begins."
}

// loop goes on from what is stored until the Agent is done, or waits for the client.
func (t *turn) loop(ctx context.Context) (waits *llm.Message, err error) {
	for {
		left, err := t.settle(ctx)
		if err != nil {
			return nil, err
		}
		if left != nil {
			return t.suspend(ctx, left)
		}
		done, err := t.step(ctx)
		if err != nil || done {
			return nil, err
		}
	}
}

// settle runs the open calls that are the server's, and stores what they gave. It returns those that are left to the client.
func (t *turn) settle(ctx context.Context) (left []llm.ToolCall, err error) {
	var own []llm.ToolCall
	for _, c := range openCalls(t.log.Payload.Messages) {
		switch {
		case !t.tools.ours(&c):
			left = append(left, c)
		case t.tools.fault(&c) != "" && answers(t.log.Payload.Messages, &c) >= mostFaults:
			t.hopeless = true
			return nil, errs.New(errs.ModelOutputInvalid, "The model made the same call of `%s` %d times, which cannot be run: %s", errs.Truncate(c.Function.Name, 64), mostFaults, t.tools.fault(&c))
		default:
			own = append(own, c)
		}
	}
	if own == nil {
		return left, nil
	}
	results, err := t.runAll(ctx, own)
	if err != nil {
		return nil, err
	}
	for i := range own {
		t.log.Payload.Messages = append(t.log.Payload.Messages, resultOf(&own[i], results[i].text))
	}
	return left, t.save(ctx)
}

// mostFaults is how often the model may make a call that cannot be run.
const mostFaults = 3

// suspend leaves the Agent to the client, who is to answer calls.
func (t *turn) suspend(ctx context.Context, left []llm.ToolCall) (*llm.Message, error) {
	message := *asking(t.log.Payload.Messages)
	switch {
	case t.Unattended:
		return nil, errs.New(errs.ToolNotRunnable, "The Agent calls the tool `%s`, which only a client can run, and there is none.", errs.Truncate(left[0].Function.Name, 64))
	case t.log.PayloadDropped: // nobody could continue it
		return nil, t.complete(ctx, message, t.log.FinishReason)
	}
	return &message, nil
}

// step asks the model, and stores its answer. It reports whether the Agent is done.
func (t *turn) step(ctx context.Context) (done bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	t.tell(Event{Type: AgentStart, Message: "The model is asked.", Step: t.progress.made() + 1})
	answer, err := t.ask(ctx)
	if err != nil {
		return false, err
	}
	message, finish := *answer.Payload.OutputMessage, answer.FinishReason
	switch {
	case len(message.ToolCalls) == 0, t.tools.stops(&message):
		done, err = true, t.complete(ctx, message, finish)
	case t.progress.made() >= t.most():
		done, err = true, t.complete(ctx, message, maxIterations)
	default:
		t.log.FinishReason = finish
		t.log.Payload.Messages = append(t.log.Payload.Messages, message)
		err = t.save(ctx)
	}
	if err != nil {
		return false, err
	}
	t.tell(Event{Type: AgentEnd, Message: "The model has answered.", Answer: answer})
	return done, nil
}

// maxIterations is the reason why an Agent stopped whose model would go on.
const maxIterations = "max_iterations"

// most is how many steps a turn may make.
func (t *turn) most() int {
	if n := t.agent.MaxIterations; n != nil {
		return *n
	}
	return defaultIterations
}

const defaultIterations = 10

// complete stores the last answer of the Agent.
func (t *turn) complete(ctx context.Context, message llm.Message, finish string) error {
	l, text := t.log, message.Content.String()
	l.Status, l.FinishReason = trace.Complete, finish
	l.Payload.Output, l.Payload.OutputMessage = &text, &message
	return t.save(ctx)
}

// fail stores why the turn failed, and returns the failure as the caller gets it. The Log stays incomplete if it can be continued.
func (t *turn) fail(ctx context.Context, err error) error {
	l := t.log
	if err = errs.Cause(ctx, err); errors.Is(err, errLost) { // the Log is another's
		return err
	}
	goesOn := relay.Cancelled(err)
	if goesOn {
		message := "The caller ended the connection before the turn was complete."
		l.Error, l.Detail = &message, nil
	} else {
		e := errs.From(err).With(func(e *errs.Error) { e.LogID = l.ID })
		l.Fail(e.Detail(ids.RequestFrom(ctx), ""))
		goesOn, err = e.Reason.Retryable() && !t.hopeless, e
	}
	if !goesOn || l.PayloadDropped || t.Final != nil && t.Final(err) {
		l.Status = trace.Complete
		if partial := t.answered; partial != nil {
			l.Payload.Output, l.Payload.OutputMessage = partial.Payload.Output, partial.Payload.OutputMessage
		}
	}
	if broken := t.save(ctx); broken != nil {
		return broken
	}
	return err
}
