package openai_test

import (
	"testing"

	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/llm/llmtest"
	"openloop/internal/provider/openai"
)

func driver(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
	t.Helper()
	d, err := openai.New(hc, openai.OpenAI(baseURL+"/v1"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestChat(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{New: driver, Fixtures: "testdata/chat", Caps: llmtest.Caps{
		Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
		Effort: true, Thinking: true, LogProbs: true, Stop: true, Seed: true, Penalties: true, User: true, CachedUsage: true,
	}})
}

func TestComplete(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{New: driver, Fixtures: "testdata/complete", Caps: llmtest.Caps{
		LogProbs: true, Stop: true, Seed: true, Penalties: true, Suffix: true, User: true,
	}})
}

func TestResponses(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{New: driver, Fixtures: "testdata/responses", Caps: llmtest.Caps{
		Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
		Effort: true, Thinking: true, ThinkingKept: true, LogProbs: true, User: true, CachedUsage: true,
	}})
}
