package relay

import (
	"cmp"
	"context"
	"math"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/telemetry"
)

// Outcome is the result of asking models: an answer, a failure, or both if a stream broke off.
type Outcome struct {
	Response *llm.Response // whole, or as far as a stream came; after a failure that came before any answer it may hold the raw request alone
	Err      error         // classified, or the context's when the caller left; nil on success

	Attempts                []errs.Attempt // in order, one at least
	Streamed                bool
	SentAt, FirstAt, DoneAt time.Time // of the last attempt: asked, first output, last byte; FirstAt is zero when nothing was delivered

	PromptCost, OutputCost *float64 // US dollars; nil when unknown

	Cache CacheUse // of a hit, no model was asked

	begun     bool          // something was sent, if only frames of a native answer before its first output
	candidate *candidate    // that answered; of a failure the first
	waited    time.Duration // before the next attempt
	until     time.Time     // see [Question]

	conversation string // likewise
}

// Provider returns the slug of the provider that answered. After a failure, it is that of the first model.
func (o *Outcome) Provider() string { return o.candidate.slug }

// Model returns the model that answered. After a failure, it is the first.
func (o *Outcome) Model() string { return o.candidate.request.Model }

// Holder returns the account that answered. After a failure, it is that of the first model.
func (o *Outcome) Holder() llm.Holder {
	return llm.Holder{Provider: o.candidate.slug, Credential: o.candidate.credential}
}

// FirstToken returns how long the first output of the answer took, or 0 if there was none.
func (o *Outcome) FirstToken() time.Duration {
	if !o.Delivered() {
		return 0
	}
	return o.FirstAt.Sub(o.SentAt)
}

// answer returns what came of the last attempt, which ended with err.
func (o *Outcome) answer(err error) telemetry.Answer {
	out := telemetry.Answer{Err: err}
	if o.candidate.setup == nil {
		out.Response = o.Response
	}
	if o.Streamed {
		out.FirstChunk = o.FirstToken()
	}
	return out
}

// Begun returns how many attempts were begun, while one goes on.
func (o *Outcome) Begun() int {
	if o.Cache == CacheHit {
		return 0
	}
	return len(o.Attempts) + 1
}

// Delivered reports whether the caller received a part of an answer.
func (o *Outcome) Delivered() bool { return !o.FirstAt.IsZero() }

// Asked reports whether a provider was asked at all. It is not if it has no key, or if its answer was remembered.
func (o *Outcome) Asked() bool { return o.candidate.setup == nil && o.Cache != CacheHit }

// Upstream returns how long the provider took, or 0 if it was not asked.
func (o *Outcome) Upstream() time.Duration {
	if !o.Asked() {
		return 0
	}
	return o.DoneAt.Sub(o.SentAt)
}

// Generate requests a whole answer.
func (r *Relay) Generate(ctx context.Context, p *Plan) *Outcome {
	o := new(Outcome)
	err := r.ask(ctx, p, o, func(ctx context.Context, t *candidate) (err error) {
		o.Response, err = t.driver.Generate(ctx, &t.request)
		return err
	})
	if err == nil {
		o.FirstAt = o.DoneAt
	}
	r.settle(ctx, o, err)
	return o
}

// Native reports whether the model that answered was asked in the words of the client. After a failure, it is about the first.
func (o *Outcome) Native() bool { return o.candidate.request.Native != nil }

// Send takes a piece of output, or a frame of a native answer: who answers, as far as it came, what arrived, and when. An event is valid until
// Send returns, which reports whether the caller is still there.
type Send func(o *Outcome, e *llm.Event, at time.Time) bool

// Stream requests an answer and passes its output to send as it arrives. If send says that the caller is gone, Stream stops with
// [context.Canceled].
func (r *Relay) Stream(ctx context.Context, p *Plan, send Send) *Outcome {
	o := &Outcome{Streamed: true}
	err := r.ask(ctx, p, o, func(ctx context.Context, t *candidate) error {
		var fold llm.Fold
		defer func() { o.Response = fold.Response() }()
		return r.forward(ctx, o, t, &fold, send)
	})
	r.settle(ctx, o, err)
	return o
}

// forward makes one streamed attempt and sends its output on.
func (r *Relay) forward(ctx context.Context, o *Outcome, t *candidate, fold *llm.Fold, send Send) error {
	var h head
	for e, err := range t.driver.Stream(ctx, &t.request) {
		fold.Add(&e)
		if err != nil {
			return err
		}
		if !e.Output() && e.Raw == nil || h.keeps(&e) {
			continue
		}
		at := after(o.SentAt, r.o.Now())
		if o.FirstAt.IsZero() && e.Output() {
			o.FirstAt = at
		}
		o.begun = true
		if !h.release(func(e *llm.Event) bool { return send(o, e, at) }) || !send(o, &e, at) {
			return context.Canceled
		}
	}
	if !h.release(func(e *llm.Event) bool { return send(o, e, after(o.SentAt, r.o.Now())) }) {
		return context.Canceled
	}
	return nil
}

// settle completes o, which ended with err. If ctx ended with a classified cause, such as a stopping server, that cause is the failure.
func (r *Relay) settle(ctx context.Context, o *Outcome, err error) {
	if o.DoneAt.IsZero() {
		o.DoneAt = after(o.SentAt, r.o.Now())
	}
	if o.Response != nil && o.Response.Usage.Known {
		o.PromptCost, o.OutputCost = Cost(r.o.Models, o.Provider(), o.Model(), o.Response.Usage)
	}
	if err == nil {
		return
	}
	if o.Err = errs.Cause(ctx, err); Cancelled(o.Err) {
		return
	}
	o.Err = errs.From(o.Err).With(func(e *errs.Error) {
		if len(o.Attempts) > 1 {
			e.Attempts = o.Attempts
		}
		e.Provider, e.Model = cmp.Or(e.Provider, o.Provider()), cmp.Or(e.Model, o.Model())
		e.PartialOutput = e.PartialOutput || o.Streamed && o.Delivered()
	})
}

// Cost returns the cost of an answer in US dollars. It is nil if the price of the model, or of the service tier that served it, is unknown.
func Cost(known *models.Registry, provider, model string, u llm.Usage) (prompt, output *float64) {
	m, ok := known.Lookup(provider, model)
	if !ok {
		return nil, nil
	}
	p, o, priced := m.Cost(models.Usage{
		Input: u.Input, CachedInput: u.CachedInput, CacheWrite: u.CacheWrite, Output: u.Output, Reasoning: u.Reasoning,
		CacheWriteLong: u.CacheWriteLong, Service: u.Tier,
	})
	if !priced {
		return nil, nil
	}
	p, o = exact(p), exact(o)
	return &p, &o
}

// exact rounds an amount of dollars to 12 decimal places, which removes the errors of floating point.
func exact(dollars float64) float64 { return math.Round(dollars*1e12) / 1e12 }
