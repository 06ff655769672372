package openai_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/vendor"
)

func driver(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
	t.Helper()
	v, _ := vendor.Of("openai")
	v.BaseURL = baseURL + "/v1"
	d, err := openai.New(hc, v)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOpenAI holds OpenAI itself to the conformance suite.
func TestOpenAI(t *testing.T) {
	v, _ := vendor.Of("openai")
	for _, served := range openai.Declare(v).Endpoints {
		t.Run(string(served.Endpoint), func(t *testing.T) {
			llmtest.Run(t, llmtest.Harness{New: driver, Serves: served, Fixtures: "testdata/" + string(served.Endpoint), Wire: wireOf(&v, served.Endpoint)})
		})
	}
}
