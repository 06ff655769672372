package gateway

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// renderWithTools runs the Tools that the template calls, and renders it with what they gave. Their Logs are children of that of the call, which is
// recorded with the failure if there is one, although no model was asked.
func (g *Gateway) renderWithTools(ctx context.Context, c *Call, calls []tmpl.ToolCall, inputs tmpl.Inputs) error {
	c.rooted = c.traceID == ""
	below := &trace.Log{TraceID: c.traceID, TraceParentID: c.logID, Source: c.Input.Log.Source, User: c.Input.Log.User, PayloadDropped: c.Input.Log.PayloadDropped}
	if c.rooted {
		below.TraceID = c.logID
	}
	filled, err := g.o.Tools.RunCalls(ctx, calls, c.Prompt.Linked, inputs, below)
	if err == nil {
		err = g.render(ctx, c, filled)
	}
	if err == nil {
		return nil
	}
	return g.recordUnasked(ctx, c, errs.Cause(ctx, err))
}

// recordUnasked records a call that failed after its Tools and before its model was asked. It returns the failure, which names the Log.
func (g *Gateway) recordUnasked(ctx context.Context, c *Call, failure error) error {
	log := c.newLog(0)
	log.EndTime = g.o.Now()
	if relay.Cancelled(failure) {
		message := "The caller ended the connection before a model was asked."
		log.Error = &message
	} else {
		failure = errs.From(failure).With(func(e *errs.Error) { e.LogID = log.ID })
		log.Fail(errs.From(failure).Detail(ids.RequestFrom(ctx), ""))
	}
	if keep := c.Input.Keep; keep != nil && !keep(failure) {
		return failure
	}
	if err := g.o.Logs.Record(context.WithoutCancel(ctx), log, c.Input.Riders...); err != nil {
		return err
	}
	return failure
}
