package openai

import (
	"net/http"
	"slices"

	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/web/input"
)

// read returns the request that a body is in the portable model, with the members that are not known among those without effect.
func read[T any](body *input.Deferred[T], call func(*T) (*dialect.Call, error)) (*dialect.Call, error) {
	b, err := body.Value()
	if err != nil {
		return nil, err
	}
	c, err := call(b)
	if err != nil {
		return nil, err
	}
	c.Ignored = slices.Concat(body.Ignored(), c.Ignored)
	return c, nil
}

// streams reports whether a body asks for a stream.
func streams[T any](body *input.Deferred[T], asks func(*T) bool) bool {
	b, err := body.Value()
	if err != nil {
		return dialect.Streams(body.Raw)
	}
	return asks(b)
}

// forwarded are the headers of OpenAI's clients that go to a provider.
func forwarded(beta string) http.Header {
	return ingress.Forwarded(map[string]string{"OpenAI-Beta": beta})
}
