package gemini

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// Decode implements [llmhttp.Decoder].
func (d *decoder) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	if e.Name != "error" {
		if err := llmhttp.Stray(call, h, e.Data); err != nil {
			return nil, err
		}
	}
	return d.documents(call, h, e.Name, e.Data)
}

// Ended implements [llmhttp.Decoder]. Gemini marks no end, and a failure may still follow a finish reason.
func (d *decoder) Ended() bool { return false }

// Last implements [llmhttp.Decoder]. The finish reason is told here, so that a failed stream never looks finished.
func (d *decoder) Last() (llm.Event, bool) {
	return llm.Event{Finish: d.portableFinish(), Usage: d.portableUsage()}, d.finish != ""
}
