package openai_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/vendor"
)

// TestCompatible holds each row to the conformance suite, with what it declares. The rows share OpenAI's fixtures; a vendor's own
// are those in which it differs.
func TestCompatible(t *testing.T) {
	for _, v := range vendor.All() {
		if v.Wire != "openai" || v.Slug == "openai" {
			continue
		}
		t.Run(v.Slug, func(t *testing.T) {
			t.Parallel()
			for _, served := range openai.Declare(v).Endpoints {
				t.Run(string(served.Endpoint), func(t *testing.T) {
					llmtest.Run(t, llmtest.Harness{
						New: driverOf(v), Serves: served, Names: namesOf(&v), Fixtures: filepath.Join("testdata", string(served.Endpoint)),
						Own: filepath.Join("testdata", "vendors", v.Slug, string(served.Endpoint)), Wire: wireOf(&v, served.Endpoint),
					})
				})
			}
		})
	}
}

// wireOf is the stand-in of an endpoint of v.
func wireOf(v *vendor.Vendor, e llm.Endpoint) func() *llmtest.Wire {
	switch {
	case e == llm.Complete:
		return nil
	case e == llm.Responses && v.Encrypts:
		return func() *llmtest.Wire { return llmtest.Responses("openai", "gAAAAABo1pQ==") }
	case e == llm.Responses:
		return func() *llmtest.Wire { return llmtest.Responses("", "") }
	case v.Slug == "mistral":
		return llmtest.Mistral
	case v.Slug == "perplexity":
		return llmtest.Perplexity
	case v.Slug == "openrouter":
		return llmtest.OpenRouter
	default:
		return llmtest.Chat
	}
}

// driverOf makes the driver of v with a base URL as its operator would write it.
func driverOf(v vendor.Vendor) func(*testing.T, *llmhttp.Client, string) llm.Driver {
	return func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
		t.Helper()
		v.BaseURL = baseURL + "/v1"
		switch {
		case v.Path != "":
			v.BaseURL = baseURL
		case v.Deployments != "":
			v.BaseURL = baseURL + "/openai/v1/"
		}
		d, err := openai.New(hc, v)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
}

func namesOf(v *vendor.Vendor) *strings.Replacer {
	names := []string{"ol1.openai.", "ol1." + v.Slug + ".", "OpenAI", v.Display}
	if v.Auth == vendor.APIKeyHeader {
		names = append(names, "Authorization: Bearer ", "Api-Key: ")
	}
	if v.Deployments != "" {
		names = append(names, "POST /v1/", "POST /openai/v1/")
	}
	return strings.NewReplacer(names...)
}
