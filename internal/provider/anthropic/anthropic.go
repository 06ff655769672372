// Package anthropic speaks Anthropic's Messages API.
//
// What a Prompt says is translated as follows; every other part that the API lacks is an error of reason unsupported_parameter.
//
//   - System and developer messages go to `system`, in order, wherever they stand: the API has one place for them, and Anthropic's
//     own OpenAI-compatible endpoint moves them there too.
//   - Neighbouring messages of one role become one message, so the results of parallel tool calls go back together. Texts that are empty
//     or white space, which the API refuses, are left out, and so are a message's name and an image's detail, which it does not know.
//   - A chat with tool calls that comes without tools is sent with those that it calls, and a tool choice of none: the API demands tools.
//   - An id of a tool call with other characters than letters, digits, "_" and "-" is replaced by one made from it.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}, as Anthropic advises.
//   - max_tokens is required by the API. Without one it is set by the family of the model: 4,096 for Claude 3, 8,192 for 3.5,
//     32,000 from 3.7 to 4.1, 64,000 from 4.5 on, and 8,192 for a name that tells no version.
//   - reasoning_effort as a number is the thinking budget, which is part of max_tokens and has to be smaller. As a level it is
//     `output_config.effort` with adaptive thinking from Claude 4.6 on, and before that a budget of 1,024 (minimal, low), 8,192
//     (medium) or 24,576 tokens (high), halved with max_tokens where it would not fit. "none" turns thinking off.
//   - Values that change nothing are not sent, because newer models refuse the parameters: a temperature or top_p of 1, and
//     penalties of 0.
//   - Members of `other`, such as top_k, cache_control or service_tier, go into the request as they are and win.
//
// A tool choice that demands a call is refused when there are no tools.
// A thinking block goes back only with its signature, and only one that Claude signed, before the text and the tool calls of its message.
// With a thinking budget the API refuses to go on with an answer that called tools without having thought, as that of another provider;
// the model then goes on without thinking.
package anthropic

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
	"openloop/internal/vendor"
)

// Provider is the wire of Anthropic.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, a vendor.Access) (llm.Driver, error) {
		return New(hc, Vendor{Slug: v.Slug, BaseURL: cmp.Or(a.BaseURL, v.BaseURL)})
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Anthropic serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, Tools: true, ParallelTools: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, User: true, CachedUsage: true,
		},
	}}}
}

// Vendor is a service that speaks the Messages API.
type Vendor struct {
	Slug    string
	BaseURL string                       // without /v1, as ANTHROPIC_BASE_URL
	Header  func(key string) http.Header // of a request; nil means Anthropic's own x-api-key

	// Models is for Google Vertex AI, which has the model in the path, the version of the API in the body, and takes no images by URL: the
	// path before the model's name, as "/v1/projects/p/locations/l/publishers/anthropic/models/". "" means Anthropic's own form.
	Models string
}

const (
	path          = "/v1/messages"
	version       = "2023-06-01"
	vertexVersion = "vertex-2023-10-16"
)

// New returns the driver of v. It fails when the base URL is not one.
func New(hc *llmhttp.Client, v Vendor) (*llmhttp.Driver, error) {
	if v.Header == nil {
		v.Header = defaultHeader
	}
	vertex := v.Models != ""
	serves := Declaration().Endpoints
	serves[0].ImageURL = !vertex
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: failure.VendorOf(v.Slug), Serves: serves, BaseURL: v.BaseURL, Below: v.below, Header: v.Header,
		Encode:  func(r *llm.Request, stream bool) (json.Value, error) { return encode(r, stream, vertex) },
		Decode:  decode,
		Decoder: func() llmhttp.Decoder { return new(decoder) },
	})
}

func (v *Vendor) below(baseURL string) (llmhttp.Endpoint, error) {
	base, err := llmhttp.ParseBase(baseURL)
	if err != nil {
		return nil, err
	}
	if v.Models != "" {
		return func(r *llm.Request, stream bool) *url.URL { return base.Join(v.pathOf(r.Model, stream)) }, nil
	}
	endpoint := base.Join(path)
	return func(*llm.Request, bool) *url.URL { return endpoint }, nil
}

// pathOf is the path of a model on Google Vertex AI.
func (v *Vendor) pathOf(model string, stream bool) string {
	method := ":rawPredict"
	if stream {
		method = ":streamRawPredict"
	}
	return v.Models + url.PathEscape(model) + method
}

func defaultHeader(key string) http.Header {
	if key == "" {
		return llmhttp.JSONHeader("Anthropic-Version", version)
	}
	return llmhttp.JSONHeader("X-Api-Key", key, "Anthropic-Version", version)
}
