package embeddings

import (
	"strconv"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// List is an answer: the vectors of all inputs, in their order.
type List struct {
	Vectors [][]float32
	Base64  bool // as they are written; otherwise as lists of numbers
	Model   string

	Tokens    int64 // of the inputs
	Estimated bool  // Tokens is no count of the provider
}

// AppendJSON appends l as JSON. Numbers have the fewest digits that tell them apart.
func (l *List) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"object":"list","data":[`...)
	for i, v := range l.Vectors {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"object":"embedding","index":`...)
		dst = strconv.AppendInt(dst, int64(i), 10)
		dst = append(dst, `,"embedding":`...)
		dst = append(l.appendVector(dst, v), '}')
	}
	dst = append(dst, `],"model":`...)
	dst = json.AppendString(dst, l.Model)
	dst = json.AppendValue(append(dst, `,"usage":`...), used{l.Tokens, l.Tokens, l.Estimated})
	return append(dst, '}')
}

// JSONSchema implements [schema.Schemer].
func (List) JSONSchema() *schema.Schema { return schema.Any() }

func (l *List) appendVector(dst []byte, v []float32) []byte {
	if l.Base64 {
		return append(llm.AppendBase64(append(dst, '"'), v), '"')
	}
	dst = append(dst, '[')
	for i, n := range v {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendFloat(dst, float64(n), 'g', -1, 32)
	}
	return append(dst, ']')
}

// used are the tokens of a call.
type used struct {
	PromptTokens int64 `json:"prompt_tokens"`
	TotalTokens  int64 `json:"total_tokens"`
	Estimated    bool  `json:"estimated,omitzero"`
}
