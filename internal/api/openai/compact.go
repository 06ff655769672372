package openai

import (
	"context"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/dialect/responses"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// compactOperation has a provider put a conversation into fewer tokens. Only that provider can read the outcome, so no other can answer.
func compactOperation(s *ingress.Service) web.Operation {
	return ingress.Serve(s, ingress.Operation[createResponse, json.Value]{
		Dialect: responsesDialect,
		Ask: func(ctx context.Context, in *createResponse) (*dialect.Call, *ingress.Headers, error) {
			if err := (keptResponses{s}).goOn(ctx, in); err != nil {
				return nil, nil, err
			}
			return nil, &in.Headers, in.notCompacted()
		},
		Native: func(in *createResponse) *ingress.Native {
			out := in.native()
			if out != nil {
				out.Compacts, out.Stored, out.Note = true, false, nil
			}
			return out
		},
		Wanted: func(*createResponse) bool { return false },
	})
}

// notCompacted is the answer where no target compacts: what is wrong with a request that names no model, or else why others cannot.
func (in *createResponse) notCompacted() error {
	if in.text == nil || responses.View(in.Body.Raw).Name == "" {
		if _, err := ingress.Read(&in.Body, (*responses.ResponseParams).Call); err != nil {
			return err
		}
	}
	return dialect.Unsupported("Only OpenAI and Azure OpenAI compact conversations, and only those that they alone have answered. Name one of their models.", "model")
}
