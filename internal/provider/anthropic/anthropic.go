// Package anthropic speaks Anthropic's Messages API.
//
// A Prompt is translated as follows. Everything else that the API lacks is an error of reason unsupported_parameter.
//
//   - System and developer messages go to `system` in their order, wherever they are, because the API has one place for them.
//     Anthropic's own OpenAI-compatible endpoint does the same.
//   - Consecutive messages of one role become one message, so the results of parallel tool calls go back together. Texts that are empty
//     or white space are left out, because the API refuses them. So are a message's name and an image's detail, which it does not have.
//   - A chat with tool calls but without tools is sent with the called tools and a tool choice of none, because the API requires tools.
//   - An id of a tool call with characters other than letters, digits, "_" and "-" is replaced by one derived from it.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}, as Anthropic advises.
//   - The API requires max_tokens. If it is absent, the family of the model determines it: 4,096 for Claude 3, 8,192 for 3.5, 32,000
//     from 3.7 to 4.1, 64,000 from 4.5 on, and 8,192 for a name without a version.
//   - reasoning_effort as a number is the thinking budget, which is part of max_tokens and must be smaller. As a level, it is
//     `output_config.effort` with adaptive thinking from Claude 4.6 on. Before that, it is a budget of 1,024 (minimal, low), 8,192
//     (medium) or 24,576 tokens (high), or half of max_tokens if the budget would not fit. "none" turns thinking off.
//   - Values without effect are not sent, because newer models refuse the parameters: a temperature or top_p of 1, and penalties of 0.
//   - Files are documents: PDF, which the API reads itself, and texts. What else a file holds is refused.
//   - cache_control stays where it is, on tools, on parts of messages and, of a message, on its last block that is no thinking. Of more than
//     four marks the last four stay.
//   - Members of `other`, such as service_tier, are added to the request unchanged and override the translated
//     ones.
//
// A tool choice that forces a call is refused if there are no tools.
//
// A thinking block goes back only if Claude signed it, with its signature, before the text and the tool calls of its message. With a
// thinking budget, the API refuses to continue an answer that called tools without thinking, such as one of another provider. Such a call
// is sent without thinking.
package anthropic

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/toolnames"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for Anthropic and declares what it serves.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, _ vendor.Access) (llm.Driver, error) {
		return New(hc, Vendor{Slug: v.Slug, BaseURL: v.BaseURL})
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Anthropic serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Counts: countPath, Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: path,
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, FileURL: true, FileData: true, Tools: true, ParallelTools: true, ToolErrors: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, User: true,
			SerialTools: true, TopK: true, HideThinking: true, Cache: true, CachedUsage: true,
		},
	}}}
}

// Vendor is a service that speaks the Messages API.
type Vendor struct {
	Slug    string
	BaseURL string                       // without /v1, like ANTHROPIC_BASE_URL
	Header  func(key string) http.Header // returns the header of a request; nil means Anthropic's own x-api-key

	// Models is set for Google Vertex AI, where the path holds the model, the body holds the version of the API, and images cannot be
	// URLs. It is the path before the model's name, such as "/v1/projects/p/locations/l/publishers/anthropic/models/". "" means
	// Anthropic's own form.
	Models string
}

const (
	path          = "/v1/messages"
	version       = "2023-06-01"
	vertexVersion = "vertex-2023-10-16"
)

// New returns the driver of v. It fails if the base URL is invalid.
func New(hc *llmhttp.Client, v Vendor) (*llmhttp.Driver, error) {
	if v.Header == nil {
		v.Header = defaultHeader
	}
	vertex := v.Models != ""
	serves := Declaration().Endpoints
	serves[0].ImageURL, serves[0].FileURL = !vertex, !vertex
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: failure.VendorOf(v.Slug), Serves: serves, BaseURL: v.BaseURL, Below: v.below, Header: v.Header,
		Encode:  func(r *llm.Request, stream bool) (json.Value, error) { return encode(r, stream, vertex) },
		Decode:  decode,
		Decoder: func() llmhttp.Decoder { return new(decoder) },
		Count:   &llmhttp.Whole{Below: v.belowCount, Encode: func(r *llm.Request) (json.Value, error) { return encodeCount(r, vertex) }, Decode: decodeCount},
		Native:  v.native(),
		Names:   toolnames.Rule{Max: 128}, // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
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

// subscription begins the tokens of people who sign in, in place of keys.
const subscription = "sk-ant-oat"

func defaultHeader(key string) http.Header {
	switch {
	case key == "":
		return llmhttp.JSONHeader("Anthropic-Version", version)
	case strings.HasPrefix(key, subscription):
		return llmhttp.JSONHeader("Authorization", "Bearer "+key, "Anthropic-Version", version)
	}
	return llmhttp.JSONHeader("X-Api-Key", key, "Anthropic-Version", version)
}
