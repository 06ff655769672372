package bedrock_test

import (
	"testing"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
	"github.com/openloop-server/openloop/internal/provider/bedrock"
)

// TestDriver holds the driver to the conformance suite. Among its fixtures are
//
//   - Fault A3, calls in the history and no tools: tool-result--no-tools
//   - Fault A4, texts of white space: multi-turn--blank, multi-turn--nothing
//   - Fault A5, media types as people write them: image-data--type, image-data--no-type
//   - Fault A8, empty results of tools: tool-result--empty
func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
		Apart: true,
		New: func(t *testing.T, hc *llmhttp.Client, baseURL string) llm.Driver {
			t.Helper()
			d, err := bedrock.New(hc, bedrock.Vendor{BaseURL: baseURL})
			if err != nil {
				t.Fatal(err)
			}
			return d
		},
		Fixtures: "testdata",
		Ping:     string(llmtest.Frame("{}", ":event-type", "ping", ":message-type", "event")),
		Wire:     llmtest.Bedrock,
		Serves:   bedrock.Declaration().Endpoints[0],
	})
}
