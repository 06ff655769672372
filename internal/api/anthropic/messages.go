package anthropic

import (
	"context"
	"iter"
	"slices"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/messages"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web"
)

// headers are those of Anthropic's clients.
type headers struct {
	ingress.Headers
	Betas   string `header:"Anthropic-Beta"`
	Session string `header:"X-Claude-Code-Session-Id"`
	Beta    string `query:"beta"` // which some clients set on every request; without effect
}

func (h *headers) note(c *dialect.Call) {
	c.Conversation = h.Session
	c.Ignore(h.Betas != "", "anthropic-beta")
}

type createMessage struct {
	headers
	Body messages.Params `body:"json"`
}

func (h *handlers) messages() web.Operation {
	return web.CallOrStream(web.Streaming[createMessage, *messages.Message, ingress.Chunk]{
		Wanted:  func(in *createMessage) bool { return in.Body.Stream },
		Call:    h.create,
		Stream:  h.stream,
		Silence: "event: ping\ndata: {\"type\":\"ping\"}\n\n",
		Name: func(c ingress.Chunk, failed bool) string {
			if failed {
				return "error"
			}
			return c.Name
		},
		AppendError: func(dst []byte, _ ingress.Chunk, d *errs.Detail) []byte {
			return ingress.AppendFailure(dst, dialect.Anthropic(d))
		},
	})
}

func (h *handlers) input(ctx context.Context, in *createMessage) (*dialect.Call, *gateway.CallInput, error) {
	c, err := in.Body.Call()
	if err != nil {
		return nil, nil, err
	}
	in.note(c)
	call, err := h.s.Input(ctx, messagesDialect, c, &in.Headers)
	return c, call, err
}

func (h *handlers) create(ctx context.Context, in *createMessage) (*messages.Message, error) {
	c, call, err := h.input(ctx, in)
	if err != nil {
		return nil, err
	}
	result, err := h.s.Gateway.Call(ctx, call)
	if err != nil {
		return nil, err
	}
	l := result.Logs[0]
	ingress.Head(ctx, c, result.Call, l.ID, l.Provider, l.Model)
	ingress.Tail(ctx, result.Logs)
	asked := int64(0)
	if !l.Usage.Known {
		asked = tokens.Of(sent(c, result.Call))
	}
	return messages.NewMessage(l.ID, l.Model, l.Payload.OutputMessage, llm.FinishReason(l.FinishReason), l.Usage, asked), nil
}

// sent is what of a call counts as its prompt.
func sent(c *dialect.Call, call *gateway.Call) *llm.Request {
	return &llm.Request{
		Messages: call.Messages, Prompt: call.Text, Tools: slices.Concat(call.Prompt.Tools(), c.Request.Tools), ResponseFormat: c.Request.ResponseFormat,
	}
}

func (h *handlers) stream(ctx context.Context, in *createMessage) iter.Seq2[ingress.Chunk, error] {
	return func(yield func(ingress.Chunk, error) bool) {
		c, call, err := h.input(ctx, in)
		if err != nil {
			yield(ingress.Chunk{}, err)
			return
		}
		s := streamed{ctx: ctx, call: c, yield: yield}
		for chunk, err := range h.s.Gateway.Stream(ctx, call) {
			if err != nil {
				yield(ingress.Chunk{}, err)
				return
			}
			if !s.add(chunk) {
				return
			}
		}
	}
}

// streamed writes the events of a stream.
type streamed struct {
	ctx    context.Context
	call   *dialect.Call
	yield  func(ingress.Chunk, error) bool
	events *messages.Events // nil before the first chunk
	asked  int64            // tokens of the prompt, by estimate
	more   bool
}

func (s *streamed) add(c *gateway.Chunk) bool {
	if s.events == nil {
		s.begin(c)
	}
	if c.Final == nil {
		s.more = c.Event.More
		return s.events.Event(c.Event)
	}
	s.more = false
	l := c.Final
	message := l.Payload.OutputMessage
	if message == nil {
		message = new(llm.Message)
	}
	return s.events.End(message, llm.FinishReason(l.FinishReason), l.Usage, s.asked)
}

func (s *streamed) begin(c *gateway.Chunk) {
	provider, model := c.Provider, c.Model
	if c.Final != nil { // an answer without any output
		provider, model = c.Final.Provider, c.Final.Model
	}
	ingress.Head(s.ctx, s.call, c.Call, c.LogID, provider, model)
	s.asked = tokens.Of(sent(s.call, c.Call))
	s.events = messages.NewEvents(c.LogID, model, s.asked, s.emit)
}

// emit sends an event. Only a piece of a block may have nothing behind it for a while, and the last event.
func (s *streamed) emit(f dialect.Frame) bool {
	last := f.Name == messages.DeltaEvent || f.Name == messages.LastEvent
	return s.yield(ingress.Chunk{Frame: f, Further: s.more || !last}, nil)
}
