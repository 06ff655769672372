package openai

import (
	"bytes"
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/input"
)

type createResponse struct {
	ingress.Headers
	Beta    string                                   `header:"OpenAI-Beta"`
	Session string                                   `header:"Session-Id" doc:"What the calls of one conversation share."`
	Body    input.Deferred[responses.ResponseParams] `body:"json"`

	text   *json.Edit          // the body's members; nil for a body that is no object
	before *store.KeptResponse // the one that it goes on from, if its provider keeps that; nil for none
	lost   bool                // what it goes on from could not be looked for
}

// native is the request for providers that speak the API, nil if it goes on from a response that is kept here. A prompt is one that is saved here.
func (in *createResponse) native() *ingress.Native {
	e := in.text
	if e == nil || in.lost || strings.HasPrefix(dialect.Word(e.Get(placeOfPrevious)), keptPrefix) || refersHere(in.Body.Raw, e) {
		return nil
	}
	out := &ingress.Native{
		Dialect: llm.ResponsesDialect, Body: in.Body.Raw, Header: forwarded(in.Beta), Removed: []string{"prompt"},
		View: func() *dialect.Call { return in.inSession(responses.View(in.Body.Raw)) },
	}
	if in.before != nil {
		out.Holder = &llm.Holder{Provider: in.before.Provider, Credential: in.before.Credential}
	}
	if out.Stored = string(e.Get("store")) != "false"; out.Stored && in.ProviderKey == "" {
		out.Note = note
	}
	return out
}

// refersHere reports whether a body, which e edits, refers to items of responses that are kept here.
func refersHere(body json.Value, e *json.Edit) bool {
	if !bytes.Contains(body, []byte(`"item_reference"`)) {
		return false
	}
	items, _ := json.Elements(e.Get("input"))
	return slices.ContainsFunc(items, func(v json.Value) bool {
		item, ok := json.NewEdit(v)
		return ok && dialect.Word(item.Get("type")) == "item_reference" && strings.HasPrefix(responses.AnswerOf(dialect.Word(item.Get("id"))), logPrefix)
	})
}

// keptPrefix begins the ids of responses that are kept here.
const (
	keptPrefix = responses.IDPrefix + logPrefix
	logPrefix  = "log_"
)

func (in *createResponse) inSession(c *dialect.Call) *dialect.Call {
	c.Conversation = cmp.Or(c.Conversation, in.Session)
	return c
}

// params is the body, which is one of a request that was translated.
func (in *createResponse) params() *responses.ResponseParams {
	p, _ := in.Body.Value()
	return p
}

var responsesDialect = ingress.Dialect{Name: "openai.responses", Owner: Owner, Members: map[string]string{"verbosity": "text.verbosity"}}

func responsesOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[createResponse, *responses.Response]{
		Dialect: responsesDialect, Failed: responses.EventFailed,
		Ask: func(ctx context.Context, in *createResponse) (*dialect.Call, *ingress.Headers, error) {
			k := keptResponses{s}
			if err := k.goOn(ctx, in); err != nil {
				return nil, nil, err
			}
			c, err := in.call(ctx, k)
			return c, &in.Headers, err
		},
		Native: (*createResponse).native, ModelIn: "response",
		Wanted: func(in *createResponse) bool {
			return ingress.Streams(&in.Body, func(p *responses.ResponseParams) bool { return p.Stream })
		},
		Whole: func(in *createResponse, a *ingress.Answer) *responses.Response {
			return responses.NewResponse(in.params(), a.First.ID, a.First.CreatedAt, a.Model, answered(a.First))
		},
		Begin: func(in *createResponse, b *ingress.Begun) ingress.Writer {
			return &responseEvents{events: responses.NewEvents(in.params(), b.LogID, b.Time, b.Model), send: b.Send}
		},
	})
}

// answered is what a model has answered.
func answered(l *trace.Log) *responses.Answered {
	return &responses.Answered{Message: ingress.Said(l), Finish: llm.FinishReason(l.FinishReason), LogProbs: l.Payload.LogProbs, Usage: l.Usage, At: l.EndTime}
}

// call returns the request, with what it refers to. The header counts where the body says nothing of a conversation.
func (in *createResponse) call(ctx context.Context, k keptResponses) (*dialect.Call, error) {
	c, err := ingress.Read(&in.Body, func(p *responses.ResponseParams) (*dialect.Call, error) {
		if err := k.lookUp(ctx, p); err != nil {
			return nil, err
		}
		return p.Call()
	})
	if err != nil {
		return nil, err
	}
	return in.inSession(c), k.resume(ctx, in, c)
}

// responseEvents implements [ingress.Writer].
type responseEvents struct {
	events *responses.Events
	native responses.Passed // of a provider's own events
	begun  bool
	send   func(dialect.Frame) bool
}

// Add implements [ingress.Writer].
func (s *responseEvents) Add(c *gateway.Chunk) bool {
	if !s.begun {
		s.begun = true
		if !s.events.Begin(s.send) {
			return false
		}
	}
	if l := c.Final; l != nil {
		return s.events.End(llm.FinishReason(l.FinishReason), l.Usage, c.Time)
	}
	return s.events.Event(c.Event)
}

// End implements [ingress.Writer].
func (s *responseEvents) End() {}

// AppendFailure implements [ingress.Writer].
func (s *responseEvents) AppendFailure(dst []byte, d *errs.Detail) []byte {
	if out, ok := s.native.AppendFailure(dst, d); ok {
		return out
	}
	return s.events.AppendFailure(dst, d)
}

// Note implements [ingress.Noting].
func (s *responseEvents) Note(r *llm.Raw) { s.native.Note(r.Data) }

type openWebSocket struct {
	Upgrade string `header:"Upgrade"`
}

// noWebSocket refuses GET, and upgrades by a status of their own: clients that are told so at once go on with requests.
func noWebSocket(ctx context.Context, in *openWebSocket) (*struct{}, error) {
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
