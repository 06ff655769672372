// Package gemini speaks the generateContent API of Google's Gemini models.
//
// What a Prompt says is translated as follows; every other part that the API lacks is an error of reason unsupported_parameter.
//
//   - System and developer messages go to `systemInstruction`, in order, wherever they stand: the API has one place for them.
//   - Neighbouring messages of one role become one turn, in which the results of functions come first, in the order of their calls. A result
//     that is not a JSON object, or that holds a `$ref`, is sent as {"result": …}, and the function's name, which the API demands, is found
//     by the id of the tool call. Ids are made up where the API sends none. Where the service refuses ids, names and order alone say what
//     belongs together.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}.
//   - Texts that are empty or white space are left out.
//   - Images are sent inline when given as data URIs and by their URL otherwise, with a media type guessed from the URL's ending.
//     A message's name, an image's detail and the end user's label, which the API does not know, are left out.
//   - A strict tool turns the mode "auto" into VALIDATED, which holds all calls to their schemas, as "required" does anyway.
//   - reasoning_effort as a number is thinkingBudget. As a level it is thinkingLevel, but for Gemini 2.5 and older a budget of 1,024
//     (minimal, low), 8,192 (medium) or 24,576 tokens (high), as in Google's OpenAI-compatible endpoint. "none" is a budget of 0.
//     With either, thoughts are asked for.
//   - Penalties of 0 are not sent, because some models refuse the parameters.
//   - Members of `other` go into the request as they are and win; those of its generationConfig go into ours one by one, and so do
//     members of generationConfig that stand directly in `other`, as topK or top_k.
//
// The signature of a text goes back on the text of the same message, that of a function call on the call, and each only to the provider that
// signed it. A call that has none, because another provider made it, gets the value that Google documents for that case where the model
// demands one.
package gemini

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

// Vendor is a service that speaks the API. The zero Vendor is Google's Gemini API.
type Vendor struct {
	Slug    string                       // "" means "google"
	BaseURL string                       // without the version, as in Google's SDK; "" means the Gemini API's own
	Prefix  string                       // of the path, before /models/; "" means "/v1beta"
	Header  func(key string) http.Header // of a request; nil means the Gemini API's own x-goog-api-key
	NoIDs   bool                         // refuses the ids of function calls, as Google Vertex AI does, and goes by their names
}

const (
	defaultSlug    = "google"
	defaultBaseURL = "https://generativelanguage.googleapis.com"
	defaultPrefix  = "/v1beta"
)

// Driver implements [llm.Driver] for one vendor.
type Driver struct {
	http   *llmhttp.Client
	vendor failure.Vendor
	signer llm.Signer
	header func(key string) http.Header
	prefix string
	noIDs  bool
	base   llmhttp.Base
}

// New returns the driver of v. It fails when the base URL is not one.
func New(hc *llmhttp.Client, v Vendor) (*Driver, error) {
	d := &Driver{http: hc, vendor: failure.VendorOf(defaultSlug), header: v.Header, prefix: defaultPrefix, noIDs: v.NoIDs}
	if v.Slug != "" {
		d.vendor = failure.VendorOf(v.Slug)
	}
	d.signer = signerOf(d.vendor.Slug)
	if v.Prefix != "" {
		d.prefix = v.Prefix
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
	return d, nil
}

func defaultHeader(key string) http.Header {
	if key == "" {
		return llmhttp.JSONHeader()
	}
	return llmhttp.JSONHeader("X-Goog-Api-Key", key)
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	req, err := d.request(r, false)
	if err != nil {
		return nil, err
	}
	out, err := d.http.Generate(ctx, d.call(r), req, decode, new(decoder))
	if err == nil {
		d.signer.SealMessage(&out.Message)
	}
	return out, err
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
		llmhttp.Relay(s, err, req.Body, new(decoder), d.signer.SealEvents(yield))
	}
}

func (d *Driver) call(r *llm.Request) failure.Call {
	return failure.Call{Vendor: d.vendor, Model: r.Model, Secrets: []string{r.Credentials.Key}}
}

func (d *Driver) request(r *llm.Request, stream bool) (llmhttp.Request, error) {
	body, err := encode(r, d.signer, !d.noIDs)
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
	return llmhttp.Request{URL: d.endpoint(base, r.Model, stream), Header: d.header(r.Credentials.Key), Body: body, Foreign: foreign}, nil
}

// endpoint is the URL of a model, which may be named with its collection ("tunedModels/x").
func (d *Driver) endpoint(base llmhttp.Base, model string, stream bool) *url.URL {
	collection, name, ok := strings.Cut(model, "/")
	if !ok {
		collection, name = "models", model
	}
	path := d.prefix + "/" + url.PathEscape(collection) + "/" + url.PathEscape(name)
	if !stream {
		return base.Join(path + ":generateContent")
	}
	u := base.Join(path + ":streamGenerateContent")
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "alt=sse"
	return u
}
