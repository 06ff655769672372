package gateway

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/relay"
)

// record sets the outcome on the sample's Log, commits the Log, and leaves on the sample what the caller will get.
func (g *Gateway) record(ctx context.Context, s *sample, o *relay.Outcome) {
	s.answered(o)
	s.measured(o)
	s.fail(ctx, o)
	if keep := s.call.Input.Keep; s.failure == nil || keep == nil || keep(s.failure) {
		s.broken = g.o.Logs.Record(context.WithoutCancel(ctx), s.log)
	}
	g.o.Relay.Observe(o, s.call.received())
}

// answered sets an answer, complete or partial, on the Log. After a failure before any output, only the request is kept.
func (s *sample) answered(o *relay.Outcome) {
	resp, log := o.Response, s.log
	if resp == nil {
		return
	}
	log.Payload.ProviderRequest = objectOrNil(resp.RawRequest)
	if o.Err != nil && !o.Streamed {
		return
	}
	log.Provider, log.Model = o.Provider(), o.Model()
	if o.Delivered() || o.Err == nil {
		text, message := resp.Message.Content.String(), resp.Message
		log.Payload.Output, log.Payload.OutputMessage = &text, &message
	}
	log.Payload.LogProbs, log.Payload.ProviderResponse = resp.LogProbs, objectOrNil(resp.RawResponse)
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
	log.PromptCost, log.OutputCost = o.PromptCost, o.OutputCost
}

// measured sets the end of the Log and what the answer took.
func (s *sample) measured(o *relay.Outcome) {
	s.endedAt = o.DoneAt
	if s.log.EndTime.IsZero() {
		s.log.EndTime = o.DoneAt
	}
	if o.Asked() {
		latency := o.Upstream().Seconds()
		s.log.Latency = &latency
	}
	if len(o.Attempts) > 1 {
		s.log.Attempts = o.Attempts
	}
}

// fail sets the failure of a sample and its Log.
func (s *sample) fail(ctx context.Context, o *relay.Outcome) {
	switch {
	case o.Err == nil:
		return
	case relay.Cancelled(o.Err):
		message := "The caller ended the connection before the answer was complete."
		s.failure, s.log.Error = o.Err, &message
		return
	}
	e := errs.From(o.Err).With(func(e *errs.Error) { e.LogID = s.log.ID })
	detail := e.Detail(ids.RequestFrom(ctx), "")
	s.failure, s.log.Error, s.log.Detail = e, &detail.Message, &detail
	s.log.Payload.ProviderResponse = refusal(e.Body)
}

// refusal returns the body of a provider's failure as an object for the Log, wrapping any other JSON or text in one. It is nil if there is
// no body.
func refusal(body []byte) json.Value {
	if len(body) == 0 {
		return nil
	}
	if json.Kind(body) == '{' && json.Valid(body) {
		return body
	}
	return append(json.AppendString([]byte(`{"body":`), string(body)), '}')
}
