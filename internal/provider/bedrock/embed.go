package bedrock

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// The makers of models for vectors, in the ids of their models. Each has a form of its own.
const (
	titanEmbed  = "amazon.titan-embed"
	cohereEmbed = "cohere.embed"
)

// embedBatch returns how many texts a call takes.
func embedBatch(model string) int {
	if strings.Contains(model, cohereEmbed) {
		return 96
	}
	return 1
}

// titanRequest is the body of a call of Titan. Its first version has no dimensions.
type titanRequest struct {
	Text       string `json:"inputText"`
	Dimensions int    `json:"dimensions,omitzero"`
}

// cohereRequest is the body of a call of Cohere's models.
type cohereRequest struct {
	Texts      []string `json:"texts"`
	InputType  string   `json:"input_type"`
	Dimensions int      `json:"output_dimension,omitzero"`
}

func encodeEmbed(r *llm.Request) (json.Value, error) {
	p := r.Passages
	switch {
	case p.Tokens != nil:
		return nil, llm.Unsupported("input", "Amazon Bedrock takes texts, and no lists of tokens.")
	case strings.Contains(r.Model, cohereEmbed):
		return json.Marshal(&cohereRequest{Texts: p.Texts, InputType: cmp.Or(p.InputType, "search_document"), Dimensions: p.Dimensions})
	case strings.Contains(r.Model, titanEmbed):
		return json.Marshal(&titanRequest{Text: p.Texts[0], Dimensions: p.Dimensions})
	}
	return nil, llm.Unsupported("model", "Of Amazon Bedrock this server makes embeddings by the models %s… and %s….", titanEmbed, cohereEmbed)
}

// embedResponse is an answer with vectors: of Titan one, of Cohere's models a list, or lists by their types.
type embedResponse struct {
	Embedding  llm.Vector `json:"embedding"`
	Tokens     llm.Count  `json:"inputTextTokenCount"`
	Embeddings vectors    `json:"embeddings"`
}

type vectors []llm.Vector

// UnmarshalJSONFrom reads a list, or an object of lists.
func (v *vectors) UnmarshalJSONFrom(dec *json.Decoder) error {
	if dec.PeekKind() != json.KindObject {
		return json.Decode(dec, (*[]llm.Vector)(v))
	}
	var typed struct {
		Float []llm.Vector `json:"float"`
	}
	err := json.Decode(dec, &typed)
	*v = typed.Float
	return err
}

func decodeEmbed(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w embedResponse
	if err := json.UnmarshalForeign(body, &w); err != nil || len(w.Embedding)+len(w.Embeddings) == 0 {
		return nil, call.Unusable(h, body)
	}
	if w.Embedding != nil {
		w.Embeddings = vectors{w.Embedding}
	}
	out := &llm.Response{Vectors: llm.Vectors(w.Embeddings), Usage: llm.Usage{Input: w.Tokens.N, Known: w.Tokens.Told}}
	if n, err := strconv.ParseInt(h.Get("X-Amzn-Bedrock-Input-Token-Count"), 10, 64); err == nil && n >= 0 && !w.Tokens.Told {
		out.Usage = llm.Usage{Input: n, Known: true}
	}
	return out, nil
}
