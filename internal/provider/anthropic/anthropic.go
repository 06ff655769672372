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
	"context"
	"iter"
	"net/http"
	"net/url"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

// Vendor is a service that speaks the Messages API. The zero Vendor is Anthropic itself.
type Vendor struct {
	Slug    string                       // "" means "anthropic"
	BaseURL string                       // without /v1, as ANTHROPIC_BASE_URL; "" means Anthropic's own
	Header  func(key string) http.Header // of a request; nil means Anthropic's own x-api-key

	// Models is for Google Vertex AI, which has the model in the path and the version of the API in the body: the path before the
	// model's name, as "/v1/projects/p/locations/l/publishers/anthropic/models/". "" means Anthropic's own form.
	Models string
}

const (
	defaultSlug    = "anthropic"
	defaultBaseURL = "https://api.anthropic.com"
	path           = "/v1/messages"
	version        = "2023-06-01"
	vertexVersion  = "vertex-2023-10-16"
)

// Driver implements [llm.Driver] for one vendor.
type Driver struct {
	http     *llmhttp.Client
	vendor   failure.Vendor
	header   func(key string) http.Header
	base     llmhttp.Base
	endpoint *url.URL // of every model, unless it is in the path
	models   string
}

// New returns the driver of v. It fails when the base URL is not one.
func New(hc *llmhttp.Client, v Vendor) (*Driver, error) {
	d := &Driver{http: hc, vendor: failure.VendorOf(defaultSlug), header: v.Header, models: v.Models}
	if v.Slug != "" {
		d.vendor = failure.VendorOf(v.Slug)
	}
	if d.header == nil {
		d.header = defaultHeader
	}
	if v.BaseURL == "" {
		v.BaseURL = defaultBaseURL
	}
	var err error
	if d.base, err = llmhttp.ParseBase(v.BaseURL); err != nil {
		return nil, err
	}
	d.endpoint = d.base.Join(path)
	return d, nil
}

func defaultHeader(key string) http.Header {
	if key == "" {
		return llmhttp.JSONHeader("Anthropic-Version", version)
	}
	return llmhttp.JSONHeader("X-Api-Key", key, "Anthropic-Version", version)
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	req, err := d.request(r, false)
	if err != nil {
		return nil, err
	}
	return d.http.Generate(ctx, d.call(r), req, decode, new(decoder))
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		req, err := d.request(r, true)
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		s, err := d.http.Stream(ctx, d.call(r), req)
		llmhttp.Relay(s, err, req.Body, new(decoder), yield)
	}
}

func (d *Driver) call(r *llm.Request) failure.Call {
	return failure.Call{Vendor: d.vendor, Model: r.Model, Secrets: []string{r.Credentials.Key}}
}

func (d *Driver) request(r *llm.Request, stream bool) (llmhttp.Request, error) {
	vertex := d.models != ""
	body, err := encode(r, stream, vertex)
	if err != nil {
		return llmhttp.Request{}, err
	}
	base, foreign := d.base, r.Credentials.BaseURL != ""
	if foreign {
		if base, err = llmhttp.ParseBase(r.Credentials.BaseURL); err != nil {
			return llmhttp.Request{}, &errs.Error{
				Reason: errs.EndpointNotFound, Provider: d.vendor.Slug, Model: r.Model, Param: "base_url", Err: err,
				Message: "The base URL given for " + d.vendor.Display + " is not an http or https URL.",
			}
		}
	}
	endpoint := d.endpoint
	if vertex {
		endpoint = base.Join(d.pathOf(r.Model, stream))
	} else if foreign {
		endpoint = base.Join(path)
	}
	return llmhttp.Request{URL: endpoint, Header: d.header(r.Credentials.Key), Body: body, Foreign: foreign}, nil
}

// pathOf is the path of a model on Google Vertex AI.
func (d *Driver) pathOf(model string, stream bool) string {
	method := ":rawPredict"
	if stream {
		method = ":streamRawPredict"
	}
	return d.models + url.PathEscape(model) + method
}
