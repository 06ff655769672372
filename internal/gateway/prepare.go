package gateway

import (
	"cmp"
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/answers"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
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

	Overruled []string // names of parameters in Asked that the version sets otherwise

	plan    *relay.Plan
	caching *Caching    // how remembered answers are used; nil for not
	key     answers.Key // then: of the answer to the first sample
	by      string      // the key that the call came with
	logID   string      // of the first sample
	traceID string      // that the Logs are part of; they are stored there even if it is complete by then
	rooted  bool        // the Log of the first sample is the root of a trace
	started time.Time
}

// prepare resolves the version and renders the template. Its errors are the caller's fault and are not recorded, unless Tools were run before.
func (g *Gateway) prepare(ctx context.Context, in *CallInput) (*Call, error) {
	if err := relay.CheckKeys(in.Keys); err != nil {
		return nil, err
	}
	p, err := g.resolve(ctx, in)
	if err != nil {
		return nil, err
	}
	traceID := ""
	if !in.Free {
		if traceID, err = g.o.Logs.Storable(ctx, &in.Log); err != nil {
			return nil, err
		}
	}
	inputs, err := tmpl.DecodeInputs(in.Inputs)
	if err != nil {
		return nil, errs.New(errs.ValidationFailed, "inputs must be an object.")
	}
	c := &Call{Prompt: p, Input: in, by: auth.From(ctx).KeyID, traceID: traceID, started: g.o.Now()}
	if c.logID = in.Log.ID; c.logID == "" {
		c.logID = ids.New(ids.Log, c.started)
	}
	calls, err := p.Calls(inputs)
	switch {
	case err != nil:
		return nil, ofInputs(err)
	case len(calls) == 0:
		return c, g.render(ctx, c, inputs)
	}
	return c, g.renderWithTools(ctx, c, calls, inputs)
}

// render makes the request of the call.
func (g *Gateway) render(ctx context.Context, c *Call, inputs tmpl.Inputs) error {
	request, err := c.request(ctx, inputs)
	if n := c.Input.Native; err != nil && n != nil && n.Portable != nil {
		return n.Portable // says more of what is missing
	}
	if err != nil {
		return ofInputs(err)
	}
	c.Messages, c.Text = request.Messages, request.Prompt
	q := c.question(request)
	g.remembering(c, q)
	if c.plan, err = g.o.Relay.Plan(ctx, q); err != nil {
		return err
	}
	if n := c.Input.Native; n != nil && n.Portable != nil && !c.plan.Native() {
		return n.Portable
	}
	return nil
}

// ofInputs is err, if it is about inputs, about those of the call.
func ofInputs(err error) error {
	if errs.Is(err, errs.MissingInputs) {
		return errs.Within(err, "inputs")
	}
	return err
}

// resolve returns the version to run or to log to: that of the content in the request, or the version that the request names.
func (g *Gateway) resolve(ctx context.Context, in *CallInput) (*catalog.Prompt, error) {
	switch {
	case in.Prompt != nil:
		return g.o.Catalog.UsePrompt(ctx, catalog.Draft{Ref: in.Ref, Content: in.Prompt, At: []any{string(file.PromptKind)}, Draft: in.Draft})
	case in.Past:
		return g.o.Catalog.PastPrompt(ctx, in.VersionID)
	}
	return g.o.Catalog.Prompt(ctx, in.Ref)
}

// question returns the request and its models: the Prompt's own and its fallbacks, or the fallbacks of the call instead.
func (c *Call) question(request llm.Request) *relay.Question {
	p, in := &c.Prompt.Content, c.Input
	request.Native = c.native(request)
	request.Tools, request.ToolChoice, request.Suffix, request.LogProbs = c.Prompt.Tools(), in.ToolChoice, in.Suffix, in.LogProbs
	c.Overruled = fillIn(&request, in.Asked)
	q := &relay.Question{
		Request: request, Model: file.Fallback{Provider: p.Provider, Model: p.Model}, Among: in.Among, Fallbacks: p.Fallbacks, Keys: in.Keys,
		Retries: cmp.Or(in.MaxRetries, p.MaxRetries), Sticky: in.Sticky, Until: in.Until, Conversation: cmp.Or(in.Log.Conversation, in.Log.SessionID),
	}
	if in.Fallbacks != nil {
		q.Fallbacks = in.Fallbacks
	}
	return q
}

// native returns the request in the words of its client, with what the saved Prompt sets. own is the request that the Prompt and the messages of
// the client make.
func (c *Call) native(own llm.Request) *llm.Native {
	if c.Input.Native == nil || c.Input.Prompt != nil {
		return c.Input.Native
	}
	out := *c.Input.Native
	own.Messages, own.Tools = own.Messages[:max(0, len(own.Messages)-len(c.Input.Messages))], c.Prompt.Tools()
	out.Own = &own
	return &out
}

// sample is one of the answers of a call.
type sample struct {
	call  *Call
	index int
	log   *trace.Log
	cache relay.CacheUse
	age   time.Duration // of the answer that was remembered

	native json.Value // the answer as the provider wrote it, if its client reads that
	tail   []llm.Raw  // the frames that end the stream of such an answer

	endedAt  time.Time // the provider's last byte
	attempts int
	failure  error // of the call: classified, or the caller's context
	broken   error // of the recording
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
	if log.ID = c.logID; index > 0 {
		log.ID = ids.New(ids.Log, c.started)
	}
	if log.StartTime.IsZero() {
		log.StartTime = c.started
	}
	log.Kind, log.FileID, log.VersionID = file.PromptKind, c.Prompt.File.ID, c.Prompt.Version.ID
	log.CreatedAt, log.CreatedBy, log.SampleIndex, log.TraceID = c.started, c.by, index, c.traceID
	if c.rooted && index == 0 {
		log.TraceID = log.ID
	}
	if c.Input.Prompt == nil {
		log.DeployedEnvironment = c.Prompt.DeployedTo(c.Input.Ref)
	}
	log.Provider, log.Model = p.Provider, p.Model
	log.Payload = trace.Payload{Inputs: json.Object(c.Input.Inputs), Messages: c.Messages, Parameters: log.Payload.Parameters}
	log.Templated = max(0, len(c.Messages)-len(c.Input.Messages))
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
