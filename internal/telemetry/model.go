package telemetry

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// Attempt is a request to a provider.
type Attempt struct {
	Provider     string // its slug
	Credential   string // the name of the key
	Request      *llm.Request
	Streamed     bool
	Conversation string // what the calls of one conversation share; "" if nobody says it
	Number       int    // of the attempts to answer the same call, from 1
}

// Answer is what came of an [Attempt].
type Answer struct {
	Response   *llm.Response // whole, or as far as a stream came; nil for none
	FirstChunk time.Duration // of a stream; 0 for none
	Err        error         // classified, or that of the context
}

// Ask begins the span of an attempt: "chat", and the name of the model.
func Ask(ctx context.Context, a Attempt) (context.Context, Span) {
	if recorder(ctx) == nil {
		return ctx, Span{}
	}
	operation := operationOf(a.Request)
	ctx, s := start(ctx, trace.SpanKindClient, operation, a.Request.Model,
		genOperation.String(operation), genProvider.String(providerName(a.Provider)), genModel.String(a.Request.Model), ownAttempt.Int(a.Number))
	if !s.recorded() {
		return ctx, s
	}
	about := make([]attribute.KeyValue, 0, 16)
	if !s.of.o.NewestOnly {
		about = append(about, genSystem.String(providerName(a.Provider)))
	}
	if a.Streamed {
		about = append(about, genStream.Bool(true))
	}
	about = appendText(about, genConversation, a.Conversation)
	about = appendText(about, ownCredential, a.Credential)
	if a.Request.Native != nil {
		about = append(about, ownLane.String("native"))
	}
	s.set(appendParameters(about, a.Request)...)
	if s.of.o.OpenInference {
		kind := "LLM"
		if operation == embedOperation {
			kind = "EMBEDDING"
		}
		s.set(inferenceKind.String(kind), inferenceProvider.String(a.Provider), inferenceModel.String(a.Request.Model))
	}
	if s.of.o.Content {
		s.asks(a.Request)
	}
	return ctx, s
}

func operationOf(r *llm.Request) string {
	switch r.Endpoint {
	case llm.Embeddings:
		return embedOperation
	case llm.Complete:
		return textOperation
	case llm.Chat, llm.Edit, llm.Responses:
	}
	return chatOperation
}

func appendText(to []attribute.KeyValue, key attribute.Key, text string) []attribute.KeyValue {
	if text == "" {
		return to
	}
	return append(to, key.String(text))
}

func appendFloat(to []attribute.KeyValue, key attribute.Key, v *float64) []attribute.KeyValue {
	if v == nil {
		return to
	}
	return append(to, key.Float64(*v))
}

func appendCount[N int | int64](to []attribute.KeyValue, key attribute.Key, n N) []attribute.KeyValue {
	if n == 0 {
		return to
	}
	return append(to, key.Int64(int64(n)))
}

func appendParameters(to []attribute.KeyValue, r *llm.Request) []attribute.KeyValue {
	to = appendCount(to, genMaxTokens, max(r.MaxTokens, 0))
	to = appendFloat(to, genTemperature, r.Temperature)
	to = appendFloat(to, genTopP, r.TopP)
	to = appendFloat(to, genPresencePenalty, r.PresencePenalty)
	to = appendFloat(to, genFrequencyPenalty, r.FrequencyPenalty)
	if r.TopK != nil {
		to = append(to, genTopK.Float64(float64(*r.TopK)))
	}
	if r.Seed != nil {
		to = append(to, genSeed.Int64(*r.Seed))
	}
	if f := r.ResponseFormat; f != nil {
		kind := "json"
		if f.Type == "text" {
			kind = "text"
		}
		to = append(to, genOutputType.String(kind))
	}
	return to
}

// Answered ends the span of an attempt.
func (s Span) Answered(a Answer) {
	if !s.recorded() {
		return
	}
	if r := a.Response; r != nil {
		s.response(r, a.Err == nil)
	}
	if a.FirstChunk > 0 {
		s.set(genFirstChunk.Float64(a.FirstChunk.Seconds()))
	}
	if a.Err != nil && reasonOf(a.Err) != cancelled {
		if status := errs.From(a.Err).ProviderStatus; status > 0 {
			s.set(httpStatus.Int(status))
		}
	}
	s.End(a.Err)
}

func (s Span) response(r *llm.Response, whole bool) {
	about := appendText(make([]attribute.KeyValue, 0, 8), genAnsweredBy, r.Model)
	if r.Finish != "" {
		about = append(about, genFinish.StringSlice([]string{string(r.Finish)}))
	}
	if u := &r.Usage; u.Known {
		about = append(about, genInput.Int64(u.Prompt()))
		if r.Vectors == nil {
			about = append(about, genOutput.Int64(u.Completion()))
		}
		about = appendCount(about, genCacheRead, u.CachedInput)
		about = appendCount(about, genCacheWrite, u.CacheWrite)
		about = appendCount(about, genReasoning, u.Reasoning)
		if s.of.o.OpenInference {
			about = append(about, inferencePrompt.Int64(u.Prompt()), inferenceCompletion.Int64(u.Completion()), inferenceTotal.Int64(u.Prompt()+u.Completion()))
		}
	}
	s.set(about...)
	if s.of.o.Content && r.Vectors == nil && (whole || r.Message.Content.String() != "") {
		s.says(r)
	}
}
