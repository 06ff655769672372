// Package cohere speaks the second version of Cohere's chat API.
//
// A Prompt is translated as follows. Everything else that the API lacks is an error of reason unsupported_parameter.
//
//   - Developer messages become system messages. Empty messages are left out, because the API refuses them. So are a message's name and
//     the end user's label, which it does not have.
//   - One strict tool turns on `strict_tools`, which applies to all tools of a call.
//   - The API can force a call, but not of a named function. For that, only the named tool is sent.
//   - A response_format of type json_schema is the API's json_object with a schema.
//   - reasoning_effort as a number is the thinking budget. As a level, it is a budget of 1,024 (minimal, low) or 8,192 tokens (medium);
//     "high" is thinking without a budget, as in Cohere's OpenAI-compatible endpoint, and "none" turns thinking off.
//   - The API returns the log probability of each token of the answer, but no alternatives, so logprobs is 0 or 1.
//   - A top_p of 1 is sent as 0.99, the highest value that the API accepts, because its default is lower. Penalties of 0 are not sent.
//   - Embeddings are asked for as numbers, 96 texts a call, with the `input_type` search_document unless the request has another.
//   - Members of `other`, such as k, documents, safety_mode or citation_options, are added to the request unchanged and override the
//     translated ones.
//
// A tool plan, which models write before they call tools, is thinking. Beside tool calls, thinking goes back as a tool plan, which is
// where the templates of Cohere's models expect it. Otherwise it goes back as thinking. A block with a signature comes from another
// provider and does not go back.
//
// Usage is what Cohere bills, because its other token counts include instructions of its own. There, tokens read from a cache are part
// of the input.
package cohere

import (
	"context"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for Cohere and declares what it serves.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, _ vendor.Access) (llm.Driver, error) {
		return New(hc, failure.VendorOf(v.Slug), v.BaseURL)
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Cohere serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Embeds: embedPath, Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
			Penalties: true, CachedUsage: true,
		},
	}}}
}

const path = "/v2/chat"

// New returns the driver of v. The base URL has no version, as in Cohere's SDK. A base URL that ends in a version, as in older SDKs, works
// too. New fails if the base URL is invalid.
func New(hc *llmhttp.Client, v failure.Vendor, baseURL string) (*llmhttp.Driver, error) {
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: v, Serves: Declaration().Endpoints, BaseURL: baseURL, Below: below(path), Header: llmhttp.BearerHeader,
		Encode: encode, Decode: decode,
		Decoder: func() llmhttp.Decoder { return new(decoder) },
		Embed:   &llmhttp.Whole{Below: below(embedPath), Encode: encodeEmbed, Decode: decodeEmbed, Batch: func(string) int { return embedBatch }},
	})
}

// below returns where the calls of a path go.
func below(path string) func(baseURL string) (llmhttp.Endpoint, error) {
	return func(baseURL string) (llmhttp.Endpoint, error) {
		baseURL = strings.TrimRight(strings.TrimSpace(baseURL), "/")
		for _, version := range [...]string{"/v1", "/v2"} {
			baseURL = strings.TrimSuffix(baseURL, version)
		}
		base, err := llmhttp.ParseBase(baseURL)
		if err != nil {
			return nil, err
		}
		endpoint := base.Join(path)
		return func(*llm.Request, bool) *url.URL { return endpoint }, nil
	}
}
