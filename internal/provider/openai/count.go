package openai

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

const countPath = "/responses/input_tokens"

// count is the call that counts tokens, nil for a vendor that counts none. It counts a chat as the response that would say the same.
func (v *Vendor) count() *llmhttp.Whole {
	if !v.Counts {
		return nil
	}
	return &llmhttp.Whole{
		Below: func(base string) (llmhttp.Endpoint, error) {
			b, err := llmhttp.ParseBase(base)
			if err != nil {
				return nil, err
			}
			return always(b.Join(countPath)), nil
		},
		Encode: v.encodeCount, Decode: decodeCount,
	}
}

func (v *Vendor) encodeCount(r *llm.Request) (json.Value, error) {
	counted := *r
	counted.Endpoint = llm.Responses
	body, err := encode(v, &counted, false)
	if err != nil {
		return nil, err
	}
	return json.Pick(body, "input", "instructions", "model", "reasoning", "text", "tool_choice", "tools")
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
