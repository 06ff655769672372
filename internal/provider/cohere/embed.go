package cohere

import (
	"cmp"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

const (
	embedPath  = "/v2/embed"
	embedBatch = 96 // the most texts of a call
)

// embedRequest is the body of a call for vectors.
type embedRequest struct {
	Model      string   `json:"model"`
	Texts      []string `json:"texts"`
	InputType  string   `json:"input_type"`
	Types      []string `json:"embedding_types"`
	Dimensions int      `json:"output_dimension,omitzero"`
}

func encodeEmbed(r *llm.Request) (json.Value, error) {
	p := r.Passages
	if p.Tokens != nil {
		return nil, llm.Unsupported("input", "Cohere takes texts, and no lists of tokens.")
	}
	return json.Marshal(&embedRequest{
		Model: r.Model, Texts: p.Texts, InputType: cmp.Or(p.InputType, "search_document"), Types: []string{"float"}, Dimensions: p.Dimensions,
	})
}

// embedResponse is an answer with vectors.
type embedResponse struct {
	Embeddings struct {
		Float []llm.Vector `json:"float"`
	} `json:"embeddings"`
	Meta json.Value `json:"meta"`
}

func decodeEmbed(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w embedResponse
	if err := json.UnmarshalForeign(body, &w); err != nil || len(w.Embeddings.Float) == 0 {
		return nil, call.Unusable(h, body)
	}
	out := &llm.Response{Vectors: llm.Vectors(w.Embeddings.Float)}
	if u := portableUsage(w.Meta); u != nil {
		out.Usage = *u
	}
	return out, nil
}
