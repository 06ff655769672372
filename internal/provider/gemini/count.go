package gemini

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// encodeCount returns the body of a call that counts the tokens of r. The Gemini API takes a whole request as a member, and Vertex AI parts of it.
func (v *Vendor) encodeCount(r *llm.Request, signer llm.Signer) (json.Value, error) {
	body, err := encode(r, signer, !v.NoIDs)
	if err != nil {
		return nil, err
	}
	if v.Predict {
		return json.Pick(body, "contents", "generationConfig", "systemInstruction", "tools")
	}
	named, err := json.Merge(body, json.Value(`{"model":`+string(json.AppendString(nil, resource(r.Model)))+`}`))
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]json.Value{"generateContentRequest": named})
}

func decodeCount(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w struct {
		Tokens llm.Count `json:"totalTokens"`
	}
	if err := json.UnmarshalForeign(body, &w); err != nil || !w.Tokens.Told {
		return nil, call.Unusable(h, body)
	}
	return &llm.Response{Usage: llm.Usage{Input: w.Tokens.N, Known: true}}, nil
}
