package openai

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Vendor is a service that speaks OpenAI's wire format in the form of its [vendor.Dialect].
type Vendor vendor.Vendor

// signer is v as the one that encrypts reasoning.
func (v *Vendor) signer() llm.Signer {
	out := llm.Signer{Name: v.Slug}
	switch {
	case v.Encrypts:
		out.Bare = llm.FernetShape
	case v.Reasoning == vendor.ReasoningDetails:
		out.Bare = llm.DetailShape
	}
	return out
}

func (v *Vendor) header(key string) http.Header {
	if v.Auth == vendor.APIKeyHeader && key != "" {
		return llmhttp.JSONHeader("Api-Key", key)
	}
	return llmhttp.BearerHeader(key)
}
