package llmhttp_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// TestPlaces states where a call goes with a base URL of its own, and where without one.
func TestPlaces(t *testing.T) {
	p, err := llmhttp.NewPlace(failure.VendorOf("openai"), "https://own.example/v1", llmhttp.ParseBase)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		brought, want string
		foreign       bool
	}{
		{"", "https://own.example/v1/x", false},
		{"https://own.example/v1", "https://own.example/v1/x", false},
		{"https://other.example", "https://other.example/x", true},
		{"https://other.example", "https://other.example/x", true}, // remembered
		{"https://third.example", "https://third.example/x", true},
	} {
		base, foreign, err := p.Of(&llm.Request{Credentials: llm.Credentials{BaseURL: c.brought}})
		if got := base.Join("/x").String(); err != nil || got != c.want || foreign != c.foreign {
			t.Errorf("%q: %s, foreign %v, %v", c.brought, got, foreign, err)
		}
	}
	_, _, err = p.Of(&llm.Request{Model: "m", Credentials: llm.Credentials{BaseURL: "nowhere"}})
	if e := errs.From(err); e.Reason != errs.EndpointNotFound || e.Provider != "openai" || e.Model != "m" || e.Param != "base_url" {
		t.Errorf("got %+v", e)
	}
	if _, err := llmhttp.NewPlace(failure.VendorOf("openai"), "own.example", llmhttp.ParseBase); err == nil {
		t.Error("a base URL without a scheme was taken")
	}
}

func TestWithoutKeyNothingIsAuthorized(t *testing.T) {
	if h := llmhttp.BearerHeader(""); h.Get("Authorization") != "" {
		t.Errorf("got %v", h)
	}
}
