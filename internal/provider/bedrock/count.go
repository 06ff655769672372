package bedrock

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// belowCount is where the calls go that count tokens. They take models, and no inference profiles.
func belowCount(baseURL string) (llmhttp.Endpoint, error) {
	base, err := llmhttp.ParseBase(baseURL)
	return func(r *llm.Request, _ bool) *url.URL {
		model := r.Model
		if i := strings.Index(model, ".anthropic."); i >= 0 && !strings.HasPrefix(model, "arn:") {
			model = model[i+1:]
		}
		return operation(base, model, "count-tokens")
	}, err
}

// encodeCount returns the parts of a Converse request that are counted.
func encodeCount(r *llm.Request) (json.Value, error) {
	if familyOf(r.Model) != claude {
		return nil, llm.Unsupported("model", "Amazon Bedrock counts tokens for the models of Anthropic alone.")
	}
	body, err := encode(r)
	if err == nil {
		body, err = json.Pick(body, "messages", "system", "toolConfig", modelFields)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]map[string]json.Value{"input": {"converse": body}})
}

func decodeCount(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w struct {
		Tokens llm.Count `json:"inputTokens"`
	}
	if err := json.UnmarshalForeign(body, &w); err != nil || !w.Tokens.Told {
		return nil, call.Unusable(h, body)
	}
	return &llm.Response{Usage: llm.Usage{Input: w.Tokens.N, Known: true}}, nil
}
