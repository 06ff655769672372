// Package gemini speaks the generateContent API of Google's Gemini models.
//
// A Prompt is translated as follows. Everything else that the API lacks is an error of reason unsupported_parameter.
//
//   - System and developer messages go to `systemInstruction` in their order, wherever they are, because the API has one place for
//     them.
//   - Consecutive messages of one role become one turn. The results of functions come first, in the order of their calls. A result that
//     is not a JSON object, or contains a `$ref`, is sent as {"result": …}. The API requires the function's name, which is found by the
//     id of the tool call. If the API sends no ids, they are generated. If the service refuses ids, names and order match results to
//     calls.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}.
//   - Texts that are empty or white space are left out.
//   - Images are sent inline if they are data URIs, and as URLs otherwise, with a media type derived from the URL's ending. A message's
//     name, an image's detail and the end user's label are left out, because the API does not have them.
//   - Files and audio are sent like images.
//   - A strict tool turns the mode "auto" into VALIDATED, which makes all calls follow their schemas, as "required" does anyway.
//   - reasoning_effort as a number is thinkingBudget. As a level, it is thinkingLevel. For Gemini 2.5 and older it is a budget of 1,024
//     (minimal, low), 8,192 (medium) or 24,576 tokens (high), as in Google's OpenAI-compatible endpoint. "none" is a budget of 0. With
//     either, thoughts are requested.
//   - Penalties of 0 are not sent, because some models refuse the parameters.
//   - The `input_type` of embeddings becomes `taskType`: search_query is RETRIEVAL_QUERY, search_document RETRIEVAL_DOCUMENT.
//   - Members of `other` are added to the request unchanged and override the translated ones. Members of its generationConfig are added
//     one by one. So are members of generationConfig directly in `other`, such as topK or top_k.
//
// The signature of a text goes back on the text of the same message, and that of a function call on the call, but only to the provider
// that signed it. If the model requires a signature and the call has none, because another provider made it, it gets the value that
// Google documents for this case.
package gemini

import (
	"cmp"
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

// Provider makes drivers for Google's Gemini API and declares what it serves.
var Provider = llmhttp.Provider{
	Open: func(_ context.Context, hc *llmhttp.Client, v vendor.Vendor, _ vendor.Access) (llm.Driver, error) {
		return New(hc, Vendor{Slug: v.Slug, BaseURL: v.BaseURL})
	},
	Declare: func(vendor.Vendor) llm.Declaration { return Declaration() },
}

// Declaration says what Google's Gemini API serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Embeds: defaultPrefix + "/models/MODEL:batchEmbedContents", Counts: defaultPrefix + "/models/MODEL:countTokens", Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: defaultPrefix + "/models/MODEL:generateContent",
		Abilities: llm.Abilities{
			Chat: true, ImageURL: true, ImageData: true, FileURL: true, FileData: true, Audio: true, Tools: true, ParallelTools: true, ToolErrors: true, JSONObject: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, LogProbs: true, Stop: true, Seed: true,
			Penalties: true, TopK: true, CachedUsage: true,
		},
	}}}
}

// Vendor is a service that speaks the API.
type Vendor struct {
	Slug    string
	BaseURL string                       // without the version, as in Google's SDK
	Prefix  string                       // path before /models/; "" means that of the Gemini API
	Header  func(key string) http.Header // returns the header of a request; nil means the Gemini API's own x-goog-api-key
	NoIDs   bool                         // refuses ids of function calls and matches calls by name, as Google Vertex AI does
	Predict bool                         // makes vectors by its operation predict, and counts a request as it is, as Google Vertex AI does
}

const defaultPrefix = "/v1beta"

// New returns the driver of v. It fails if the base URL is invalid.
func New(hc *llmhttp.Client, v Vendor) (*llmhttp.Driver, error) {
	v.Prefix = cmp.Or(v.Prefix, defaultPrefix)
	if v.Header == nil {
		v.Header = defaultHeader
	}
	signer := signerOf(v.Slug)
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: failure.VendorOf(v.Slug), Serves: Declaration().Endpoints, BaseURL: v.BaseURL, Below: v.below, Header: v.Header,
		Encode:  func(r *llm.Request, _ bool) (json.Value, error) { return encode(r, signer, !v.NoIDs) },
		Decode:  decode,
		Decoder: func() llmhttp.Decoder { return new(decoder) },
		Signer:  func(string) llm.Signer { return signer },
		Embed:   v.embed(),
		Count: &llmhttp.Whole{Below: v.at("countTokens"), Decode: decodeCount, Encode: func(r *llm.Request) (json.Value, error) {
			return v.encodeCount(r, signer)
		}},
		Names: toolnames.Rule{Max: 64, Also: ".:", Letter: true}, // https://ai.google.dev/api/caching#FunctionDeclaration
	})
}

func (v *Vendor) below(baseURL string) (llmhttp.Endpoint, error) {
	base, err := llmhttp.ParseBase(baseURL)
	return func(r *llm.Request, stream bool) *url.URL { return v.endpoint(base, r.Model, stream) }, err
}

// endpoint is the URL of a model for an answer.
func (v *Vendor) endpoint(base llmhttp.Base, model string, stream bool) *url.URL {
	if !stream {
		return v.operation(base, model, "generateContent")
	}
	u := v.operation(base, model, "streamGenerateContent")
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "alt=sse"
	return u
}

// operation is the URL of an operation of a model, which may be named with its collection ("tunedModels/x").
func (v *Vendor) operation(base llmhttp.Base, model, operation string) *url.URL {
	collection, name, ok := strings.Cut(model, "/")
	if !ok {
		collection, name = "models", model
	}
	return base.Join(v.Prefix + "/" + url.PathEscape(collection) + "/" + url.PathEscape(name) + ":" + operation)
}

// at returns where the calls of an operation go.
func (v *Vendor) at(operation string) func(baseURL string) (llmhttp.Endpoint, error) {
	return func(baseURL string) (llmhttp.Endpoint, error) {
		base, err := llmhttp.ParseBase(baseURL)
		return func(r *llm.Request, _ bool) *url.URL { return v.operation(base, r.Model, operation) }, err
	}
}

func defaultHeader(key string) http.Header {
	if key == "" {
		return llmhttp.JSONHeader()
	}
	return llmhttp.JSONHeader("X-Goog-Api-Key", key)
}
