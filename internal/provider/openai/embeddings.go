package openai

import (
	"cmp"
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
	"github.com/openloop-server/openloop/internal/vendor"
)

// embedBatch is how many passages a call takes. The API takes 2,048, but the answer would be too large.
const embedBatch = 512

// embed is the call for vectors, nil for a vendor that makes none.
func (v *Vendor) embed() *llmhttp.Whole {
	if v.NoEmbeddings {
		return nil
	}
	return &llmhttp.Whole{
		Below:  func(base string) (llmhttp.Endpoint, error) { return v.below(llm.Embeddings, base) },
		Encode: v.encodeEmbed, Decode: decodeEmbed, Batch: func(string) int { return embedBatch },
	}
}

func (v *Vendor) encodeEmbed(r *llm.Request) (json.Value, error) {
	p, b := r.Passages, object(json.AppendString([]byte(`{"model":`), r.Model)).name("input")
	if p.Tokens != nil {
		b = json.AppendValue(b, p.Tokens)
	} else {
		b = json.AppendValue(b, p.Texts)
	}
	if p.Dimensions > 0 {
		b = b.int(cmp.Or(v.DimensionsName, "dimensions"), int64(p.Dimensions))
	}
	if v.Base64 {
		b = b.string("encoding_format", "base64")
	}
	b = b.text("input_type", p.InputType)
	if v.Takes(vendor.User) {
		b = b.text("user", r.User)
	}
	return json.Value(append(b, '}')), nil
}

// embedded is an answer with vectors.
type embedded struct {
	Data []struct {
		Index     int        `json:"index"`
		Embedding llm.Vector `json:"embedding"`
	} `json:"data"`
	Model string     `json:"model"`
	Usage json.Value `json:"usage"`
	Error json.Value `json:"error"`
}

func decodeEmbed(call failure.Call, h http.Header, body []byte) (*llm.Response, error) {
	var in embedded
	if err := json.UnmarshalForeign(body, &in); err != nil || len(in.Data) == 0 || failed(in.Error, true) {
		return nil, call.Unusable(h, body)
	}
	out := &llm.Response{Model: in.Model, Usage: usage.Of(in.Usage, nil), Vectors: make([][]float32, len(in.Data))}
	for i, d := range in.Data {
		at := d.Index
		if at < 0 || at >= len(in.Data) || out.Vectors[at] != nil { // some vendors leave the index out
			at = i
		}
		out.Vectors[at] = d.Embedding
	}
	for _, v := range out.Vectors {
		if len(v) == 0 {
			return nil, call.Unusable(h, body)
		}
	}
	return out, nil
}
