package play

import (
	"context"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/relay"
)

// Provider is a provider of models: what it can be asked, and whether there is a key for it. It never contains a key.
type Provider struct {
	Provider  string     `json:"provider" doc:"The slug, as a Prompt names it."`
	Name      string     `json:"name" doc:"For people."`
	Key       string     `json:"key" enum:"workspace,environment,none" doc:"Where the key comes from that calls use when they bring none."`
	NeedsKey  bool       `json:"needs_key" doc:"Whether calls without a key are refused. Others may find credentials elsewhere, as those of a cloud."`
	Hint      string     `json:"hint,omitempty" doc:"The last four characters of the key of the workspace."`
	Setting   string     `json:"setting,omitempty" doc:"The environment variable of the server that holds a key."`
	BaseURL   string     `json:"base_url,omitempty" doc:"Where calls go. Capitals stand for what an operator sets."`
	Models    int        `json:"models" doc:"The known models; models.list lists them."`
	Endpoints []Endpoint `json:"endpoints"`
	Lenient   bool       `json:"lenient" doc:"Whether it ignores what it cannot use. Others refuse it."`
	LastTest  *KeyTest   `json:"last_test,omitzero" doc:"The last test of the key that calls use, by this process since it began."`
}

// Endpoint is an endpoint of a provider.
type Endpoint struct {
	Endpoint   llm.Endpoint `json:"endpoint" enum:"complete,chat,edit,responses" doc:"As a Prompt names it."`
	Path       string       `json:"path,omitempty" doc:"Below the base URL; MODEL stands for the model."`
	Models     string       `json:"models,omitempty" doc:"The maker whose models are called this way, where a provider serves several."`
	Parameters []string     `json:"parameters" doc:"The parameters of a Prompt or a call that it takes, sorted. A single model may take fewer."`
	Abilities  Abilities    `json:"abilities"`
}

// Abilities is what an endpoint can be asked. A single model may be able to do less.
type Abilities struct {
	Messages         bool `json:"messages" doc:"Takes messages; others take a text."`
	ImageURLs        bool `json:"image_urls" doc:"Takes images by their address."`
	ImageData        bool `json:"image_data" doc:"Takes images as base64 data URIs."`
	Tools            bool `json:"tools"`
	ForcedTools      bool `json:"forced_tools" doc:"Can be made to call a tool."`
	ParallelTools    bool `json:"parallel_tools" doc:"May call several tools in one answer."`
	JSONObject       bool `json:"json_object" doc:"Takes a response_format of type json_object."`
	JSONSchema       bool `json:"json_schema" doc:"Takes a response_format of type json_schema."`
	ReasoningLevel   bool `json:"reasoning_level" doc:"Takes reasoning_effort as a level."`
	ReasoningTokens  bool `json:"reasoning_tokens" doc:"Takes reasoning_effort as a number of tokens."`
	Thinking         bool `json:"thinking" doc:"Returns its reasoning."`
	ThinkingKept     bool `json:"thinking_kept" doc:"Takes its reasoning back in later turns."`
	CachedTokensTold bool `json:"cached_tokens_told" doc:"Says how many tokens came from a cache."`
}

// KeyTest is the outcome of a test of a key.
type KeyTest struct {
	At      time.Time   `json:"at"`
	OK      bool        `json:"ok"`
	Model   string      `json:"model,omitempty" doc:"The model that was asked."`
	Latency *float64    `json:"latency,omitzero" doc:"Seconds until the answer."`
	Reason  errs.Reason `json:"reason,omitempty" doc:"Why the test failed."`
	Message string      `json:"message,omitempty" doc:"The same in a sentence."`
}

type none struct{}

func providers(o Options) func(context.Context, *none) (*v5.Records[Provider], error) {
	return func(ctx context.Context, _ *none) (*v5.Records[Provider], error) {
		stored, err := o.DB.ProviderKeys(ctx)
		if err != nil {
			return nil, err
		}
		list := o.Relay.Providers(stored)
		out := &v5.Records[Provider]{Records: make([]Provider, 0, len(list))}
		for i := range list {
			out.Records = append(out.Records, providerOf(&list[i]))
		}
		return out, nil
	}
}

func providerOf(a *relay.About) Provider {
	out := Provider{
		Provider: a.Provider, Name: a.Display, Key: "none", NeedsKey: a.NeedsKey, Setting: a.KeyName, BaseURL: a.BaseURL, Models: a.Models,
		Endpoints: make([]Endpoint, 0, len(a.Serves)), Lenient: a.Lenient, LastTest: testOf(a.Test),
	}
	switch {
	case a.Stored != nil:
		out.Key, out.Hint = "workspace", a.Stored.Hint
	case a.Environment:
		out.Key = "environment"
	}
	for i := range a.Serves {
		out.Endpoints = append(out.Endpoints, endpointOf(&a.Serves[i]))
	}
	return out
}

func endpointOf(s *llm.Served) Endpoint {
	a := &s.Abilities
	return Endpoint{
		Endpoint: s.Endpoint, Path: s.Path, Models: s.Models, Parameters: a.Parameters(),
		Abilities: Abilities{
			Messages: a.Chat, ImageURLs: a.ImageURL, ImageData: a.ImageData, Tools: a.Tools, ForcedTools: a.Tools && !a.FreeTools,
			ParallelTools: a.ParallelTools, JSONObject: a.JSONObject, JSONSchema: a.JSONSchema, ReasoningLevel: a.Effort, ReasoningTokens: a.EffortBudget,
			Thinking: a.Thinking, ThinkingKept: a.ThinkingKept, CachedTokensTold: a.CachedUsage,
		},
	}
}

func testOf(t *relay.KeyTest) *KeyTest {
	if t == nil {
		return nil
	}
	out := &KeyTest{At: t.At.UTC().Truncate(time.Microsecond), OK: t.Err == nil, Model: t.Model}
	if t.Err != nil {
		out.Reason, out.Message = t.Err.Reason, t.Err.Detail("", "").Message
		return out
	}
	latency := t.Latency.Seconds()
	out.Latency = &latency
	return out
}
