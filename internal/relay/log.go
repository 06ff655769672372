package relay

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

// Describe writes o on the Log of the call: the answer, whole or partial, the failure, and what it took. It returns the failure as the caller
// of the call gets it, which names the Log.
func (o *Outcome) Describe(ctx context.Context, log *trace.Log) error {
	log.Cached = o.Cache == CacheHit
	if o.Native() {
		log.Lane = trace.NativeLane
	}
	o.answered(log)
	o.measured(log)
	return o.failed(ctx, log)
}

// answered sets an answer, complete or partial, on the Log. After a failure before any output, only the request is kept.
func (o *Outcome) answered(log *trace.Log) {
	resp := o.Response
	if resp == nil {
		return
	}
	log.Payload.ProviderRequest = json.Object(resp.RawRequest)
	if o.Err != nil && !o.Streamed {
		return
	}
	log.Provider, log.Model = o.Provider(), o.Model()
	if resp.Vectors == nil { // they are large, and can be made again
		o.said(log)
	}
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

// said sets what the model said, and why it stopped.
func (o *Outcome) said(log *trace.Log) {
	resp := o.Response
	if o.Delivered() || o.Err == nil {
		text, message := resp.Message.Content.String(), resp.Message
		log.Payload.Output, log.Payload.OutputMessage = &text, &message
	}
	if log.Payload.LogProbs = resp.LogProbs; !log.Cached { // else nothing was exchanged
		log.Payload.ProviderResponse = json.Object(resp.RawResponse)
	}
	log.FinishReason, log.StopSequence = string(resp.Finish), resp.StopSequence
}

// measured sets the end of the Log and what the answer took.
func (o *Outcome) measured(log *trace.Log) {
	if log.EndTime.IsZero() {
		log.EndTime = o.DoneAt
	}
	if o.Asked() {
		latency := o.Upstream().Seconds()
		log.Latency = &latency
	}
	if o.Streamed && o.Delivered() {
		first := o.FirstToken().Seconds()
		log.FirstToken = &first
	}
	if len(o.Attempts) > 1 {
		log.Attempts = o.Attempts
	}
}

// failed sets the failure on the Log and returns it.
func (o *Outcome) failed(ctx context.Context, log *trace.Log) error {
	switch {
	case o.Err == nil:
		return nil
	case Cancelled(o.Err):
		message := "The caller ended the connection before the answer was complete."
		log.Error = &message
		return o.Err
	}
	e := errs.From(o.Err).With(func(e *errs.Error) { e.LogID = log.ID })
	log.Fail(e.Detail(ids.RequestFrom(ctx), ""))
	log.Payload.ProviderResponse = refusal(e.Body)
	return e
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
