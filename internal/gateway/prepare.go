package gateway

import (
	"cmp"
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/tmpl"
	"github.com/openloop-server/openloop/internal/trace"
)

// Call is a resolved and rendered call that is ready to be sent.
type Call struct {
	Prompt   *catalog.Prompt
	Input    *CallInput
	Messages []llm.Message // the template's and the call's
	Text     string        // of a completion

	plan    *relay.Plan
	by      string // the key that the call came with
	traceID string // that the Logs are part of; they are stored there even if it is complete by then
	started time.Time
}

// prepare resolves the version and renders the template. Its errors are the caller's fault and are not recorded.
func (g *Gateway) prepare(ctx context.Context, in *CallInput) (*Call, error) {
	if err := relay.CheckKeys(in.Keys); err != nil {
		return nil, err
	}
	p, err := g.resolve(ctx, in)
	if err != nil {
		return nil, err
	}
	traceID, err := g.o.Logs.Storable(ctx, &in.Log)
	if err != nil {
		return nil, err
	}
	inputs, err := tmpl.DecodeInputs(in.Inputs)
	if err != nil {
		return nil, errs.New(errs.ValidationFailed, "inputs must be an object.")
	}
	rendered, err := p.Render(ctx, inputs)
	if errs.Is(err, errs.MissingInputs) {
		err = errs.Within(err, "inputs")
	}
	if err != nil {
		return nil, err
	}
	c := &Call{Prompt: p, Input: in, by: auth.From(ctx).KeyID, traceID: traceID, started: g.o.Now()}
	c.fill(rendered)
	if err := c.sendable(); err != nil {
		return nil, err
	}
	c.plan, err = g.o.Relay.Plan(ctx, c.question())
	return c, err
}

// resolve returns the version to run or to log to: that of the content in the request, or the version that the request names.
func (g *Gateway) resolve(ctx context.Context, in *CallInput) (*catalog.Prompt, error) {
	switch {
	case in.Prompt != nil:
		return g.o.Catalog.UsePrompt(ctx, catalog.Draft{Ref: in.Ref, Content: in.Prompt, At: []any{string(file.PromptKind)}})
	case in.Past:
		return g.o.Catalog.PastPrompt(ctx, in.VersionID)
	}
	return g.o.Catalog.Prompt(ctx, in.Ref)
}

// sendable refuses a call without anything to send, and messages for an endpoint that takes a text.
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

// invalid returns a validation error with one violation, of a member of the body.
func invalid(param, rule, message string) error {
	e := errs.Invalid(message, param)
	e.Violations[0].Type = rule
	return e
}

// fill combines the rendered template with the messages of the call, which follow those of the template.
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

// request returns the request that all candidates get.
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

// question returns the request and its models: the Prompt's own and its fallbacks, or the fallbacks of the call instead.
func (c *Call) question() *relay.Question {
	p, in := &c.Prompt.Content, c.Input
	q := &relay.Question{
		Request: c.request(), Model: file.Fallback{Provider: p.Provider, Model: p.Model}, Fallbacks: p.Fallbacks, Keys: in.Keys,
		Retries: cmp.Or(in.MaxRetries, p.MaxRetries),
	}
	if in.Fallbacks != nil {
		q.Fallbacks = in.Fallbacks
	}
	return q
}

// sample is one of the answers of a call.
type sample struct {
	call  *Call
	index int
	log   *trace.Log

	endedAt time.Time // the provider's last byte
	failure error     // of the call: classified, or the caller's context
	broken  error     // of the recording
}

func (g *Gateway) samples(c *Call) []*sample {
	out := make([]*sample, max(c.Input.Samples, 1))
	for i := range out {
		out[i] = &sample{call: c, index: i, log: c.newLog(i)}
	}
	return out
}

// newLog returns the Log of a sample before its answer, with the labels of the caller and the request.
func (c *Call) newLog(index int) *trace.Log {
	p, choice, log := &c.Prompt.Content, c.Input.ToolChoice, c.Input.Log
	if log.ID == "" || index > 0 {
		log.ID = ids.New(ids.Log, c.started)
	}
	if log.StartTime.IsZero() {
		log.StartTime = c.started
	}
	log.Kind, log.FileID, log.VersionID = file.PromptKind, c.Prompt.File.ID, c.Prompt.Version.ID
	log.CreatedAt, log.CreatedBy, log.SampleIndex, log.TraceID = c.started, c.by, index, c.traceID
	log.Provider, log.Model = p.Provider, p.Model
	log.Payload = trace.Payload{Inputs: objectOrNil(c.Input.Inputs), Messages: c.Messages}
	if choice.Mode != "" {
		log.Payload.ToolChoice = &choice
	}
	return &log
}

func (c *Call) received() time.Time {
	if c.Input.ReceivedAt.IsZero() {
		return c.started
	}
	return c.Input.ReceivedAt
}

func objectOrNil(v json.Value) json.Value {
	if json.Kind(v) != '{' {
		return nil
	}
	return v
}
