package bedrock_test

import (
	"testing"

	"openloop/internal/llm"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/llm/llmtest"
	"openloop/internal/provider/bedrock"
)

func TestDriver(t *testing.T) {
	llmtest.Run(t, llmtest.Harness{
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
