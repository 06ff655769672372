package gateway

import (
	"context"
	"strings"
	"time"

	"openloop/internal/auth"
	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/ids"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/prompt"
	"openloop/internal/store"
	"openloop/internal/tmpl"
	"openloop/internal/trace"
)

// Call is a call that was resolved and rendered, and can be sent.
type Call struct {
	Prompt   *catalog.Prompt
	Input    *CallInput
	Messages []llm.Message // the template's and the call's
	Text     string        // of a completion

	by      string   // the key that the call came with
	targets []target // that may answer, in order; at least one
	retries int      // of each target
	traceID string   // that the Logs are part of; they are stored there even if it is complete by then
	started time.Time
}

// prepare resolves and renders. Its errors are the caller's; nothing is recorded of them.
func (g *Gateway) prepare(ctx context.Context, in *CallInput) (*Call, error) {
	if err := checkKeys(in.Keys); err != nil {
		return nil, err
	}
	p, err := g.resolve(ctx, in.Target, in.Prompt)
	if err != nil {
		return nil, err
	}
	traceID, err := g.checkLabels(ctx, &in.Labels)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(in.Inputs)
	if err != nil {
		return nil, errs.New(errs.ValidationFailed, "inputs must be an object.")
	}
	rendered, err := p.Render(ctx, inputs)
	if err != nil {
		return nil, err
	}
	c := &Call{Prompt: p, Input: in, by: auth.From(ctx).KeyID, traceID: traceID, started: g.o.Now()}
	c.fill(rendered)
	if err := c.sendable(); err != nil {
		return nil, err
	}
	return c, g.targets(ctx, c)
}

// resolve finds the version to run or to log to: the content brought along, or the version named.
func (g *Gateway) resolve(ctx context.Context, t store.Target, content *file.Prompt) (*catalog.Prompt, error) {
	if content == nil {
		return g.o.Catalog.Prompt(ctx, t)
	}
	return g.o.Catalog.UsePrompt(ctx, catalog.Draft{ID: t.ID, Path: t.Path, Content: content, Member: string(file.PromptKind)})
}

// checkLabels refuses what the Log could not be stored with, before money is spent, and finds the trace that it is part of.
func (g *Gateway) checkLabels(ctx context.Context, l *Labels) (traceID string, err error) {
	if strings.ContainsRune(l.LogID, 0) { // the one character that no database keeps
		return "", invalid("log_id", "value_error", "The id of a Log cannot hold U+0000.")
	}
	if l.LogID != "" {
		taken, err := g.o.DB.LogExists(ctx, l.LogID)
		if err != nil {
			return "", err
		}
		if taken {
			e := errs.New(errs.AlreadyExists, "A Log with the id %q exists already.", l.LogID)
			e.Param = "log_id"
			return "", e
		}
	}
	if l.TraceParentID == "" {
		return "", nil
	}
	traceID, err = g.o.DB.TraceOf(ctx, l.TraceParentID)
	if errs.Is(err, errs.LogNotFound) {
		e := errs.New(errs.LogNotFound, "The trace parent %q does not exist.", l.TraceParentID)
		e.Param = "trace_parent_id"
		return "", e
	}
	return traceID, err
}

// sendable refuses a call that has nothing to send, or messages for an endpoint that takes a text.
func (c *Call) sendable() error {
	p := &c.Prompt.Content
	if p.Endpoint == llm.Complete && len(c.Messages) > 0 {
		return &errs.Error{
			Reason: errs.UnsupportedParameter, Provider: p.Provider, Model: p.Model, Param: "messages",
			Message: "A Prompt of the endpoint \"complete\" takes a text template and no messages.",
		}
	}
	if len(c.Messages) > 0 || c.Text != "" {
		return nil
	}
	return invalid("messages", "missing", "There is nothing to send: the Prompt has no template and the call no messages.")
}

// invalid is a validation error of one violation, of a member of the body.
func invalid(param, rule, message string) error {
	e := errs.Invalid(message, "body", param)
	e.Violations[0].Type = rule
	return e
}

// fill joins what the template says and what the call adds: its messages follow the template's.
func (c *Call) fill(r prompt.Rendered) {
	c.Messages = append(r.Messages, c.Input.Messages...)
	if c.Prompt.Content.Endpoint == llm.Complete {
		c.Text = r.Text
		return
	}
	if r.Text != "" { // a text template of a chat is one message of the user
		c.Messages = append([]llm.Message{{Role: llm.User, Content: llm.Text(r.Text)}}, c.Messages...)
	}
}

// request is what is sent, to whichever target.
func (c *Call) request() llm.Request {
	p := &c.Prompt.Content
	out := llm.Request{
		Model: p.Model, Endpoint: p.Endpoint, Messages: c.Messages, Prompt: c.Text, Suffix: c.Input.Suffix,
		Tools: c.Prompt.Tools(), ToolChoice: c.Input.ToolChoice,
		Temperature: p.Temperature, TopP: p.TopP, PresencePenalty: p.PresencePenalty, FrequencyPenalty: p.FrequencyPenalty,
		Stop: p.Stop.Sequences, Seed: p.Seed, ResponseFormat: p.ResponseFormat, Effort: p.ReasoningEffort,
		LogProbs: c.Input.LogProbs, Other: p.Other,
	}
	if p.MaxTokens != nil {
		out.MaxTokens = *p.MaxTokens
	}
	return out
}

// sample is one of the answers that a call asks for.
type sample struct {
	call  *Call
	index int
	log   *trace.Log

	streamed                bool
	target                  *target // being asked, or that answered
	attempts                []errs.Attempt
	sentAt, firstAt, doneAt time.Time // of the last attempt: called, first output, last byte

	failure error // of the call: classified, or the caller's context
	broken  error // of the recording
}

func (g *Gateway) samples(c *Call) []*sample {
	n := max(c.Input.Samples, 1)
	out := make([]*sample, n)
	for i := range out {
		id := ""
		if i == 0 {
			id = c.Input.Labels.LogID
		}
		if id == "" {
			id = ids.New(ids.Log, c.started)
		}
		out[i] = &sample{call: c, index: i, log: c.newLog(id, i)}
	}
	return out
}

// newLog is the record of a sample before its answer.
func (c *Call) newLog(id string, index int) *trace.Log {
	l, p := &c.Input.Labels, &c.Prompt.Content
	choice := c.Input.ToolChoice
	log := &trace.Log{
		ID: id, Kind: file.PromptKind, FileID: c.Prompt.File.ID, VersionID: c.Prompt.Version.ID,
		CreatedAt: c.started, StartTime: c.started, Provider: p.Provider, Model: p.Model, SampleIndex: index, CreatedBy: c.by,
		Payload: trace.Payload{Inputs: objectOrNil(c.Input.Inputs), Messages: c.Messages},
	}
	if choice.Mode != "" {
		log.Payload.ToolChoice = &choice
	}
	l.put(log)
	log.TraceID = c.traceID
	return log
}

// put writes the labels on a Log.
func (l *Labels) put(log *trace.Log) {
	log.Source, log.User, log.Environment = l.Source, l.User, l.Environment
	log.Metadata, log.DatapointID = objectOrNil(l.Metadata), l.DatapointID
	log.TraceParentID = l.TraceParentID
	log.PayloadDropped = l.NoSave
	if !l.StartTime.IsZero() {
		log.StartTime = l.StartTime
	}
	if !l.EndTime.IsZero() {
		log.EndTime = l.EndTime
	}
}

func objectOrNil(v json.Value) json.Value {
	if json.Kind(v) != '{' {
		return nil
	}
	return v
}
