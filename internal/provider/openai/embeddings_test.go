package openai

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/vendor"
)

// embedder returns the driver of a vendor at an address.
func embedder(t *testing.T, slug, url string) *Driver {
	t.Helper()
	v, ok := vendor.Of(slug)
	if !ok {
		t.Fatal(slug)
	}
	v.BaseURL = url
	d, err := New(&llmhttp.Client{}, v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEmbed(t *testing.T) {
	texts, tokens := &llm.Passages{Texts: []string{"a", "b"}, Dimensions: 2}, &llm.Passages{Tokens: [][]int64{{1, 2}, {3}}, InputType: "query"}
	numbers := `{"object":"list","data":[{"index":1,"embedding":[2,3]},{"index":0,"embedding":[0.5,-1]}],"model":"m-1","usage":{"prompt_tokens":3,"total_tokens":3}}`
	packed := `{"data":[{"index":0,"embedding":"AAAAPwAAgL8="},{"index":1,"embedding":"AAAAQAAAQEA="}],"model":"m-1","usage":{"prompt_tokens":3}}`
	bare := `{"data":[{"embedding":[0.5,-1]},{"embedding":[2,3]}],"model":"m-1","usage":{"prompt_tokens":3}}`
	for _, test := range []struct {
		slug, answer string
		passages     *llm.Passages
		sent         string
	}{
		{"openai", packed, texts, `/embeddings {"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"}`},
		{"openai_azure", packed, texts, `/openai/deployments/m/embeddings?api-version=2025-04-01-preview {"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"}`},
		{"mistral", numbers, texts, `/embeddings {"model":"m","input":["a","b"],"output_dimension":2}`},
		{"vllm", bare, tokens, `/v1/embeddings {"model":"m","input":[[1,2],[3]],"input_type":"query","user":"u"}`},
	} {
		url, sent := llmtest.Serve(t, 200, test.answer)
		got, err := embedder(t, test.slug, url).Embed(t.Context(), &llm.Request{Endpoint: llm.Embeddings, Model: "m", Passages: test.passages, User: "u"})
		if err != nil {
			t.Errorf("%s: %v", test.slug, err)
			continue
		}
		if diff := cmp.Diff([]string{test.sent}, sent()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.slug, diff)
		}
		want := [][]float32{{0.5, -1}, {2, 3}}
		if diff := cmp.Diff(want, got.Vectors); diff != "" || got.Model != "m-1" || got.Usage.Input != 3 || !got.Usage.Known {
			t.Errorf("%s: %s %+v (-want +got):\n%s", test.slug, got.Model, got.Usage, diff)
		}
	}
}

func TestEmbedFailures(t *testing.T) {
	for _, test := range []struct {
		slug   string
		status int
		answer string
		want   errs.Reason
	}{
		{"groq", 200, "", errs.UnsupportedParameter},
		{"openai", 200, `{"data":[]}`, errs.MalformedProviderResponse},
		{"openai", 200, `{"data":[{"embedding":[1]},{"embedding":[2]}]}`, errs.MalformedProviderResponse}, // more than were asked for
		{"openai", 200, `{"data":[{"embedding":"AAA="}]}`, errs.MalformedProviderResponse},                // no base64 of numbers
		{"openai", 200, `{"data":[{"embedding":"AADAfw=="}]}`, errs.MalformedProviderResponse},            // not a number
		{"openai", 401, `{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}`, errs.InvalidAPIKey},
	} {
		url, _ := llmtest.Serve(t, test.status, test.answer)
		_, err := embedder(t, test.slug, url).Embed(t.Context(), &llm.Request{Endpoint: llm.Embeddings, Model: "m", Passages: &llm.Passages{Texts: []string{"a"}}})
		if !errs.Is(err, test.want) {
			t.Errorf("%s %s: %v, want %s", test.slug, test.answer, err, test.want)
		}
	}
}

func TestCount(t *testing.T) {
	url, sent := llmtest.Serve(t, 200, `{"object":"response.input_tokens","input_tokens":11}`)
	r := &llm.Request{Model: "gpt-5", MaxTokens: 9, Messages: []llm.Message{{Role: llm.User, Content: llm.Text("Hi")}}, Effort: llm.Effort{Level: "low"}}
	if n, err := embedder(t, "openai", url).Count(t.Context(), r); n != 11 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	want := `/responses/input_tokens {"input":[{"type":"message","role":"user","content":"Hi"}],"model":"gpt-5","reasoning":{"effort":"low"}}`
	if diff := cmp.Diff([]string{want}, sent()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := embedder(t, "groq", url).Count(t.Context(), r); !errs.Is(err, errs.UnsupportedParameter) {
		t.Errorf("%v", err)
	}
}
