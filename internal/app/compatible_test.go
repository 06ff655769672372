package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/vendor"
)

func hello(provider string, keys map[string]string) map[string]any {
	return map[string]any{
		"path": "hello/" + provider, "prompt": map[string]any{"model": "some-model", "provider": provider}, "provider_api_keys": keys,
		"messages": []any{map[string]any{"role": "user", "content": "hi"}},
	}
}

// TestWhatAProviderLacks states what is said of a call to a provider that is not set up.
func TestWhatAProviderLacks(t *testing.T) {
	t.Parallel()
	s := start(t, "AZURE_OPENAI_API_KEY=dummy-azure-0123456789")
	for _, v := range vendor.All() {
		if v.Wire == "openai" && v.Slug != "openai" && !v.NoKey && v.Deployments == "" {
			key := strings.ToUpper(v.Slug) + "_API_KEY"
			checkLacks(t, s, v.Slug, nil, "There is no API key for "+v.Display+". Set "+key+" on the server, or send provider_api_keys."+v.Slug+" with the call.")
		}
	}
	checkLacks(t, s, "vllm", nil, "There is no base URL for vLLM. Set VLLM_BASE_URL on the server.")
	checkLacks(t, s, "openai_compatible", nil, "There is no base URL for OpenAI-compatible. Set OPENAI_COMPATIBLE_BASE_URL on the server.")
	checkLacks(t, s, "openai_azure", nil,
		"There is no base URL for Azure OpenAI. Set AZURE_OPENAI_ENDPOINT on the server, or send provider_api_keys.openai_azure_endpoint with the call.")
	checkLacks(t, s, "openai_azure", map[string]string{"openai_azure_endpoint": "https://elsewhere.example"},
		"A call that brings an endpoint of Azure OpenAI brings its key too: send provider_api_keys.openai_azure.")
}

func checkLacks(t *testing.T, s *testServer, slug string, keys map[string]string, message string) {
	t.Helper()
	a := s.post(t, "/v5/prompts/call", hello(slug, keys))
	d := a.failure(t, "http_status")
	type core struct {
		Code            int
		Reason          errs.Reason
		Origin, Message string
	}
	if d := cmp.Diff(core{http.StatusUnauthorized, errs.ProviderKeyMissing, errs.Gateway, message}, core{d.Code, d.Reason, d.Origin, d.Message}); d != "" {
		t.Errorf("%s (-want +got):\n%s", slug, d)
	}
}

const helloAnswer = `{"id":"c-1","model":"some-model","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}]}`

// TestHowEachVendorIsReached states the request that each row makes of its settings.
func TestHowEachVendorIsReached(t *testing.T) {
	t.Parallel()
	var got string
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.URL.RequestURI() + " " + r.Header.Get("Authorization") + r.Header.Get("Api-Key")
		_, _ = w.Write([]byte(helloAnswer))
	}))
	t.Cleanup(stub.Close)
	s := start(t, append(at(stub.URL), "OLLAMA_BASE_URL="+stub.URL, "OLLAMA_API_KEY=", "AZURE_OPENAI_API_VERSION=2024-10-21")...)
	for _, c := range []struct {
		slug string
		keys map[string]string
		want string
	}{
		{"groq", nil, "/v1/chat/completions Bearer dummy-groq-0123456789"},
		{"groq", map[string]string{"groq": "of-the-call"}, "/v1/chat/completions Bearer of-the-call"},
		{"ollama", nil, "/v1/chat/completions "},
		{"openai_compatible", nil, "/v1/chat/completions Bearer dummy-openai_compatible-0123456789"},
		{"openai_azure", nil, "/openai/deployments/some-model/chat/completions?api-version=2024-10-21 dummy-azure-0123456789"},
	} {
		if a := s.post(t, "/v5/prompts/call", hello(c.slug, c.keys)); a.status != http.StatusOK || got != c.want {
			t.Errorf("%s: %d, sent %q, want %q", c.slug, a.status, got, c.want)
		}
	}
}

// TestACallBringsItsAzureEndpoint checks that a call's endpoint is used, with its own key alone, and leads to no private address unless
// that is allowed.
func TestACallBringsItsAzureEndpoint(t *testing.T) {
	t.Parallel()
	stub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Api-Key") != "of-the-call" || r.URL.Path != "/openai/v1/chat/completions" {
			t.Errorf("got %s with the key %q", r.URL.Path, r.Header.Get("Api-Key"))
		}
		_, _ = w.Write([]byte(helloAnswer))
	}))
	t.Cleanup(stub.Close)
	call := hello("openai_azure", map[string]string{"openai_azure": "of-the-call", "openai_azure_endpoint": stub.URL + "/openai/v1"})
	refused := start(t, "AZURE_OPENAI_API_KEY=dummy-azure-0123456789").post(t, "/v5/prompts/call", call).failure(t, "http_status")
	if refused.Reason != errs.EndpointNotFound || refused.Origin != errs.Gateway || refused.Provider != "openai_azure" {
		t.Errorf("got %+v", refused)
	}
	if a := start(t, "OPENLOOP_ALLOW_PRIVATE_URLS=true").post(t, "/v5/prompts/call", call); a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.body)
	}
}
