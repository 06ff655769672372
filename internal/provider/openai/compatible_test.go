package openai_test

import (
	"path/filepath"
	"strings"
	"testing"

	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/llm/llmtest"
	"openloop/internal/provider/openai"
)

// TestCompatible holds each row to the conformance suite, with what it declares. The rows share OpenAI's fixtures; a vendor's own
// are those in which it differs.
func TestCompatible(t *testing.T) {
	for _, v := range openai.Compatible() {
		t.Run(v.Slug, func(t *testing.T) {
			t.Parallel()
			run := func(endpoint string, caps llmtest.Caps) {
				t.Run(endpoint, func(t *testing.T) {
					llmtest.Run(t, llmtest.Harness{
						New: driverOf(v), Caps: caps, Names: namesOf(&v),
						Fixtures: filepath.Join("testdata", endpoint), Own: filepath.Join("testdata", "vendors", v.Slug, endpoint),
					})
				})
			}
			run("chat", chatCaps(&v))
			if !v.NoComplete {
				run("complete", completeCaps(&v))
			}
			if !v.NoResponses {
				run("responses", responsesCaps(&v))
			}
		})
	}
}

// driverOf makes the driver of v with a base URL as its operator would write it.
func driverOf(v openai.Vendor) func(*testing.T, *llmhttp.Client, string) llm.Driver {
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

func namesOf(v *openai.Vendor) *strings.Replacer {
	names := []string{"OpenAI", failure.VendorOf(v.Slug).Display}
	if v.Auth == openai.APIKeyHeader {
		names = append(names, "Authorization: Bearer ", "Api-Key: ")
	}
	if v.Deployments != "" {
		names = append(names, "POST /v1/", "POST /openai/v1/")
	}
	return strings.NewReplacer(names...)
}

func chatCaps(v *openai.Vendor) llmtest.Caps {
	takes := func(p openai.Part) bool { return v.Lacks&p == 0 }
	return llmtest.Caps{
		Chat: true, ImageURL: takes(openai.Images) && takes(openai.ImageURLs), ImageData: takes(openai.Images),
		Tools: takes(openai.Tools), ParallelTools: takes(openai.Tools), FreeTools: !takes(openai.ToolChoice),
		JSONObject: takes(openai.JSONObject), JSONSchema: takes(openai.JSONSchema),
		Effort: true, EffortBudget: v.Effort != openai.EffortLevel, Thinking: true, ThinkingKept: v.Reasoning != openai.ReasoningDropped,
		LogProbs: takes(openai.LogProbs), Stop: true, Seed: takes(openai.Seed), Penalties: true, User: takes(openai.User), CachedUsage: true,
	}
}

func completeCaps(v *openai.Vendor) llmtest.Caps {
	takes := func(p openai.Part) bool { return v.Lacks&p == 0 }
	return llmtest.Caps{
		LogProbs: takes(openai.LogProbs), Stop: true, Seed: takes(openai.Seed), Penalties: true, Suffix: true, User: takes(openai.User),
	}
}

func responsesCaps(v *openai.Vendor) llmtest.Caps {
	caps := chatCaps(v)
	caps.EffortBudget, caps.Stop, caps.Seed, caps.Penalties, caps.ThinkingKept = false, false, false, false, true
	return caps
}
