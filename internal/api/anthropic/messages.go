package anthropic

import (
	"cmp"
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/input"
)

// headers are those of Anthropic's clients.
type headers struct {
	ingress.Headers
	Version string `header:"Anthropic-Version"`
	Betas   string `header:"Anthropic-Beta"`
	Session string `header:"X-Claude-Code-Session-Id"`
	Beta    string `query:"beta"` // which some clients set on every request; without effect
}

func (h *headers) note(c *dialect.Call) {
	c.Conversation = cmp.Or(h.Session, c.Conversation)
	c.Ignore(h.Betas != "", "anthropic-beta")
}

type createMessage struct {
	headers
	Body input.Deferred[messages.Params] `body:"json"`
}

// native is the request for providers that speak the API.
func (in *createMessage) native() *ingress.Native {
	return &ingress.Native{
		Dialect: llm.MessagesDialect, Body: in.Body.Raw,
		Header: ingress.Forwarded(map[string]string{"Anthropic-Version": in.Version, "Anthropic-Beta": in.Betas}),
		View: func() *dialect.Call {
			c := messages.View(in.Body.Raw)
			c.Conversation = in.Session
			return c
		},
	}
}

func messagesOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[createMessage, *messages.Message]{
		Dialect: messagesDialect, Failed: "error", Silence: "event: ping\ndata: {\"type\":\"ping\"}\n\n",
		Ask: func(_ context.Context, in *createMessage) (*dialect.Call, *ingress.Headers, error) {
			c, err := ingress.Read(&in.Body, (*messages.Params).Call)
			if err == nil {
				in.note(c)
			}
			return c, &in.Headers, err
		},
		Native: (*createMessage).native, ModelIn: "message",
		Wanted: func(in *createMessage) bool {
			return ingress.Streams(&in.Body, func(p *messages.Params) bool { return p.Stream })
		},
		Whole: func(_ *createMessage, a *ingress.Answer) *messages.Message { return message(a) },
		Begin: func(_ *createMessage, b *ingress.Begun) ingress.Writer { return &streamed{begun: b} },
	})
}

func message(a *ingress.Answer) *messages.Message {
	l, asked := a.First, int64(0)
	if !l.Usage.Known {
		asked = tokens.Of(sent(a.Asked, a.Call))
	}
	return messages.NewMessage(l.ID, a.Model, ingress.Said(l), stopOf(l), l.Usage, asked)
}

func stopOf(l *trace.Log) messages.Stop {
	return messages.Stop{Finish: llm.FinishReason(l.FinishReason), Sequence: l.StopSequence}
}

// sent is what of a call counts as its prompt.
func sent(c *dialect.Call, call *gateway.Call) *llm.Request {
	return &llm.Request{
		Messages: call.Messages, Prompt: call.Text, Tools: slices.Concat(call.Prompt.Tools(), c.Request.Tools), ResponseFormat: c.Request.ResponseFormat,
	}
}

// streamed implements [ingress.Writer].
type streamed struct {
	begun  *ingress.Begun
	events *messages.Events // nil before the first chunk
	asked  int64            // tokens of the prompt, by estimate
}

// Add implements [ingress.Writer].
func (s *streamed) Add(c *gateway.Chunk) bool {
	if s.events == nil {
		s.asked = tokens.Of(sent(s.begun.Asked, c.Call))
		s.events = messages.NewEvents(c.LogID, s.begun.Model, s.asked, s.begun.Send)
	}
	if l := c.Final; l != nil {
		return s.events.End(ingress.Said(l), stopOf(l), l.Usage, s.asked)
	}
	return s.events.Event(c.Event)
}

// End implements [ingress.Writer].
func (s *streamed) End() {}

// AppendFailure implements [ingress.Writer].
func (s *streamed) AppendFailure(dst []byte, d *errs.Detail) []byte {
	return json.AppendValue(dst, dialect.Anthropic(d).Body)
}
