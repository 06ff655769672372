package llmhttp

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/toolnames"
	"github.com/openloop-server/openloop/internal/vendor"
)

// Provider is what the package of a wire format exports to the server.
type Provider struct {
	// Open makes the driver of a vendor with the operator's settings. v.BaseURL is the operator's, if there is one. Open fails if a base
	// URL is invalid.
	Open func(ctx context.Context, hc *Client, v vendor.Vendor, a vendor.Access) (llm.Driver, error)
	// Declare says what a vendor serves.
	Declare func(v vendor.Vendor) llm.Declaration
}

// Endpoint returns the URL of a call.
type Endpoint func(r *llm.Request, stream bool) *url.URL

// Wire is a wire format as one vendor speaks it. It holds everything in which its driver differs from the others.
// Its functions may be called concurrently.
type Wire struct {
	Vendor  failure.Vendor
	Serves  []llm.Served // a call that asks for more is refused before anything is sent
	BaseURL string       // the vendor's; "" if each call must bring one
	NoURL   string       // message for a call without a base URL; "" means the standard one

	Below  func(baseURL string) (Endpoint, error)
	Header func(key string) http.Header
	// Sign replaces Header for requests that must be signed. It also returns the secrets in the header, so that errors do not show them.
	Sign func(ctx context.Context, r *llm.Request, u *url.URL, body []byte) (h http.Header, secrets []string, err error)

	Encode  func(r *llm.Request, stream bool) (json.Value, error)
	Decode  func(call failure.Call, h http.Header, body []byte) (*llm.Response, error)
	Decoder func() Decoder // for one stream; nil for a wire without streams
	Signer  func(model string) llm.Signer
	Frames  bool // streams are AWS event streams

	Embed *Whole // the call for vectors; nil if the vendor makes none
	Count *Whole // the call that counts the tokens of a prompt; nil if the vendor counts none

	Names toolnames.Rule // of functions; others have other names on the way

	Native *Native // of a wire that takes requests in the words of a dialect; nil for none
}

// Driver implements [llm.Driver], [llm.Embedder] and [llm.Counter] for one wire of one vendor. It is safe for concurrent use.
type Driver struct {
	http  *Client
	wire  Wire
	place *Place[Endpoint]
	embed *Driver // nil for none
	count *Driver // nil for none
}

// NewDriver returns the driver of w. It fails if the base URL is invalid.
func NewDriver(hc *Client, w Wire) (*Driver, error) {
	place, err := NewPlace(w.Vendor, w.BaseURL, w.Below)
	if err != nil {
		return nil, err
	}
	place.none = w.NoURL
	d := &Driver{http: hc, wire: w, place: place}
	if d.embed, err = aside(hc, &w, []llm.Served{{Endpoint: llm.Embeddings}}, w.Embed); err != nil {
		return nil, err
	}
	d.count, err = aside(hc, &w, w.Serves, w.Count)
	return d, err
}

// Placed reports whether calls that bring no base URL have a place to go.
func (d *Driver) Placed() bool { return d.place.own.base != "" }

// Generate implements [llm.Driver].
func (d *Driver) Generate(ctx context.Context, r *llm.Request) (*llm.Response, error) {
	names := d.wire.Names.Of(r)
	call, req, err := d.request(ctx, names.Request(r), false)
	if err != nil {
		return nil, err
	}
	var unasked Decoder
	if !d.wire.Frames && d.wire.Decoder != nil {
		unasked = d.wire.Decoder()
	}
	decode := d.wire.Decode
	if r.Native != nil {
		decode = d.wire.Native.whole()
	}
	out, err := d.http.Generate(ctx, call, req, decode, unasked)
	if err != nil && r.Native != nil {
		err = spoken(err)
	}
	if err != nil {
		return out, err
	}
	if d.wire.Signer != nil {
		d.wire.Signer(r.Model).SealMessage(&out.Message)
	}
	names.Answer(&out.Message)
	return out, nil
}

// Stream implements [llm.Driver].
func (d *Driver) Stream(ctx context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) {
		d.Relay(r, d.Open(ctx, r), yield)
	}
}

// Opened is the result of [Driver.Open]: an open stream, or the error in Err.
type Opened struct {
	Err     error
	stream  *Stream
	request json.Value // nil if the request could not be made
}

// Open starts the stream of r. Pass the result to [Driver.Relay], which closes the stream.
func (d *Driver) Open(ctx context.Context, r *llm.Request) Opened {
	call, req, err := d.request(ctx, d.wire.Names.Of(r).Request(r), true)
	if err != nil {
		return Opened{Err: err}
	}
	open := d.http.Stream
	if d.wire.Frames {
		open = d.http.Frames
	}
	s, err := open(ctx, call, req)
	return Opened{Err: err, stream: s, request: req.Body}
}

// Relay yields the events of o, or its error, as [llm.Driver].Stream must.
func (d *Driver) Relay(r *llm.Request, o Opened, yield func(llm.Event, error) bool) {
	yield = d.wire.Names.Of(r).Events(yield)
	if d.wire.Signer != nil {
		yield = d.wire.Signer(r.Model).SealEvents(yield)
	}
	if r.Native != nil {
		relay(o.stream, o.Err, o.request, d.wire.Native.Decoder(r), spokenTo(yield))
		return
	}
	relay(o.stream, o.Err, o.request, d.wire.Decoder(), yield)
}

// request builds the request of r, and the call through which its failures are reported.
func (d *Driver) request(ctx context.Context, r *llm.Request, stream bool) (failure.Call, Request, error) {
	w := &d.wire
	call := failure.Call{Vendor: w.Vendor, Model: r.Model, Secrets: []string{r.Credentials.Key}}
	body, forwarded, err := w.encode(r, stream)
	if err != nil {
		return call, Request{}, err
	}
	endpoint, foreign, err := d.place.Of(r)
	if err != nil {
		return call, Request{}, err
	}
	req := Request{URL: endpoint(r, stream), Body: body, Foreign: foreign}
	if w.Sign == nil {
		req.Header = withHeader(w.Header(r.Credentials.Key), forwarded)
		return call, req, nil
	}
	req.Header, call.Secrets, err = w.Sign(ctx, r, req.URL, body)
	return call, req, err
}

// encode returns the body of r, and the headers of its client that go with it.
func (w *Wire) encode(r *llm.Request, stream bool) (json.Value, http.Header, error) {
	if r.Native != nil {
		return w.Native.Encode(r, stream)
	}
	if err := llm.Refuse(w.Vendor.Display, w.Serves, r); err != nil {
		return nil, nil, err
	}
	body, err := w.Encode(r.Adapted(llm.AbilitiesOf(w.Serves, r.Endpoint)), stream)
	return body, nil, err
}

// BearerHeader returns the header of a JSON request with key as a bearer token. An empty key is not sent.
func BearerHeader(key string) http.Header {
	if key == "" {
		return JSONHeader()
	}
	return JSONHeader("Authorization", "Bearer "+key)
}
