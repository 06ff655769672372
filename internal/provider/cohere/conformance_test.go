package cohere_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/cohere"
)

func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
			t.Helper()
			d, err := cohere.New(hc, failure.VendorOf("cohere"), baseURL)
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Fixtures: "testdata",
		Wire:     llmtest.Cohere,
		Serves:   cohere.Declaration().Endpoints[0],
	})
}
