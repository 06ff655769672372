package openai

import (
	"cmp"
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/embeddings"
	"github.com/openloop-server/openloop/internal/dialect/tokens"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/web"
)

type createEmbeddings struct {
	ingress.Headers
	Body embeddings.Params `body:"json"`
}

var embeddingsDialect = ingress.Dialect{Name: "openai.embeddings", Owner: Owner}

func embeddingsOperation(s *ingress.Service) web.Operation {
	return web.JSON(func(ctx context.Context, in *createEmbeddings) (*embeddings.List, error) {
		p, err := in.Body.Passages()
		if err != nil {
			return nil, err
		}
		c := &dialect.Call{Name: in.Body.Model, Inputs: in.Body.Log(), Request: llm.Request{User: in.Body.User}}
		out, err := s.Embed(ctx, embeddingsDialect, c, p, &in.Headers)
		if err != nil {
			return nil, err
		}
		list := &embeddings.List{Vectors: out.Vectors, Base64: in.Body.EncodingFormat == "base64", Model: cmp.Or(out.Log.Alias, out.Log.Model), Tokens: out.Log.Usage.Prompt()}
		if !out.Log.Usage.Known {
			list.Tokens, list.Estimated = tokens.OfPassages(p), true
		}
		return list, nil
	})
}
