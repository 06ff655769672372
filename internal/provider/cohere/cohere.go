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
	"iter"
	"net/http"
	"net/url"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

const (
	slug           = "cohere"
	defaultBaseURL = "https://api.cohere.com"
	path           = "/v2/chat"
)

// Driver implements [llm.Driver].
type Driver struct {
	http     *llmhttp.Client
	vendor   failure.Vendor
	endpoint *url.URL
}

// New returns a driver. baseURL is without the version, as in Cohere's SDK ("" means Cohere's own); one that ends in a version, as
// older SDKs had it, is taken too. New fails when the base URL is not one.
func New(hc *llmhttp.Client, baseURL string) (*Driver, error) {
	endpoint, err := endpointOf(cmp.Or(baseURL, defaultBaseURL))
	if err != nil {
		return nil, err
	}
	return &Driver{http: hc, vendor: failure.VendorOf(slug), endpoint: endpoint}, nil
}

func endpointOf(baseURL string) (*url.URL, error) {
	baseURL = strings.TrimRight(strings.TrimSpace(baseURL), "/")
	for _, version := range [...]string{"/v1", "/v2"} {
		baseURL = strings.TrimSuffix(baseURL, version)
	}
	base, err := llmhttp.ParseBase(baseURL)
	if err != nil {
		return nil, err
	}
	return base.Join(path), nil
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
	body, err := encode(r, stream)
	if err != nil {
		return llmhttp.Request{}, err
	}
	endpoint, foreign := d.endpoint, r.Credentials.BaseURL != ""
	if foreign {
		if endpoint, err = endpointOf(r.Credentials.BaseURL); err != nil {
			return llmhttp.Request{}, &errs.Error{
				Reason: errs.EndpointNotFound, Provider: slug, Model: r.Model, Param: "base_url", Err: err,
				Message: "The base URL given for " + d.vendor.Display + " is not an http or https URL.",
			}
		}
	}
	return llmhttp.Request{URL: endpoint, Header: header(r.Credentials.Key), Body: body, Foreign: foreign}, nil
}

func header(key string) http.Header {
	if key == "" {
		return llmhttp.JSONHeader()
	}
	return llmhttp.JSONHeader("Authorization", "Bearer "+key)
}
