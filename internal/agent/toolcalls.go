package agent

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/trace"
)

const (
	atOnce   = 8           // calls of one answer that run at the same time
	toolTime = time.Minute // of a Tool
)

// result is what a call gave.
type result struct {
	text string     // for the model
	log  *trace.Log // nil if there is none
}

// said returns the result that a Log tells of.
func said(l *trace.Log) result {
	switch p := &l.Payload; {
	case l.Error != nil:
		return failed(*l.Error, l)
	case p.Output != nil && (*p.Output != "" || p.OutputMessage == nil || len(p.OutputMessage.ToolCalls) == 0):
		return result{*p.Output, l}
	case p.OutputMessage != nil:
		raw, err := json.Marshal(p.OutputMessage.ToolCalls)
		if err == nil {
			return result{string(raw), l}
		}
	}
	return result{"", l}
}

// failed returns the result of a call that failed.
func failed(message string, l *trace.Log) result {
	return result{`{"error":` + string(json.AppendString(nil, message)) + `}`, l}
}

// runAll runs calls, some at once, and returns their results in order. Its error says that the turn cannot go on.
func (t *turn) runAll(ctx context.Context, calls []llm.ToolCall) ([]result, error) {
	results, failures := make([]result, len(calls)), make([]error, len(calls))
	events, places := make(chan Event), make(chan struct{}, atOnce)
	var running sync.WaitGroup
	for i := range calls {
		running.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			defer guard(&failures[i])
			results[i], failures[i] = t.runOne(ctx, &calls[i], func(e Event) { events <- e })
		})
	}
	go func() {
		running.Wait()
		close(events)
	}()
	for e := range events {
		t.tell(e)
	}
	for _, err := range failures {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// guard turns a panic in a goroutine into a failure, so that it does not end the process.
func guard(err *error) {
	if v := recover(); v != nil {
		*err = errs.Wrap("agent.runOne", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}
}

func (t *turn) runOne(ctx context.Context, c *llm.ToolCall, tell func(Event)) (result, error) {
	if err := ctx.Err(); err != nil {
		return result{}, err
	}
	tell(Event{Type: ToolStart, Message: "A tool is called.", Call: c})
	r, err := t.resultOf(ctx, c, tell)
	if err != nil {
		return r, err
	}
	tell(Event{Type: ToolEnd, Message: "The tool has ended.", Call: c, Log: r.log})
	return r, nil
}

// resultOf runs a call, unless its Log tells that it was run before.
func (t *turn) resultOf(ctx context.Context, c *llm.ToolCall, tell func(Event)) (result, error) {
	if wrong := t.tools.fault(c); wrong != "" {
		return failed(wrong, nil), nil
	}
	call := &linkedCall{turn: t, tool: t.tools.byName[c.Function.Name], call: c, id: t.childID(c), tell: tell}
	before, err := call.recorded(ctx)
	if err != nil {
		return result{}, err
	}
	if before != nil && before.Whole() {
		return said(before), nil
	}
	l, err := call.run(ctx, before)
	if err == nil {
		return said(l), nil
	}
	if err = errs.Cause(ctx, err); endsTurn(ctx, err, before) {
		return result{}, err
	}
	if l, err = call.failure(ctx, errs.From(err)); err != nil {
		return result{}, err
	}
	return said(l), nil
}

// endsTurn reports whether err, of a call, says nothing that the model should know: the turn was interrupted, or this server is at fault.
func endsTurn(ctx context.Context, err error, before *trace.Log) bool {
	return ctx.Err() != nil || relay.Cancelled(err) || errs.From(err).Reason.Fault() == errs.FaultOwn || before != nil && errs.Is(err, errs.Conflict)
}

// childID is the id of the Log of a call. It follows from the call, so of all who run it only one can store its Log.
func (t *turn) childID(c *llm.ToolCall) string {
	return ids.Derived(ids.Log, "agent", t.log.ID, strconv.Itoa(len(t.progress.Steps)), c.ID)
}

// linkedCall is a call of a File.
type linkedCall struct {
	*turn
	tool *tool
	call *llm.ToolCall
	id   string // of its Log
	tell func(Event)
}

// recorded returns the Log of the call, nil if there is none yet.
func (c *linkedCall) recorded(ctx context.Context) (*trace.Log, error) {
	if err := c.o.DB.Await(ctx, c.id); err != nil {
		return nil, err
	}
	known, err := c.o.DB.LogsByID(ctx, []string{c.id})
	return known[c.id], err
}

// run runs the File. before is the Log of an Agent that was interrupted, or nil.
func (c *linkedCall) run(ctx context.Context, before *trace.Log) (*trace.Log, error) {
	switch c.tool.Linked.File.Kind { //nolint:exhaustive // an Agent links to no others
	case file.PromptKind:
		return c.prompt(ctx)
	case file.AgentKind:
		return c.agent(ctx, before)
	}
	return c.runTool(ctx)
}

// runTool runs a Tool, for a minute at most.
func (c *linkedCall) runTool(ctx context.Context) (*trace.Log, error) {
	within, cancel := context.WithTimeoutCause(ctx, toolTime, errs.New(errs.Timeout, "The Tool took longer than %v.", toolTime))
	defer cancel()
	r, err := c.o.Tools.Run(within, &toolrun.Input{Ref: c.version(), Past: true, Function: c.tool.Part, Inputs: c.arguments(), Log: c.seed()})
	if err != nil {
		return nil, errs.Cause(within, err)
	}
	return r.Log, nil
}

func (c *linkedCall) version() file.Ref { return file.Ref{VersionID: c.tool.Linked.Version.ID} }

func (c *linkedCall) arguments() json.Value { return json.Value(c.call.Function.Text()) }

// seed returns what the Log of the call has from that of the Agent.
func (c *linkedCall) seed() trace.Log {
	own := c.log
	return trace.Log{
		ID: c.id, TraceParentID: own.ID, Source: own.Source, User: own.User, Environment: own.Environment, SessionID: own.SessionID, PayloadDropped: own.PayloadDropped,
	}
}

// failure returns the Log of a call that failed. It stores one if there is none, because what failed was not even begun.
func (c *linkedCall) failure(ctx context.Context, e *errs.Error) (*trace.Log, error) {
	if l, err := c.recorded(ctx); err != nil || l != nil {
		return l, err
	}
	l, linked, now := c.seed(), c.tool.Linked, c.o.Now()
	l.Kind, l.FileID, l.VersionID, l.TraceID = linked.File.Kind, linked.File.ID, linked.Version.ID, c.log.TraceID
	l.CreatedAt, l.StartTime, l.EndTime, l.CreatedBy = now, now, now, auth.From(ctx).KeyID
	if trace.HasStatus(l.Kind) {
		l.Status = trace.Complete
	}
	l.Payload.Inputs = c.arguments()
	l.Fail(e.With(func(e *errs.Error) { e.LogID = l.ID }).Detail(ids.RequestFrom(ctx), ""))
	return &l, c.o.Logs.Record(ctx, &l)
}
