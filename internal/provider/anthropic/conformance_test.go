package anthropic_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
)

// TestDriver holds the driver to the conformance suite. Among its fixtures are
//
//   - Fault A3, calls in the history and no tools: tool-result--no-tools
//   - Fault A4, texts of white space: multi-turn--blank, multi-turn--nothing
//   - Fault A5, media types as people write them: image-data--type, image-data--no-type
func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		New: func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
			t.Helper()
			d, err := anthropic.New(hc, anthropic.Vendor{Slug: "anthropic", BaseURL: baseURL})
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
