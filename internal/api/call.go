package api

import (
	"context"
	"iter"
	"net/http"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/web"
)

type promptsCall struct {
	VersionID   string        `query:"version_id" doc:"The version to run. Either this or environment."`
	Environment string        `query:"environment" doc:"The name of an environment; the version deployed there runs."`
	Cache       string        `header:"X-Openloop-Cache" doc:"Whether an answer to the same call may be a remembered one: ttl=600 (seconds), refresh or off; off by default."`
	Priority    string        `header:"X-Openloop-Priority" enum:"critical,interactive,batch" doc:"A lower priority than the key has: which calls go on when the server has more than it can do."` // package web reads it
	Body        v5.PromptCall `body:"json"`
}

func (a *API) promptsCall() web.Operation {
	return web.CallOrStream(web.Streaming[promptsCall, *callAnswer, callChunk]{
		Wanted:      func(in *promptsCall) bool { return in.Body.Stream },
		Call:        a.call,
		Stream:      a.stream,
		Head:        func(c callChunk) (http.Header, bool) { return nil, c.Opens() },
		AppendError: appendCallError,
	})
}

func (a *API) call(ctx context.Context, in *promptsCall) (*callAnswer, error) {
	call, err := a.callInput(in)
	if err != nil {
		return nil, err
	}
	result, err := a.o.Gateway.Call(ctx, call)
	if err != nil {
		return nil, err
	}
	gateway.PutCache(web.Header(ctx), result.Cache, result.Age)
	return a.callAnswer(ctx, result, in.Body.ReturnInputs == nil || *in.Body.ReturnInputs)
}

func (a *API) stream(ctx context.Context, in *promptsCall) iter.Seq2[callChunk, error] {
	return func(yield func(callChunk, error) bool) {
		call, err := a.callInput(in)
		if err != nil {
			yield(callChunk{}, err)
			return
		}
		for chunk, err := range a.o.Gateway.Stream(ctx, call) {
			if err == nil {
				gateway.PutCache(web.Header(ctx), chunk.Cache, chunk.Age)
			}
			if !yield(callChunk{chunk}, err) {
				return
			}
		}
	}
}

func (a *API) callInput(in *promptsCall) (*gateway.CallInput, error) {
	b := &in.Body
	content, err := a.prompts().Inline(&b.Prompt)
	if err != nil {
		return nil, err
	}
	t, err := subject(&v5.FileRef{Path: b.Path, ID: b.ID}, in.VersionID, in.Environment, content != nil, "prompt")
	if err != nil {
		return nil, err
	}
	if err := draftable(b.Draft, content != nil, "prompt"); err != nil {
		return nil, err
	}
	caching, err := gateway.CachingOf(in.Cache, nil)
	if err != nil {
		return nil, err
	}
	call := &gateway.CallInput{
		Ref: t, Prompt: content, Draft: b.Draft, Inputs: b.Inputs, Messages: b.Messages, ToolChoice: b.ToolChoice, LogProbs: b.Logprobs,
		Suffix: b.Suffix, Samples: samples(b.NumSamples), Keys: b.ProviderAPIKeys, ReceivedAt: a.o.Now(),
		Caching: caching, MaxRetries: b.MaxRetries, Fallbacks: v5.Fallbacks(b.Fallbacks),
	}
	return call, putLabels(&call.Log, &b.LogLabels)
}

// draftable refuses a draft without a content, which is a member of the request.
func draftable(draft, along bool, member string) error {
	if draft && !along {
		return errs.Invalid("A draft is a content that is tried: give "+member+" too.", "draft")
	}
	return nil
}

// samples returns the number of samples of a call, 1 by default.
func samples(n *int) int {
	if n == nil {
		return 1
	}
	return *n
}

// subject is the version that a call or a Log is about: a reference, or a content in the body.
func subject(ref *v5.FileRef, versionID, environment string, along bool, member string) (file.Ref, error) {
	r := file.Ref{ID: ref.ID, Path: ref.Path, VersionID: versionID, Environment: environment}
	if err := r.CheckFile(); err != nil {
		return r, err
	}
	if along && (versionID != "" || environment != "") {
		return r, errs.Invalid("Give either "+member+" or a version (version_id or environment), not both.", member)
	}
	return r, nil
}

// timeOf returns t in the store's precision, and the zero time for nil.
func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
