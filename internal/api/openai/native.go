package openai

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/api/ingress"
)

// forwarded are the headers of OpenAI's clients that go to a provider.
func forwarded(beta string) http.Header {
	return ingress.Forwarded(map[string]string{"OpenAI-Beta": beta})
}
