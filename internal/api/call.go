package api

import (
	"context"
	"iter"
	"reflect"
	"time"

	v5 "openloop/internal/api/v5"
	"openloop/internal/file"
	"openloop/internal/gateway"
	"openloop/internal/store"
	"openloop/internal/web"
)

type promptsCall struct {
	VersionID   string        `query:"version_id" doc:"The version to run. Either this or environment."`
	Environment string        `query:"environment" doc:"The name of the environment whose deployed version is run."`
	Body        v5.PromptCall `body:"json"`
}

func (a *API) promptsCall() web.Operation {
	return web.CallOrStream(web.Streaming[promptsCall, *callAnswer, callChunk]{
		Wanted:      func(in *promptsCall) bool { return in.Body.Stream },
		Call:        a.call,
		Stream:      a.stream,
		AppendError: appendCallError,
	})
}

func (a *API) call(ctx context.Context, in *promptsCall) (*callAnswer, error) {
	call, err := a.callInput(ctx, in)
	if err != nil {
		return nil, err
	}
	result, err := a.o.Gateway.Call(ctx, web.PrincipalFrom(ctx), call)
	if err != nil {
		return nil, err
	}
	return a.callAnswer(ctx, result, in.Body.ReturnInputs == nil || *in.Body.ReturnInputs)
}

func (a *API) stream(ctx context.Context, in *promptsCall) iter.Seq2[callChunk, error] {
	return func(yield func(callChunk, error) bool) {
		call, err := a.callInput(ctx, in)
		if err != nil {
			yield(callChunk{}, err)
			return
		}
		for chunk, err := range a.o.Gateway.Stream(ctx, web.PrincipalFrom(ctx), call) {
			if !yield(callChunk{chunk}, err) {
				return
			}
		}
	}
}

func (a *API) callInput(ctx context.Context, in *promptsCall) (*gateway.CallInput, error) {
	b := &in.Body
	t, content, err := a.subject(b.ID, b.Path, in.VersionID, in.Environment, &b.Prompt)
	if err != nil {
		return nil, err
	}
	return &gateway.CallInput{
		Target: t, Prompt: content, Inputs: b.Inputs, Messages: b.Messages, ToolChoice: b.ToolChoice, LogProbs: b.Logprobs,
		Suffix: b.Suffix, Samples: samples(b.NumSamples), Keys: b.ProviderAPIKeys, Labels: labels(&b.LogLabels), ReceivedAt: a.o.Now(),
		RequestID: web.RequestID(ctx), BaseURL: a.o.BaseURL,
		MaxRetries: b.MaxRetries, Fallbacks: v5.Fallbacks(b.Fallbacks),
	}, nil
}

// samples is how many answers are wanted: one when nothing is said.
func samples(n *int) int {
	if n == nil {
		return 1
	}
	return *n
}

// subject is what a call or a Log is about: a version that is named, or one that is brought along.
func (a *API) subject(id, path, versionID, environment string, inline *v5.InlinePrompt) (store.Target, *file.Prompt, error) {
	t, err := target(id, path, versionID, environment)
	if err != nil {
		return t, nil, err
	}
	if id == "" && path == "" {
		return t, nil, invalid([]any{"body", "path"}, "path", "Either id or path must be given.")
	}
	if path != "" {
		clean, problem := file.CleanPath(path)
		if problem != "" {
			return t, nil, invalid([]any{"body", "path"}, "path", problem)
		}
		t.Path = clean
	}
	content, err := a.content(inline)
	if err != nil {
		return t, nil, err
	}
	if content != nil && (versionID != "" || environment != "") {
		return t, nil, invalid([]any{"body", "prompt"}, "prompt", "Give either prompt or a version (version_id or environment), not both.")
	}
	return t, content, nil
}

// content is the Prompt brought along. What was written in a .prompt file has the same rules as what comes as JSON.
func (a *API) content(inline *v5.InlinePrompt) (*file.Prompt, error) {
	content, err := inline.Content()
	if err != nil || inline.Text == "" {
		return content, err
	}
	return content, a.web.Conform(reflect.TypeFor[v5.PromptKernel](), v5.KernelOf(content), "body", "prompt")
}

func labels(l *v5.LogLabels) gateway.Labels {
	return gateway.Labels{
		LogID: l.LogID, Source: l.Source, User: l.User, Environment: l.Environment, Metadata: l.Metadata,
		DatapointID: l.SourceDatapointID, TraceParentID: l.TraceParentID, StartTime: timeOf(l.StartTime), EndTime: timeOf(l.EndTime),
		NoSave: l.Save != nil && !*l.Save,
	}
}

// timeOf is t in the store's precision; the zero time for nil.
func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
