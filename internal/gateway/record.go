package gateway

import (
	"cmp"
	"context"
	"errors"
	"math"
	"time"

	"openloop/internal/errs"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/models"
)

// answered writes an answer, whole or as far as it came, on the sample's Log.
func (g *Gateway) answered(s *sample, resp *llm.Response) {
	log := s.log
	log.Provider, log.Model = s.target.slug, s.target.request.Model
	text := resp.Message.Content.String()
	message := resp.Message
	log.Payload.Output, log.Payload.OutputMessage = &text, &message
	log.Payload.LogProbs = resp.LogProbs
	log.Payload.ProviderRequest, log.Payload.ProviderResponse = objectOrNil(resp.RawRequest), objectOrNil(resp.RawResponse)
	log.FinishReason = string(resp.Finish)
	log.Usage = resp.Usage
	if !resp.Usage.Known {
		return
	}
	prompt, output, reasoning := resp.Usage.Prompt(), resp.Usage.Completion(), resp.Usage.Reasoning
	log.PromptTokens, log.OutputTokens = &prompt, &output
	if reasoning > 0 {
		log.ReasonTokens = &reasoning
	}
	log.PromptCost, log.OutputCost = g.Cost(log.Provider, log.Model, resp.Usage)
}

// Cost is what a call cost in US dollars; nil when nobody knows the price of the model, or of the
// service tier that it was served in.
func (g *Gateway) Cost(provider, model string, u llm.Usage) (prompt, output *float64) {
	m, ok := g.o.Models.Lookup(provider, model)
	if !ok {
		return nil, nil
	}
	p, o, known := m.Cost(models.Usage{
		Input: u.Input, CachedInput: u.CachedInput, CacheWrite: u.CacheWrite, Output: u.Output, Reasoning: u.Reasoning,
		CacheWriteLong: u.CacheWriteLong, Service: u.Tier,
	})
	if !known {
		return nil, nil
	}
	p, o = exact(p), exact(o)
	return &p, &o
}

// exact drops what floating point adds to an amount of dollars: digits beyond a millionth of a millionth.
func exact(dollars float64) float64 { return math.Round(dollars*1e12) / 1e12 }

// finish records the sample with its failure, if any, and leaves on it what the caller is to be told. Where the end of ctx has a
// classified cause, as that this server stops, it is the failure.
func (g *Gateway) finish(ctx context.Context, s *sample, failure error) {
	if s.doneAt.IsZero() {
		s.doneAt = after(s.sentAt, g.o.Now())
	}
	if s.log.EndTime.IsZero() {
		s.log.EndTime = s.doneAt
	}
	if s.target.setup == nil {
		latency := s.doneAt.Sub(s.sentAt).Seconds()
		s.log.Latency = &latency
	}
	if len(s.attempts) > 1 {
		s.log.Attempts = s.attempts
	}
	s.fail(errs.Cause(ctx, failure))
	s.broken = g.o.Record(context.WithoutCancel(ctx), s.log)
	g.observe(s)
}

// fail writes a failure on the sample and its Log.
func (s *sample) fail(failure error) {
	if failure == nil {
		return
	}
	if cancelled(failure) {
		message := "The caller ended the connection before the answer was complete."
		s.failure, s.log.Error = failure, &message
		return
	}
	e := errs.From(failure).With(func(e *errs.Error) {
		e.LogID, e.Attempts = s.log.ID, s.log.Attempts
		e.Provider = cmp.Or(e.Provider, s.target.slug)
		e.Model = cmp.Or(e.Model, s.target.request.Model)
		e.PartialOutput = e.PartialOutput || s.streamed && !s.firstAt.IsZero()
	})
	detail := e.Detail(s.call.Input.RequestID, s.call.Input.BaseURL)
	s.failure, s.log.Error, s.log.Detail = e, &detail.Message, &detail
	s.log.Payload.ProviderResponse = refusal(e.Body)
}

// refusal is the body of a provider's failure as a Log keeps it: an object, in one if it is none; nil for no body.
func refusal(body []byte) json.Value {
	if len(body) == 0 {
		return nil
	}
	if json.Kind(body) == '{' && json.Valid(body) {
		return body
	}
	return append(json.AppendString([]byte(`{"body":`), string(body)), '}')
}

// cancelled reports whether the caller, not the provider, ended the call.
func cancelled(err error) bool {
	_, classified := errors.AsType[*errs.Error](err)
	return !classified && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded))
}

func (g *Gateway) observe(s *sample) {
	o := Observation{
		Provider: s.log.Provider, Model: s.log.Model, Attempts: s.attempts, Usage: s.log.Usage, PromptCost: s.log.PromptCost, OutputCost: s.log.OutputCost,
	}
	if s.target.setup == nil {
		o.Upstream = s.doneAt.Sub(s.sentAt)
	}
	if s.failure != nil {
		o.Cancelled = cancelled(s.failure)
	}
	if s.failure != nil && !o.Cancelled {
		o.Err = errs.From(s.failure)
	}
	o.Added = max(0, g.o.Now().Sub(s.call.received())-o.Upstream)
	if !s.firstAt.IsZero() {
		o.FirstToken = s.firstAt.Sub(s.sentAt)
	}
	if s.streamed {
		o.Streamed, o.Added = true, max(0, s.sentAt.Sub(s.call.received()))
	}
	g.o.Observe(o)
}

func (c *Call) received() time.Time {
	if c.Input.ReceivedAt.IsZero() {
		return c.started
	}
	return c.Input.ReceivedAt
}
