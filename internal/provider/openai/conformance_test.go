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

// TestOpenAI holds OpenAI itself to the conformance suite.
func TestOpenAI(t *testing.T) {
	v := openai.OpenAI("")
	for _, served := range v.Declaration().Endpoints {
		t.Run(string(served.Endpoint), func(t *testing.T) {
			llmtest.Run(t, llmtest.Harness{New: driver, Serves: served, Fixtures: "testdata/" + string(served.Endpoint), Wire: wireOf(&v, served.Endpoint)})
		})
	}
}
