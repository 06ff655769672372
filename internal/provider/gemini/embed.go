package gemini

import (
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// The most texts of a call for vectors: of the Gemini API, of Vertex AI, and there of models that take one.
const (
	embedBatch   = 100
	predictBatch = 250
)

// embed is the call for vectors.
func (v *Vendor) embed() *llmhttp.Whole {
	if v.Predict {
		return &llmhttp.Whole{Below: v.at("predict"), Encode: encodePredict, Decode: decodePredict, Batch: func(model string) int {
			if strings.HasPrefix(model, "gemini-") {
				return 1
			}
			return predictBatch
		}}
	}
	return &llmhttp.Whole{Below: v.at("batchEmbedContents"), Encode: encodeEmbed, Decode: decodeEmbed, Batch: func(string) int { return embedBatch }}
}

// taskOf returns Google's word for what vectors are for. A word that is not Cohere's is taken to be Google's.
func taskOf(inputType string) string {
	switch inputType {
	case "search_document":
		return "RETRIEVAL_DOCUMENT"
	case "search_query":
		return "RETRIEVAL_QUERY"
	}
	return strings.ToUpper(inputType)
}

// resource returns the name of a model with its collection.
func resource(model string) string {
	if strings.Contains(model, "/") {
		return model
	}
	return "models/" + model
}

func textsOf(r *llm.Request) ([]string, error) {
	if r.Passages.Tokens != nil {
		return nil, llm.Unsupported("input", "Google takes texts, and no lists of tokens.")
	}
	return r.Passages.Texts, nil
}

// embedRequests is the body of a call for vectors of the Gemini API.
type embedRequests struct {
	Requests []embedRequest `json:"requests"`
}

type embedRequest struct {
	Model      string  `json:"model"`
	Content    content `json:"content"`
	TaskType   string  `json:"taskType,omitzero"`
	Dimensions int     `json:"outputDimensionality,omitzero"`
}

func encodeEmbed(r *llm.Request) (json.Value, error) {
	texts, err := textsOf(r)
	if err != nil {
		return nil, err
	}
	var out embedRequests
	for i := range texts {
		out.Requests = append(out.Requests, embedRequest{
			Model: resource(r.Model), Content: content{Parts: []part{{Text: &texts[i]}}}, TaskType: taskOf(r.Passages.InputType), Dimensions: r.Passages.Dimensions,
		})
	}
	return json.Marshal(&out)
}

func decodeEmbed(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w struct {
		Embeddings []embedding `json:"embeddings"`
		Usage      struct {
			Prompt llm.Count `json:"promptTokenCount"`
		} `json:"usageMetadata"`
	}
	if err := json.UnmarshalForeign(body, &w); err != nil || len(w.Embeddings) == 0 {
		return nil, call.Unusable(h, body)
	}
	out := &llm.Response{Usage: llm.Usage{Input: w.Usage.Prompt.N, Known: w.Usage.Prompt.Told}}
	for _, e := range w.Embeddings {
		out.Vectors = append(out.Vectors, e.Values)
	}
	return out, nil
}

// embedding is a vector in an answer. Statistics are of Vertex AI alone.
type embedding struct {
	Values     llm.Vector `json:"values"`
	Statistics struct {
		Tokens llm.Count `json:"token_count"`
	} `json:"statistics"`
}

// prediction is the body of a call for vectors of Vertex AI.
type prediction struct {
	Instances  []instance        `json:"instances"`
	Parameters predictParameters `json:"parameters,omitzero"`
}

type instance struct {
	Content  string `json:"content"`
	TaskType string `json:"task_type,omitzero"`
}

type predictParameters struct {
	Dimensions int `json:"outputDimensionality,omitzero"`
}

func encodePredict(r *llm.Request) (json.Value, error) {
	texts, err := textsOf(r)
	if err != nil {
		return nil, err
	}
	out := prediction{Parameters: predictParameters{r.Passages.Dimensions}}
	for _, text := range texts {
		out.Instances = append(out.Instances, instance{text, taskOf(r.Passages.InputType)})
	}
	return json.Marshal(&out)
}

func decodePredict(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var w struct {
		Predictions []struct {
			Embeddings embedding `json:"embeddings"`
		} `json:"predictions"`
	}
	if err := json.UnmarshalForeign(body, &w); err != nil || len(w.Predictions) == 0 {
		return nil, call.Unusable(h, body)
	}
	out := new(llm.Response)
	for _, p := range w.Predictions {
		out.Vectors = append(out.Vectors, p.Embeddings.Values)
		out.Usage.Input += p.Embeddings.Statistics.Tokens.N
		out.Usage.Known = out.Usage.Known || p.Embeddings.Statistics.Tokens.Told
	}
	return out, nil
}
