// Package cohere speaks the second version of Cohere's chat API.
//
// What a Prompt says is translated as follows; every other part that the API lacks is an error of reason unsupported_parameter.
//
//   - Developer messages are system messages. Messages that say nothing, which the API refuses, are left out, and so are a message's
//     name and the end user's label, which it does not know.
//   - One strict tool turns on `strict_tools`, which holds for all tools of a call.
//   - The API can demand a call, but not of a named function. Of that one the other tools are not sent.
//   - A response_format of type json_schema is the API's json_object with the schema beside it.
//   - reasoning_effort as a number is the thinking budget. As a level it is a budget of 1,024 (minimal, low) or 8,192 tokens (medium);
//     "high" is thinking without a budget, as in Cohere's OpenAI-compatible endpoint, and "none" turns thinking off.
//   - The API tells the log probability of each token of the answer and knows no alternatives, so logprobs is 0 or 1.
//   - A top_p of 1 is sent as 0.99, the most that the API takes, because its default is lower still. Penalties of 0 are not sent.
//   - Members of `other`, such as k, documents, safety_mode or citation_options, go into the request as they are and win.
//
// A tool plan, which models write before they call tools, is thinking. Thinking goes back as a tool plan beside tool calls, which is the
// place that the templates of Cohere's models have for it there, and as thinking otherwise. A block with a signature is another
// provider's and does not go back.
//
// Usage is what Cohere bills, because the token counts that it reports beside that hold instructions of its own. What it read from a
// cache is part of the input there.
package cohere

import (
	"cmp"
	"context"
	"net/url"
	"strings"

	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/vendor"
)

// Provider is the wire of Cohere.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, a vendor.Access) (llm.Driver, error) {
		return New(hc, failure.VendorOf(v.Slug), cmp.Or(a.BaseURL, v.BaseURL))
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Cohere serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONObject: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
			Penalties: true, CachedUsage: true,
		},
	}}}
}

const path = "/v2/chat"

// New returns the driver of v. The base URL is without the version, as in Cohere's SDK; one that ends in a version, as older SDKs had it,
// is taken too. New fails when it is not one.
func New(hc *llmhttp.Client, v failure.Vendor, baseURL string) (*llmhttp.Driver, error) {
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: v, Serves: Declaration().Endpoints, BaseURL: baseURL, Below: below, Header: llmhttp.BearerHeader,
		Encode: encode, Decode: decode,
		Decoder: func() llmhttp.Decoder { return new(decoder) },
	})
}

func below(baseURL string) (llmhttp.Endpoint, error) {
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
