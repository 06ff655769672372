package openai

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// deployment answers chat requests that limit their answer by the member that it takes, and refuses others with a sentence. It gathers
// the names of the members that came.
func deployment(t *testing.T, takes, refusal string) (*Driver, func() []string) {
	t.Helper()
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		names := json.Names(body)
		sent := names[slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, "max_") })]
		got = append(got, sent)
		switch {
		case sent != takes:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"`+refusal+`","type":"invalid_request_error"}}`)
		case slices.Contains(names, "stream"):
			_, _ = io.WriteString(w, `data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
		default:
			_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}`)
		}
	}))
	t.Cleanup(server.Close)
	azure := row("openai_azure")
	azure.BaseURL = server.URL
	d, err := New(&llmhttp.Client{}, azure)
	if err != nil {
		t.Fatal(err)
	}
	return d, func() []string { return got }
}

// Fault A9: a deployment whose name tells nothing is asked once more by the member that it takes, which is remembered.
func TestTheLimitsNameIsLearned(t *testing.T) {
	for name, c := range map[string]struct{ model, takes, refusal string }{
		"by the newer": {"prod-chat", maxCompletionTokens, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."},
		"by the older": {"my-o3-mini", maxTokens, "Unrecognized request argument supplied: max_completion_tokens"},
		"by a proxy":   {"prod", maxCompletionTokens, "max_tokens: Extra inputs are not permitted"},
	} {
		t.Run(name, func(t *testing.T) {
			d, got := deployment(t, c.takes, c.refusal)
			r := &llm.Request{Model: c.model, MaxTokens: 5}
			if out, err := d.Generate(t.Context(), r); err != nil || out.Message.Content.Text != "Hi" {
				t.Fatalf("%+v, %v", out, err)
			}
			for _, err := range d.Stream(t.Context(), r) {
				if err != nil {
					t.Fatal(err)
				}
			}
			refused := maxTokens
			if c.takes == maxTokens {
				refused = maxCompletionTokens
			}
			if d := cmp.Diff([]string{refused, c.takes, c.takes}, got()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestAStreamLearnsTheLimitsName(t *testing.T) {
	d, got := deployment(t, maxCompletionTokens, "'max_tokens' is not supported. Use 'max_completion_tokens' instead.")
	for _, err := range d.Stream(t.Context(), &llm.Request{Model: "prod-chat", MaxTokens: 5}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]string{maxTokens, maxCompletionTokens}, got()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestOtherRefusalsAreNotLearned refuses the value, then both names.
func TestOtherRefusalsAreNotLearned(t *testing.T) {
	d, got := deployment(t, "none", "max_tokens is too large: 5. This model supports at most 4 completion tokens.")
	r := &llm.Request{Model: "prod-chat", MaxTokens: 5}
	if _, err := d.Generate(t.Context(), r); err == nil || len(got()) != 1 {
		t.Errorf("%v after %d requests", err, len(got()))
	}
	d, got = deployment(t, "none", "max_tokens and max_completion_tokens are not supported.")
	for range 2 {
		if _, err := d.Generate(t.Context(), r); errs.From(err).ProviderStatus != http.StatusBadRequest {
			t.Errorf("got %v", err)
		}
	}
	if d := cmp.Diff([]string{maxTokens, maxCompletionTokens, maxTokens, maxCompletionTokens}, got()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestOtherDecidesTheLimitsName names the member in `other`.
func TestOtherDecidesTheLimitsName(t *testing.T) {
	d, got := deployment(t, maxCompletionTokens, "")
	r := &llm.Request{Model: "prod-chat", MaxTokens: 5, Other: json.Value(`{"max_completion_tokens":7}`)}
	if _, err := d.Generate(t.Context(), r); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff([]string{maxCompletionTokens}, got()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
