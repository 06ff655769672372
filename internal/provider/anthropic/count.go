package anthropic

import (
	"net/http"
	"net/url"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

const countPath = "/v1/messages/count_tokens"

// belowCount is where the calls go that count tokens. On Google Vertex AI all models share an address.
func (v *Vendor) belowCount(baseURL string) (llmhttp.Endpoint, error) {
	base, err := llmhttp.ParseBase(baseURL)
	if err != nil {
		return nil, err
	}
	path := countPath
	if v.Models != "" {
		path = v.Models + "count-tokens:rawPredict"
	}
	endpoint := base.Join(path)
	return func(*llm.Request, bool) *url.URL { return endpoint }, nil
}

// encodeCount returns the members of a message that are counted. The API refuses all others.
func encodeCount(r *llm.Request, vertex bool) (json.Value, error) {
	body, err := encode(r, false, false)
	if err != nil {
		return nil, err
	}
	if body, err = json.Pick(body, "messages", "model", "output_config", "system", "thinking", "tool_choice", "tools"); err != nil || !vertex {
		return body, err
	}
	return json.Merge(body, json.Value(`{"anthropic_version":"`+vertexVersion+`"}`))
}

func decodeCount(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w struct {
		Tokens llm.Count `json:"input_tokens"`
	}
	if err := json.UnmarshalForeign(body, &w); err != nil || !w.Tokens.Told {
		return nil, call.Unusable(h, body)
	}
	return &llm.Response{Usage: llm.Usage{Input: w.Tokens.N, Known: true}}, nil
}
