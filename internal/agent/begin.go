package agent

import (
	"context"
	"crypto/rand"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// turn is one turn of an Agent.
type turn struct {
	*Runner
	Terms
	version  *file.Snapshot
	agent    *file.Agent
	compiled *prompt.Compiled
	tools    *tools

	log      *trace.Log // as it is stored, but with its payload in any case
	progress progress
	stored   mark
	lease    store.Turn
	first    EventType
	answered *trace.Log // what a call of the model that failed had brought; nil for none
	hopeless bool       // the failure is final although its reason is retryable

	send func(*Event) bool // nil when nobody listens
}

// open prepares a turn of a version.
func (r *Runner) open(ctx context.Context, version *file.Snapshot, terms Terms) (*turn, error) {
	opened, err := r.o.Catalog.Opened(version)
	if err != nil {
		return nil, err
	}
	content, ok := opened.Content.(*file.Agent)
	switch {
	case !ok:
		return nil, errs.New(errs.AgentNotFound, "A %s is not an Agent.", version.File.Kind.Spec().Title)
	case content.Endpoint == llm.Complete:
		return nil, &errs.Error{
			Reason: errs.UnsupportedParameter, Provider: content.Provider, Model: content.Model, Param: "endpoint",
			Message: "An Agent talks with its model, which the endpoint \"complete\" does not.",
		}
	}
	if terms.ReceivedAt.IsZero() {
		terms.ReceivedAt = r.o.Now()
	}
	t := &turn{Runner: r, Terms: terms, version: version, agent: content, compiled: opened.Template}
	t.chain = append(append([]string{}, t.chain...), version.File.ID)
	t.tools, err = r.tools(ctx, content, t.chain)
	return t, err
}

// begin prepares a call and stores its Log. Errors are the caller's fault and are not recorded.
func (r *Runner) begin(ctx context.Context, in *CallInput) (*turn, error) {
	if err := relay.CheckKeys(in.Keys); err != nil {
		return nil, err
	}
	version, err := r.resolve(ctx, in)
	if err != nil {
		return nil, err
	}
	t, err := r.open(ctx, version, in.Terms)
	if err != nil {
		return nil, err
	}
	traceID, err := r.o.Logs.Storable(ctx, &in.Log)
	if err != nil {
		return nil, err
	}
	t.first, t.progress.Turn = TurnStart, 1
	t.log = t.newLog(ctx, in, traceID)
	if t.log.Payload.Messages, err = t.render(ctx, in); err != nil {
		return nil, err
	}
	t.log.Templated = len(t.log.Payload.Messages) - len(in.Messages)
	if _, err := t.plan(ctx); err != nil {
		return nil, err
	}
	t.holds(t.log.ID)
	if err := r.o.Logs.Record(ctx, t.log, r.o.DB.FirstTurn(t.lease)); err != nil {
		return nil, err
	}
	t.stored = markOf(t.log)
	return t, nil
}

// resolve returns the version to run.
func (r *Runner) resolve(ctx context.Context, in *CallInput) (*file.Snapshot, error) {
	if in.Past {
		return r.o.Catalog.Past(ctx, file.AgentKind, in.VersionID)
	}
	if in.Agent != nil && in.Draft {
		snap, err := r.o.Catalog.Save(ctx, catalog.Draft{Ref: in.Ref, Content: in.Agent, At: []any{string(file.AgentKind)}, Draft: true})
		return &snap, err
	}
	var content file.Content
	if in.Agent != nil {
		content = in.Agent
	}
	snap, err := r.o.Catalog.Use(ctx, file.AgentKind, in.Ref, content)
	return &snap, err
}

// render returns what the model is told first: the template filled with the inputs, and then the messages of the call. Tools that the template
// calls run before, and their Logs are below that of the Agent.
func (t *turn) render(ctx context.Context, in *CallInput) ([]llm.Message, error) {
	inputs, err := tmpl.DecodeInputs(in.Inputs)
	if err != nil {
		return nil, errs.New(errs.ValidationFailed, "inputs must be an object.")
	}
	calls, err := t.compiled.Calls(inputs)
	if err == nil && len(calls) > 0 {
		own := t.log
		below := &trace.Log{TraceID: own.TraceID, TraceParentID: own.ID, Source: own.Source, User: own.User, PayloadDropped: own.PayloadDropped}
		if inputs, err = t.o.Tools.RunCalls(ctx, calls, t.tools.linked(), inputs, below); err != nil {
			return nil, t.unasked(ctx, errs.Cause(ctx, err))
		}
	}
	var request llm.Request
	if err == nil {
		request, err = t.compiled.Request(ctx, inputs, in.Messages)
	}
	if errs.Is(err, errs.MissingInputs) {
		err = errs.Within(err, "inputs")
	}
	return request.Messages, err
}

// unasked records an Agent that failed before its model was asked, and returns the failure, which names the Log.
func (t *turn) unasked(ctx context.Context, failure error) error {
	l := t.log
	l.Status, l.EndTime = trace.Complete, t.o.Now()
	if relay.Cancelled(failure) {
		message := "The caller ended the connection before a model was asked."
		l.Error = &message
	} else {
		e := errs.From(failure).With(func(e *errs.Error) { e.LogID = l.ID })
		l.Fail(e.Detail(ids.RequestFrom(ctx), ""))
		failure = e
	}
	t.place(l)
	if err := t.o.Logs.Record(context.WithoutCancel(ctx), l); err != nil {
		return err
	}
	return failure
}

// newLog returns the Log of a call before its first step.
func (t *turn) newLog(ctx context.Context, in *CallInput, traceID string) *trace.Log {
	log, choice, now := in.Log, in.ToolChoice, t.o.Now()
	if log.ID == "" {
		log.ID = ids.New(ids.Log, now)
	}
	if log.TraceID = traceID; traceID == "" && log.TraceParentID == "" {
		log.TraceID = log.ID
	}
	if log.StartTime.IsZero() {
		log.StartTime = now
	}
	log.Kind, log.FileID, log.VersionID = file.AgentKind, t.version.File.ID, t.version.Version.ID
	log.CreatedAt, log.CreatedBy, log.Status = now, auth.From(ctx).KeyID, trace.Incomplete
	if in.Agent == nil {
		log.DeployedEnvironment = t.version.DeployedTo(in.Ref)
	}
	log.Provider, log.Model = t.agent.Provider, t.agent.Model
	log.Payload = trace.Payload{Inputs: json.Object(in.Inputs)}
	if choice.Mode != "" {
		log.Payload.ToolChoice = &choice
	}
	t.progress.put(&log)
	return &log
}

// holds makes the lease of the turn, which is still to be taken.
func (t *turn) holds(logID string) {
	t.lease = store.Turn{LogID: logID, Holder: rand.Text(), Lease: leaseTime}
}
