package cohere

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

func TestEndpoint(t *testing.T) {
	for baseURL, want := range map[string]string{
		"https://api.cohere.com":     "https://api.cohere.com/v2/chat",
		"https://api.cohere.com/v1":  "https://api.cohere.com/v2/chat",
		"https://api.cohere.com/v2/": "https://api.cohere.com/v2/chat",
		"http://localhost:1/cohere":  "http://localhost:1/cohere/v2/chat",
	} {
		endpoint, err := below(path)(baseURL)
		if err != nil {
			t.Fatal(err)
		}
		if got := endpoint(nil, false).String(); got != want {
			t.Errorf("the endpoint of %q is %s, want %s", baseURL, got, want)
		}
	}
}

func TestNewRefusesBadBaseURL(t *testing.T) {
	if _, err := New(&llmhttp.Client{}, failure.VendorOf("cohere"), "api.cohere.com"); err == nil {
		t.Error("New took a base URL without a scheme")
	}
}
