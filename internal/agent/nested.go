package agent

import (
	"context"
	"iter"
	"time"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// prompt calls a Prompt. A call that is cut off leaves no Log, so that it is made again when the turn is resumed.
func (c *linkedCall) prompt(ctx context.Context) (*trace.Log, error) {
	inputs, messages := c.said()
	in := &gateway.CallInput{
		Ref: c.version(), Past: true, Inputs: inputs, Messages: messages, Keys: c.Keys, Log: c.seed(), ReceivedAt: c.o.Now(),
		Keep: func(error) bool { return ctx.Err() == nil },
	}
	if c.send == nil {
		r, err := c.o.Gateway.Call(ctx, in)
		if err != nil {
			return nil, err
		}
		return r.Logs[0], nil
	}
	var last *trace.Log
	for chunk, err := range c.o.Gateway.Stream(ctx, in) {
		if err != nil {
			return nil, err
		}
		if last = chunk.Final; chunk.Event != nil {
			c.update(delta(&chunk.Call.Prompt.Snapshot, chunk.LogID, chunk.Event), chunk.Time)
		}
	}
	return last, nil
}

// agent calls an Agent, or goes on with one that was interrupted. Nobody will continue it for a tool of the client's.
func (c *linkedCall) agent(ctx context.Context, before *trace.Log) (*trace.Log, error) {
	terms := Terms{Keys: c.Keys, ReceivedAt: c.o.Now(), Unattended: true, Final: func(error) bool { return ctx.Err() == nil }, chain: c.chain}
	if before != nil {
		in := &ContinueInput{Terms: terms, LogID: before.ID}
		return c.follow(func() (*Result, error) { return c.Continue(ctx, in) }, c.ContinueStream(ctx, in))
	}
	in := &CallInput{Ref: c.version(), Terms: terms, Past: true, Log: c.seed()}
	in.Inputs, in.Messages = c.said()
	return c.follow(func() (*Result, error) { return c.Call(ctx, in) }, c.Stream(ctx, in))
}

// follow runs an Agent, as a stream if somebody listens, and returns its Log.
func (c *linkedCall) follow(whole func() (*Result, error), events iter.Seq2[*Event, error]) (*trace.Log, error) {
	if c.send == nil {
		r, err := whole()
		if err != nil {
			return nil, err
		}
		return r.Log, nil
	}
	var last *trace.Log
	for e, err := range events {
		if err != nil {
			return nil, err
		}
		if e.Delta != nil {
			c.update(e.Delta, e.Time)
		}
		last = e.Log
	}
	return last, nil
}

// update tells of a piece of what the File says.
func (c *linkedCall) update(d *Delta, at time.Time) {
	c.tell(Event{Type: ToolUpdate, Time: at, Message: "The tool says more.", Call: c.call, Delta: d})
}

// said returns what a Prompt or an Agent is called with: the variables of its template, or what is said to it.
func (c *linkedCall) said() (inputs json.Value, messages []llm.Message) {
	if !c.tool.Says {
		return c.arguments(), nil
	}
	var given map[string]json.Value
	if json.UnmarshalForeign(c.arguments(), &given) != nil {
		return nil, nil
	}
	said := given[catalog.SaidArgument]
	var text string
	if json.UnmarshalForeign(said, &text) != nil {
		text = string(said)
	}
	if text == "" {
		return nil, nil
	}
	return nil, []llm.Message{{Role: llm.User, Content: llm.Text(text)}}
}
