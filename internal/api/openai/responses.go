package openai

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

type createResponse struct {
	ingress.Headers
	Session string                   `header:"Session-Id" doc:"What the calls of one conversation share."`
	Body    responses.ResponseParams `body:"json"`
}

var responsesDialect = ingress.Dialect{Name: "openai.responses", Owner: Owner}

// responseChunk is an event with the stream that it is of.
type responseChunk struct {
	ingress.Chunk
	of *responses.Events
}

func (h *handlers) responses() web.Operation {
	return web.CallOrStream(web.Streaming[createResponse, *responses.Response, responseChunk]{
		Wanted: func(in *createResponse) bool { return in.Body.Stream },
		Call:   h.response,
		Stream: h.responseStream,
		Name: func(c responseChunk, failed bool) string {
			if failed {
				return responses.EventFailed
			}
			return c.Name
		},
		AppendError: func(dst []byte, last responseChunk, d *errs.Detail) []byte { return last.of.AppendFailure(dst, d) },
	})
}

func (h *handlers) response(ctx context.Context, in *createResponse) (*responses.Response, error) {
	c, call, err := h.input(ctx, &request{responsesDialect, in.call, &in.Headers})
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
	return responses.NewResponse(&in.Body, l.ID, l.CreatedAt, l.Model, answered(l)), nil
}

// answered is what a model has answered.
func answered(l *trace.Log) *responses.Answered {
	return &responses.Answered{
		Message: cmp.Or(l.Payload.OutputMessage, new(llm.Message)), Finish: llm.FinishReason(l.FinishReason), LogProbs: l.Payload.LogProbs, Usage: l.Usage, At: l.EndTime,
	}
}

// call returns the request. The header counts where the body says nothing of a conversation.
func (in *createResponse) call() (*dialect.Call, error) {
	c, err := in.Body.Call()
	if err == nil {
		c.Conversation = cmp.Or(c.Conversation, in.Session)
	}
	return c, err
}

func (h *handlers) responseStream(ctx context.Context, in *createResponse) iter.Seq2[responseChunk, error] {
	return func(yield func(responseChunk, error) bool) {
		c, call, err := h.input(ctx, &request{responsesDialect, in.call, &in.Headers})
		if err != nil {
			yield(responseChunk{}, err)
			return
		}
		s := responseEvents{ctx: ctx, in: in, call: c, yield: yield}
		for chunk, err := range h.s.Gateway.Stream(ctx, call) {
			if err != nil {
				yield(responseChunk{}, err)
				return
			}
			if !s.add(chunk) {
				return
			}
		}
	}
}

// responseEvents writes the events of a stream.
type responseEvents struct {
	ctx    context.Context
	in     *createResponse
	call   *dialect.Call
	yield  func(responseChunk, error) bool
	stream *responses.Events // nil before the first chunk
	more   bool
}

func (s *responseEvents) add(c *gateway.Chunk) bool {
	if s.stream == nil {
		s.stream = responses.NewEvents(&s.in.Body, c.LogID, c.Time, head(s.ctx, s.call, c))
		if !s.stream.Begin(s.emit) {
			return false
		}
	}
	if c.Final == nil {
		s.more = c.Event.More
		return s.stream.Event(c.Event)
	}
	s.more = false
	return s.stream.End(llm.FinishReason(c.Final.FinishReason), c.Final.Usage, c.Time)
}

func (s *responseEvents) emit(f dialect.Frame) bool {
	return s.yield(responseChunk{ingress.Chunk{Frame: f, Further: s.more}, s.stream}, nil)
}

type openWebSocket struct {
	Upgrade string `header:"Upgrade"`
}

// noWebSocket refuses GET, and upgrades by a status of their own: clients that are told so at once go on with requests.
func (h *handlers) noWebSocket(ctx context.Context, in *openWebSocket) (*struct{}, error) {
	web.Header(ctx).Set("Allow", http.MethodPost)
	e := errs.New(errs.MethodNotAllowed, "Responses are made by POST here, and no WebSocket is served.")
	if strings.EqualFold(in.Upgrade, "websocket") {
		e = e.At(headerUpgrade)
	}
	return nil, e
}

const headerUpgrade = "Upgrade"

// upgradeEnvelope writes failures about the upgrade of a connection, and others as [Envelope] does.
func upgradeEnvelope(d *errs.Detail) web.Failure {
	f := Envelope(d)
	if d.Param == headerUpgrade {
		f.Status = http.StatusUpgradeRequired
	}
	return f
}
