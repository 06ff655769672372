package openai

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/openai/naming"
	"github.com/openloop-server/openloop/internal/vendor"
)

// row is the row of a vendor.
func row(slug string) vendor.Vendor {
	v, _ := vendor.Of(slug)
	return v
}

// seen is a transport that keeps the URL that was called.
type seen struct{ url string }

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.url = r.URL.String()
	return nil, errors.New("nothing is sent")
}

// urlOf is where r goes.
func urlOf(t *testing.T, v vendor.Vendor, r *llm.Request) string {
	t.Helper()
	var s seen
	d, err := New(&llmhttp.Client{Transport: &s}, v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Generate(t.Context(), r); s.url == "" {
		t.Error(err)
	}
	return s.url
}

// TestQuirks states what each quirk changes in the request of a call that uses everything a quirk is about.
func TestQuirks(t *testing.T) {
	call := llm.Request{
		Model: "m", MaxTokens: 5,
		Messages: []llm.Message{
			{Role: llm.Developer, Content: llm.Text("d")},
			{Role: llm.Assistant, Content: llm.Text("a"), Thinking: []llm.Thinking{{Type: llm.ThinkingBlock, Thinking: "t"}}},
		},
	}
	const messages = `"messages":[{"role":"developer","content":"d"},{"role":"assistant","content":"a"}]`
	const usage = `"stream":true,"stream_options":{"include_usage":true}`
	for _, c := range []struct {
		name   string
		vendor Vendor
		model  string
		want   string
	}{
		{"none", Vendor{}, "m", `{"model":"m",` + messages + `,"max_tokens":5,` + usage + `}`},
		{"reasoning model", Vendor{}, "o3", `{"model":"o3",` + messages + `,"max_completion_tokens":5,` + usage + `}`},
		{"max_tokens", Vendor{Dialect: vendor.Dialect{TokenLimit: vendor.MaxTokens}}, "o3", `{"model":"o3",` + messages + `,"max_tokens":5,` + usage + `}`},
		{"max_completion_tokens", Vendor{Dialect: vendor.Dialect{TokenLimit: vendor.MaxCompletionTokens}}, "m", `{"model":"m",` + messages + `,"max_completion_tokens":5,` + usage + `}`},
		{"no usage", Vendor{Dialect: vendor.Dialect{NoStreamUsage: true}}, "m", `{"model":"m",` + messages + `,"max_tokens":5,"stream":true}`},
		{"no developer", Vendor{Dialect: vendor.Dialect{NoDeveloper: true}}, "m", `{"model":"m","messages":[{"role":"system","content":"d"},{"role":"assistant","content":"a"}],"max_tokens":5,` + usage + `}`},
		{"reasoning back", Vendor{Dialect: vendor.Dialect{Reasoning: vendor.ReasoningContent}}, "m", `{"model":"m","messages":[{"role":"developer","content":"d"},{"role":"assistant","content":"a","reasoning_content":"t"}],"max_tokens":5,` + usage + `}`},
		{"another name of the seed", Vendor{Dialect: vendor.Dialect{SeedName: "random_seed"}}, "m", `{"model":"m",` + messages + `,"max_tokens":5,"random_seed":7,` + usage + `}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := call
			if c.vendor.SeedName != "" {
				r.Seed = new(int64(7))
			}
			r.Model = c.model
			got, err := encode(&c.vendor, &r, true)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, string(got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestMissingEndpointsAreRefused(t *testing.T) {
	d, err := New(&llmhttp.Client{}, row("mistral"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []llm.Endpoint{llm.Complete, llm.Responses, llm.Edit, "images"} {
		_, err := d.Generate(t.Context(), &llm.Request{Model: "m", Endpoint: e})
		if got := errs.From(err); got.Reason != errs.UnsupportedParameter || got.Param != "endpoint" {
			t.Errorf("%s: %v", e, err)
		}
	}
}

func TestHeader(t *testing.T) {
	common := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"openloop"}}
	with := func(name, value string) http.Header {
		h := common.Clone()
		h.Set(name, value)
		return h
	}
	for _, c := range []struct {
		name string
		auth vendor.Auth
		key  string
		want http.Header
	}{
		{"bearer", vendor.Bearer, "k", with("Authorization", "Bearer k")},
		{"api-key", vendor.APIKeyHeader, "k", with("Api-Key", "k")},
		{"no key", vendor.Bearer, "", common},
	} {
		v := Vendor{Dialect: vendor.Dialect{Auth: c.auth}}
		if d := cmp.Diff(c.want, v.header(c.key)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// Fault A9: a deployment that is named after its model is known by it.
func TestReasoningModels(t *testing.T) {
	for model, want := range map[string]bool{
		"o1": true, "o3-mini": true, "o4-mini-2025-04-16": true, "openai/o3": true, "ft:o4-mini:org::id": true, "O1-Preview": true,
		"my-o3-mini": true, "prod_o1": true, "prod-gpt-5": true, "prod-gpt-5-mini": true, "gpt5-prod": true, "team.gpt-5.1": true, "gpt-5-codex": true,
		"prod-chat": false, "gpt-35-turbo": false, "gpt-41": false, "prod-gpt4o": false, "foo3": false, "gpt-4o-o3": false, "chat-gpt-5": true,
		"gpt-5": true, "gpt-5.2-pro": true, "gpt-10": true, "codex-mini-latest": true,
		"gpt-5-chat-latest": false, "gpt-4o": false, "gpt-4.1": false, "gpt-3.5-turbo": false, "gpt-oss-20b": false, "o": false,
		"": false, "omni": false, "llama-3": false, "ft:gpt-4o:o1": false, "gpt-": false,
	} {
		if got := naming.Reasons(model); got != want {
			t.Errorf("naming.Reasons(%q) = %v", model, got)
		}
	}
}

func TestBaseURLs(t *testing.T) {
	if _, err := New(&llmhttp.Client{}, vendor.Vendor{BaseURL: "api.openai.com"}); err == nil {
		t.Error("a base URL without a scheme was taken")
	}
	for _, c := range []struct {
		base     string
		endpoint llm.Endpoint
		want     string
	}{
		{"", "", "https://api.openai.com/v1/chat/completions"},
		{"", llm.Complete, "https://api.openai.com/v1/completions"},
		{"", llm.Responses, "https://api.openai.com/v1/responses"},
		{"http://localhost:4010/v1/", llm.Chat, "http://localhost:4010/v1/chat/completions"},
		{"http://localhost:4010/v1/", llm.Responses, "http://localhost:4010/v1/responses"},
		{"http://other/v1", llm.Chat, "http://other/v1/chat/completions"},
	} {
		if got := urlOf(t, row("openai"), &llm.Request{Model: "m", Endpoint: c.endpoint, Credentials: llm.Credentials{BaseURL: c.base}}); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	d, err := New(&llmhttp.Client{}, row("openai"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Generate(t.Context(), &llm.Request{Credentials: llm.Credentials{BaseURL: "localhost"}})
	if e := errs.From(err); e.Reason != errs.EndpointNotFound || e.Provider != "openai" {
		t.Errorf("got %+v", e)
	}
}

// TestVendorsURLs states where each vendor's calls go that is not simply below its base URL.
func TestVendorsURLs(t *testing.T) {
	azure := row("openai_azure")
	local := row("ollama")
	for _, c := range []struct {
		vendor   vendor.Vendor
		base     string
		endpoint llm.Endpoint
		want     string
	}{
		{azure, "https://r.openai.azure.com", llm.Chat, "https://r.openai.azure.com/openai/deployments/a%2Fb%20c/chat/completions?api-version=2025-04-01-preview"},
		{azure, "https://r.openai.azure.com/", llm.Complete, "https://r.openai.azure.com/openai/deployments/a%2Fb%20c/completions?api-version=2025-04-01-preview"},
		{azure, "https://r.openai.azure.com/openai/", llm.Responses, "https://r.openai.azure.com/openai/responses?api-version=2025-04-01-preview"},
		{azure, "https://proxy/azure?api-version=2024-10-21", llm.Chat, "https://proxy/azure/openai/deployments/a%2Fb%20c/chat/completions?api-version=2024-10-21"},
		{azure, "https://r.openai.azure.com/openai/v1/", llm.Chat, "https://r.openai.azure.com/openai/v1/chat/completions"},
		{azure, "https://r.openai.azure.com/openai/v1?api-version=preview", llm.Responses, "https://r.openai.azure.com/openai/v1/responses?api-version=preview"},
		{local, "http://127.0.0.1:11434", llm.Chat, "http://127.0.0.1:11434/v1/chat/completions"},
		{local, "http://127.0.0.1:11434/", llm.Chat, "http://127.0.0.1:11434/v1/chat/completions"},
		{local, "http://proxy/ollama/v1", llm.Responses, "http://proxy/ollama/v1/responses"},
	} {
		configured := c.vendor
		configured.BaseURL = c.base
		for _, in := range []struct {
			vendor vendor.Vendor
			base   string
		}{{configured, ""}, {c.vendor, c.base}} {
			r := &llm.Request{Model: "a/b c", Endpoint: c.endpoint, Credentials: llm.Credentials{BaseURL: in.base}}
			if got := urlOf(t, in.vendor, r); got != c.want {
				t.Errorf("%s: got %s, want %s", c.base, got, c.want)
			}
		}
	}
}

func TestACallNeedsABaseURL(t *testing.T) {
	d, err := New(&llmhttp.Client{}, row("vllm"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Generate(t.Context(), &llm.Request{Model: "m"})
	if e := errs.From(err); e.Reason != errs.EndpointNotFound || e.Param != "base_url" {
		t.Errorf("got %+v", e)
	}
}

func TestToolsOnResponses(t *testing.T) {
	for c, want := range map[[2]string]bool{
		{"gpt-5.4", ""}: false, {"gpt-5.4", "none"}: false, {"gpt-5.4", "low"}: true, {"gpt-5.4-mini", "high"}: true,
		{"gpt-5.5", ""}: true, {"gpt-5.5", "none"}: false, {"gpt-5.6-terra", ""}: true, {"openai/gpt-5.6-sol", "low"}: true, {"prod-gpt-5.5", ""}: true, {"gpt-6", ""}: true,
		{"gpt-5", "high"}: false, {"gpt-5-2025-08-07", "high"}: false, {"gpt-5.2", "high"}: false, {"gpt-5.5-chat-latest", ""}: false,
		{"gpt-4.1", ""}: false, {"o3", "high"}: false, {"", "low"}: false, {"llama-5.5", ""}: false,
	} {
		if got := naming.ToolsOnResponses(c[0], c[1]); got != want {
			t.Errorf("naming.ToolsOnResponses(%q, %q) = %v", c[0], c[1], got)
		}
	}
}
