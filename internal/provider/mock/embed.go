package mock

import (
	"context"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// Embed implements [llm.Embedder]: embed/DIMS makes vectors of DIMS numbers, or as many as are asked for. error/REASON fails.
func (d *Driver) Embed(_ context.Context, r *llm.Request) (*llm.Response, error) {
	name, rest, _ := strings.Cut(r.Model, "/")
	if failure, ok := failureOf(errs.Reason(rest), r.Model); ok && name == "error" {
		return nil, failure
	}
	dims, ok := number(rest, maxDims)
	if name != "embed" || !ok || dims == 0 {
		return nil, unknownModel(r.Model)
	}
	p := r.Passages
	switch {
	case p.Tokens != nil:
		return nil, llm.Unsupported("input", "%s takes texts, and no lists of tokens.", Display)
	case p.Dimensions > maxDims:
		return nil, llm.Unsupported("dimensions", "%s makes vectors of %d numbers at most.", Display, maxDims)
	case p.Dimensions > 0:
		dims = p.Dimensions
	}
	out := &llm.Response{Model: r.Model, Usage: llm.Usage{Known: true}, RawRequest: written(map[string]any{"model": r.Model, "texts": p.Texts})}
	for _, text := range p.Texts {
		out.Vectors = append(out.Vectors, Embedding(text, dims))
		out.Usage.Input += int64(countWords(text))
	}
	return out, nil
}

const maxDims = 4096
