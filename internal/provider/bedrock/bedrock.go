// Package bedrock speaks the Converse and ConverseStream operations of the Amazon Bedrock Runtime, for models of every family.
//
// A Prompt is translated as follows. Everything else that the API lacks is an error of reason unsupported_parameter.
//
//   - The model is anything that Bedrock accepts as one: the id of a model or an inference profile, or an ARN.
//   - System and developer messages go to `system` in their order, wherever they are, because the API has one place for them.
//   - Consecutive messages of one role become one message, so the results of parallel tool calls go back together. Texts that are empty
//     or white space are left out, because the API refuses them. So are a message's name, an image's detail and the end user's label. An
//     empty result of a tool becomes a text that says so, except for Claude, which accepts it.
//   - An id of a tool call that is longer than 64 characters, or has characters other than letters, digits, "_" and "-", is replaced by
//     one derived from it.
//   - Images must be base64 data URIs (PNG, JPEG, GIF, WebP). The API does not fetch URLs.
//   - Files must be base64 data URIs: PDF, Word, Excel, CSV, HTML, Markdown and texts. Their names lose the characters that the API refuses.
//   - cache_control is a `cachePoint` for Claude and Amazon Nova, and left out for other models. Of more than four the last four stay.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}.
//   - The API has no tool choice "none". If the conversation has no tool calls or results, the tools are not sent. Otherwise the tool
//     choice is refused.
//   - A chat with tool calls but without tools is sent with the called tools, because the API requires them.
//   - A response_format of type json_schema is `outputConfig.textFormat`. The API supports no other.
//   - reasoning_effort has the form that the family of the model expects. For Claude, a number is the thinking budget, which is part of
//     max_tokens. A level is adaptive thinking with that effort from Claude 4.6 on, and before that a budget of 1,024 (minimal, low),
//     8,192 (medium) or 24,576 tokens (high). Amazon Nova and OpenAI's models accept a level. For other families, set it in `other`.
//   - Values without effect are not sent: a temperature or top_p of 1 for Claude, and penalties of 0 for all models.
//   - Embeddings are made by the models of Titan, with a call for each text, and of Cohere.
//   - Members of `other` that a Converse request has are added to it and override the translated ones (those of inferenceConfig one by
//     one). All others are the model's own parameters and go into `additionalModelRequestFields`: top_k, thinking, …
//
// A block of reasoning goes back only with its signature, or redacted, before the text and the tool calls of its message. Claude gets
// what Claude signed. Any other model gets what models of Bedrock other than Claude produced. With a thinking budget, Claude refuses to
// continue an answer that called tools without reasoning, such as one of another model. Such a call is sent without thinking.
//
// # Credentials
//
// A call may bring an Amazon Bedrock API key, which is sent as a bearer token. Or it may bring "ACCESS_KEY_ID:SECRET_ACCESS_KEY" or
// "ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN", which sign the request (AWS Signature Version 4). Without one, the server's own
// credentials are used. A base URL on an Amazon host (https://bedrock-runtime.eu-west-1.amazonaws.com) determines the region.
package bedrock

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/llm/toolnames"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider makes drivers for Amazon Bedrock and declares what it serves.
var Provider = llmhttp.Provider{Open: open, Declare: func(vendor.Vendor) llm.Declaration { return Declaration() }}

// Declaration says what Amazon Bedrock serves.
func Declaration() llm.Declaration {
	return llm.Declaration{Embeds: "/model/MODEL/invoke", Counts: "/model/MODEL/count-tokens", Endpoints: []llm.Served{{
		Endpoint: llm.Chat, Path: "/model/MODEL/converse",
		Abilities: llm.Abilities{
			Chat: true, ImageData: true, FileData: true, Tools: true, ParallelTools: true, ToolErrors: true, JSONSchema: true,
			Effort: true, EffortBudget: true, Thinking: true, ThinkingKept: true, Stop: true, ServiceTier: true, HideThinking: true, Cache: true, CachedUsage: true,
		},
	}}}
}

const slug = "bedrock"

// Vendor says how a server reaches Bedrock. The zero Vendor has neither a region nor credentials of its own.
type Vendor struct {
	Region  string // such as "us-east-1"; "" leaves it to the base URL
	BaseURL string // like AWS_ENDPOINT_URL_BEDROCK_RUNTIME; "" means Amazon's own URL in the region

	// Credentials returns the server's own credentials, or the zero value if there are none. The driver calls it for each call without a
	// key, also concurrently. nil means no credentials.
	Credentials func(ctx context.Context) (Credentials, error)

	Now func() time.Time // the time of signatures; nil means time.Now
}

// account is the server's own access to Bedrock.
type account struct {
	Vendor
	name   failure.Vendor
	signer *v4.Signer
}

// New returns the driver of v. It fails if the base URL is invalid.
func New(hc *llmhttp.Client, v Vendor) (*llmhttp.Driver, error) {
	own := &account{Vendor: v, name: failure.VendorOf(slug), signer: v4.NewSigner()}
	if v.Now == nil {
		own.Now = time.Now
	}
	what := "none is set"
	if v.Region != "" {
		what = "what is set is none"
	}
	if v.BaseURL == "" && isRegion(v.Region) {
		v.BaseURL = "https://" + hostOf(v.Region)
	}
	return llmhttp.NewDriver(hc, llmhttp.Wire{
		Vendor: own.name, Serves: Declaration().Endpoints, BaseURL: v.BaseURL, Below: below, Sign: own.sign,
		NoURL:  own.name.Display + " is called in a region, as us-east-1, and " + what + ". Set AWS_REGION on the server.",
		Encode: func(r *llm.Request, _ bool) (json.Value, error) { return encode(r) },
		Decode: decode, Decoder: func() llmhttp.Decoder { return new(decoder) }, Signer: signerOf, Frames: true,
		Embed:  &llmhttp.Whole{Below: at("invoke"), Encode: encodeEmbed, Decode: decodeEmbed, Batch: embedBatch},
		Count:  &llmhttp.Whole{Below: belowCount, Encode: encodeCount, Decode: decodeCount},
		Native: native(),
		Names:  toolnames.Rule{Max: 64}, // https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
	})
}

func below(baseURL string) (llmhttp.Endpoint, error) {
	base, err := llmhttp.ParseBase(baseURL)
	return func(r *llm.Request, stream bool) *url.URL {
		switch {
		case r.Native != nil && stream:
			return operation(base, r.Model, invokeStream)
		case r.Native != nil:
			return operation(base, r.Model, invoke)
		case stream:
			return operation(base, r.Model, "converse-stream")
		}
		return operation(base, r.Model, "converse")
	}, err
}

// at returns where the calls of an operation go.
func at(name string) func(baseURL string) (llmhttp.Endpoint, error) {
	return func(baseURL string) (llmhttp.Endpoint, error) {
		base, err := llmhttp.ParseBase(baseURL)
		return func(r *llm.Request, _ bool) *url.URL { return operation(base, r.Model, name) }, err
	}
}

// operation is the URL of an operation of a model.
func operation(base llmhttp.Base, model, name string) *url.URL {
	u := base.Join("/model/" + escape(model) + "/" + name)
	u.Host = withoutDefaultPort(u)
	return u
}

// sign finds the credentials of a call, and makes the header of its request of them.
func (a *account) sign(ctx context.Context, r *llm.Request, u *url.URL, body []byte) (http.Header, []string, error) {
	c, err := a.credentials(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	h, err := a.authorize(ctx, c, u, cmp.Or(regionOf(u.Hostname()), a.Region, defaultRegion), body)
	return h, c.secrets(), err
}
