// Package bedrock speaks the Converse and ConverseStream operations of the Amazon Bedrock Runtime, for models of every family.
//
// What a Prompt says is translated as follows; every other part that the API lacks is an error of reason unsupported_parameter.
//
//   - The model is whatever Bedrock takes as one: the id of a model or an inference profile, or an ARN.
//   - System and developer messages go to `system`, in order, wherever they stand: the API has one place for them.
//   - Neighbouring messages of one role become one message, so the results of parallel tool calls go back together. Texts that are empty
//     or white space, which the API refuses, are left out, and so are a message's name, an image's detail and the end user's label. An
//     empty result of a tool is a text that says so, except for Claude, which takes it.
//   - An id of a tool call that is longer than 64 characters, or has others than letters, digits, "_" and "-", is replaced by one made
//     from it.
//   - Images are taken as base64 data URIs (PNG, JPEG, GIF, WebP). The API does not fetch URLs.
//   - Arguments of an earlier tool call that are not a JSON object go back as {"INVALID_JSON": text}.
//   - The API has no tool choice "none". Without tools in the conversation so far the tools are not sent then; otherwise it is refused.
//   - A chat with tool calls that comes without tools is sent with those that it calls, because the API demands tools then.
//   - A response_format of type json_schema is `outputConfig.textFormat`; the API knows no other.
//   - reasoning_effort is written as the family of the model wants it. Of Claude a number is the thinking budget, which is part of
//     max_tokens; a level is adaptive thinking with that effort from Claude 4.6 on, and before that a budget of 1,024 (minimal, low),
//     8,192 (medium) or 24,576 tokens (high). Amazon Nova and OpenAI's models take a level. For others it is a member of `other`.
//   - For Claude a temperature or top_p of 1, and for all models penalties of 0, change nothing and are not sent.
//   - Members of `other` that are members of a Converse request go into it and win (those of inferenceConfig one by one). All others are
//     the model's own parameters and go into `additionalModelRequestFields`: top_k, thinking, …
//
// A block of reasoning goes back only with its signature, or redacted, before the text and the tool calls of its message: to Claude what
// Claude signed, to any other model what a model of Bedrock other than Claude did. With a thinking budget Claude refuses to go on with an
// answer that called tools without having reasoned, as that of another model; it then goes on without thinking.
//
// # Credentials
//
// A call brings a key along as Amazon Bedrock API key, which is sent as a bearer token, or as "ACCESS_KEY_ID:SECRET_ACCESS_KEY" or
// "ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN", which sign the request (AWS Signature Version 4). Without one the server's own
// credentials are used. A base URL on an Amazon host (https://bedrock-runtime.eu-west-1.amazonaws.com) names its region.
package bedrock

import (
	"cmp"
	"context"
	"iter"
	"net/url"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/llm/failure"
	"openloop/internal/llm/llmhttp"
)

const slug = "bedrock"

// Vendor is how a server reaches Bedrock. The zero Vendor has neither region nor credentials of its own.
type Vendor struct {
	Region  string // as "us-east-1"; "" leaves it to the base URL
	BaseURL string // as AWS_ENDPOINT_URL_BEDROCK_RUNTIME; "" means Amazon's own in the region

	// Credentials returns the server's own credentials, the zero value when it has none. It is asked at each call that brings no key
	// along, and may be called concurrently. nil means that there are none.
	Credentials func(ctx context.Context) (Credentials, error)

	Now func() time.Time // the time that signatures carry; nil means time.Now
}

// Driver implements [llm.Driver].
type Driver struct {
	http   *llmhttp.Client
	vendor failure.Vendor
	own    Vendor
	base   *llmhttp.Base // nil without a BaseURL
	signer *v4.Signer
}

// New returns the driver of v. It fails when the base URL is not one.
func New(hc *llmhttp.Client, v Vendor) (*Driver, error) {
	d := &Driver{http: hc, vendor: failure.VendorOf(slug), own: v, signer: v4.NewSigner()}
	if d.own.Now == nil {
		d.own.Now = time.Now
	}
	if v.BaseURL == "" {
		return d, nil
	}
	base, err := llmhttp.ParseBase(v.BaseURL)
	if err != nil {
		return nil, err
	}
	d.base = &base
	return d, nil
}

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	req, call, err := d.request(ctx, r, "/converse")
	if err != nil {
		return nil, err
	}
	out, err := d.http.Generate(ctx, call, req, decode, nil)
	if err == nil {
		signerOf(r.Model).SealMessage(&out.Message)
	}
	return out, err
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		req, call, err := d.request(ctx, r, "/converse-stream")
		if err != nil {
			yield(llm.Event{}, err)
			return
		}
		s, err := d.http.Frames(ctx, call, req)
		llmhttp.Relay(s, err, req.Body, &decoder{}, signerOf(r.Model).SealEvents(yield))
	}
}

// request makes the signed request of an operation, and the call that its failures are reported through.
func (d *Driver) request(ctx context.Context, r *llm.Request, operation string) (llmhttp.Request, failure.Call, error) {
	call := failure.Call{Vendor: d.vendor, Model: r.Model}
	body, err := encode(r)
	if err != nil {
		return llmhttp.Request{}, call, err
	}
	u, region, err := d.endpoint(r, operation)
	if err != nil {
		return llmhttp.Request{}, call, err
	}
	c, err := d.credentials(ctx, r)
	if err != nil {
		return llmhttp.Request{}, call, err
	}
	call.Secrets = c.secrets()
	header, err := d.authorize(ctx, c, u, region, body)
	if err != nil {
		return llmhttp.Request{}, call, err
	}
	return llmhttp.Request{URL: u, Header: header, Body: body, Foreign: r.Credentials.BaseURL != ""}, call, nil
}

// endpoint is the URL of an operation on a model, and the region it is in.
func (d *Driver) endpoint(r *llm.Request, operation string) (u *url.URL, region string, err error) {
	path := "/model/" + escape(r.Model) + operation
	base, region := d.base, d.own.Region
	if r.Credentials.BaseURL != "" {
		given, err := llmhttp.ParseBase(r.Credentials.BaseURL)
		if err != nil {
			return nil, "", d.unreachable(r, "base_url", "The base URL given for "+d.vendor.Display+" is not an http or https URL.", err)
		}
		base = &given
	}
	if base != nil {
		u = base.Join(path)
		u.Host = withoutDefaultPort(u)
		return u, cmp.Or(regionOf(u.Hostname()), region, defaultRegion), nil
	}
	if !isRegion(region) {
		what := "none is set"
		if region != "" {
			what = "what is set is none"
		}
		return nil, "", d.unreachable(r, "", d.vendor.Display+" is called in a region, as us-east-1, and "+what+". Set AWS_REGION on the server.", nil)
	}
	return &url.URL{Scheme: "https", Host: hostOf(region), Path: "/model/" + r.Model + operation, RawPath: path}, region, nil
}

// unreachable is the error of a call that has nowhere to go.
func (d *Driver) unreachable(r *llm.Request, param, message string, cause error) error {
	return &errs.Error{Reason: errs.EndpointNotFound, Provider: slug, Model: r.Model, Param: param, Err: cause, Message: message}
}
