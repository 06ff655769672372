package cohere

import (
	"testing"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
)

func TestEndpoint(t *testing.T) {
	for baseURL, want := range map[string]string{
		"":                           "https://api.cohere.com/v2/chat",
		"https://api.cohere.com":     "https://api.cohere.com/v2/chat",
		"https://api.cohere.com/v1":  "https://api.cohere.com/v2/chat",
		"https://api.cohere.com/v2/": "https://api.cohere.com/v2/chat",
		"http://localhost:1/cohere":  "http://localhost:1/cohere/v2/chat",
	} {
		d, err := New(&llmhttp.Client{}, baseURL)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.endpoint.String(); got != want {
			t.Errorf("the endpoint of %q is %s, want %s", baseURL, got, want)
		}
	}
}

func TestNewRefusesBadBaseURL(t *testing.T) {
	if _, err := New(&llmhttp.Client{}, "api.cohere.com"); err == nil {
		t.Error("New took a base URL without a scheme")
	}
}

func TestBaseURLOfACall(t *testing.T) {
	d, err := New(&llmhttp.Client{}, "")
	if err != nil {
		t.Fatal(err)
	}
	req, err := d.request(with(func(r *llm.Request) { r.Credentials.BaseURL = "http://localhost:1" }), false)
	if err != nil || req.URL.String() != "http://localhost:1/v2/chat" || !req.Foreign {
		t.Errorf("%v, foreign %v, %v", req.URL, req.Foreign, err)
	}
	_, err = d.request(with(func(r *llm.Request) { r.Credentials.BaseURL = "nowhere" }), false)
	if e := errs.From(err); e == nil || e.Reason != errs.EndpointNotFound || e.Param != "base_url" {
		t.Errorf("got %v", err)
	}
}

func TestWithoutKeyNothingIsAuthorized(t *testing.T) {
	if h := header(""); h.Get("Authorization") != "" {
		t.Errorf("got %v", h)
	}
}
