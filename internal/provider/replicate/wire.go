package replicate

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// request is the body that creates a prediction.
type request struct {
	Version string     `json:"version,omitzero"`
	Input   json.Value `json:"input"`
	Stream  bool       `json:"stream,omitzero"`
}

// prediction is the state of one.
type prediction struct {
	ID          string     `json:"id"`
	Model       string     `json:"model"`
	Status      string     `json:"status"`
	Output      json.Value `json:"output"`
	CompletedAt string     `json:"completed_at"`
	Metrics     json.Value `json:"metrics"`
	URLs        struct {
		Stream string `json:"stream"`
	} `json:"urls"`

	raw    []byte      // as it was sent
	header http.Header // of the answer that it was in
}

// metrics count the tokens of official language models.
type metrics struct {
	Input  llm.Count `json:"input_token_count"`
	Output llm.Count `json:"output_token_count"`
}

// ending is the data of the event that ends a stream.
type ending struct {
	Reason string `json:"reason"` // "" for success
}
