package gemini_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/gemini"
)

// TestDriver holds the driver to the conformance suite. Among its fixtures are
//
//   - Fault A6, results that hold a $ref: tool-result--reference
//   - Fault A7, turns of one speaker: multi-turn--joined
func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
			t.Helper()
			d, err := gemini.New(hc, gemini.Vendor{Slug: "google", BaseURL: baseURL})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Fixtures: "testdata",
		Wire:     func() *llmtest.Wire { return llmtest.Gemini(true) },
		Serves:   gemini.Declaration().Endpoints[0],
	})
}
