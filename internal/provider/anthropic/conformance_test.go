package anthropic_test

import (
	"testing"

	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/llm/llmtest"
	"openloop/internal/provider/anthropic"
)

func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
			t.Helper()
			d, err := anthropic.New(hc, anthropic.Vendor{BaseURL: baseURL})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Fixtures: "testdata",
		Wire:     llmtest.Anthropic,
		Serves:   anthropic.Declaration().Endpoints[0],
	})
}
