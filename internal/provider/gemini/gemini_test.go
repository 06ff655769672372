package gemini

import (
	"cmp"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

func TestEndpoint(t *testing.T) {
	for _, c := range []struct {
		vendor Vendor
		model  string
		stream bool
		want   string
	}{
		{Vendor{}, "gemini-2.5-pro", false, "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent"},
		{Vendor{}, "gemini-2.5-pro", true, "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse"},
		{Vendor{}, "tunedModels/mine", false, "https://generativelanguage.googleapis.com/v1beta/tunedModels/mine:generateContent"},
		{Vendor{BaseURL: "http://localhost:1/x/?a=b"}, "m?key=/../y", true, "http://localhost:1/x/v1beta/m%3Fkey=/..%2Fy:streamGenerateContent?a=b&alt=sse"},
		{
			Vendor{BaseURL: "https://europe-west1-aiplatform.googleapis.com", Prefix: "/v1/projects/p/locations/l/publishers/google"}, "gemini-2.5-pro", false,
			"https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-2.5-pro:generateContent",
		},
	} {
		c.vendor.Prefix = cmp.Or(c.vendor.Prefix, defaultPrefix)
		below, err := c.vendor.below(cmp.Or(c.vendor.BaseURL, "https://generativelanguage.googleapis.com"))
		if err != nil {
			t.Fatal(err)
		}
		if got := below(&llm.Request{Model: c.model}, c.stream).String(); got != c.want {
			t.Errorf("endpoint(%q, %v) = %s, want %s", c.model, c.stream, got, c.want)
		}
	}
}

func TestNewRefusesBadBaseURL(t *testing.T) {
	if _, err := New(&llmhttp.Client{}, Vendor{BaseURL: "generativelanguage.googleapis.com"}); err == nil {
		t.Error("New took a base URL without a scheme")
	}
}
