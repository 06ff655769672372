// Package llmhttp is what the drivers of all model providers share: JSON, server-sent events and AWS event streams over HTTP.
//
// It sends a request, watches the clocks of the call, and returns a whole answer or a stream of events. It classifies every failure on the
// way once, through the [failure.Call] that the driver passes in. It never follows redirects.
package llmhttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Limits of one exchange, in bytes after decompression.
const (
	MaxBody  = 32 << 20 // of a whole answer; a longer one is malformed
	MaxEvent = 16 << 20 // of one event of a stream; a longer one is malformed

	// MaxStream is how much the events of a stream may have together, as what they tell is kept for the Log. A model that ends no answer makes
	// one that is malformed.
	MaxStream = 128 << 20

	drainLimit = 64 << 10 // read of a failure beyond failure.MaxBody, so that the connection can be reused
)

// Client makes calls. It is safe for concurrent use, as long as its fields do not change after the first call.
type Client struct {
	Transport http.RoundTripper // nil means http.DefaultTransport
	Foreign   http.RoundTripper // for requests whose Foreign is set; nil means Transport

	// The clocks of a call. Zero means no limit. Each one ends the call with reason timeout.
	HeaderTimeout time.Duration // until the response headers arrive
	IdleTimeout   time.Duration // the longest silence on the wire while a body is read
	OutputTimeout time.Duration // for streams: the longest time without [Stream.MarkOutput], counted from the headers

	// TraceParent returns the header traceparent for what a call asks of a provider, "" for none. It is not sent to addresses that a caller brought.
	// Nil means that it is never sent.
	TraceParent func(context.Context) string

	Strays func(provider string) // called for each stream event that is not part of an answer; may be nil
	Unread func(provider string) // called for each frame of a native answer that no decoder could read; may be nil
}

// Request is one HTTP request. The client changes nothing in it, so concurrent calls may share URL and Header.
type Request struct {
	Method string // "" means POST
	URL    *url.URL
	Header http.Header // keys in canonical form
	Body   []byte

	Foreign bool // a caller brought the URL, not the operator of this server
}

// Answer is a whole 2xx answer. The caller owns Body.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends r and returns the whole 2xx answer. Any other outcome is an error made by call, or the error of ctx unchanged.
func (c *Client) Do(ctx context.Context, call failure.Call, r Request) (*Answer, error) {
	x, err := c.send(ctx, call, r)
	if err != nil {
		return nil, err
	}
	defer x.close()
	x.clocks.body(c.IdleTimeout, 0)
	body, err := readAll(x.body, x.res.ContentLength)
	if err != nil {
		return nil, x.fail(err)
	}
	return &Answer{Status: x.res.StatusCode, Header: x.res.Header, Body: body}, nil
}

// Stream sends r and returns the events of a 2xx answer. The caller must close the stream. Errors are as in [Client.Do].
func (c *Client) Stream(ctx context.Context, call failure.Call, r Request) (*Stream, error) {
	return c.stream(ctx, call, r, newStream)
}

// Frames is like Stream for an answer that is an AWS event stream. A frame that reports a failure ends the stream with that failure. A
// frame that breaks off or is damaged is never passed on.
func (c *Client) Frames(ctx context.Context, call failure.Call, r Request) (*Stream, error) {
	return c.stream(ctx, call, r, newFrameStream)
}

func (c *Client) stream(ctx context.Context, call failure.Call, r Request, open func(*exchange) *Stream) (*Stream, error) {
	x, err := c.send(ctx, call, r)
	if err != nil {
		return nil, err
	}
	x.clocks.body(c.IdleTimeout, c.OutputTimeout)
	return open(x), nil
}

// send performs the exchange up to a 2xx status line.
func (c *Client) send(ctx context.Context, call failure.Call, r Request) (*exchange, error) {
	if err := sendable(call, &r); err != nil {
		return nil, err
	}
	c.tell(ctx, &r)
	x := &exchange{ctx: ctx, call: call, strays: c.Strays, unreads: c.Unread}
	res, err := c.transport(&r).RoundTrip(r.http(x.clocks.start(ctx, c))) //nolint:bodyclose // closed by exchange.close
	if err != nil {
		defer x.clocks.stop()
		if e := x.ended(); e != nil {
			return nil, e
		}
		return nil, call.Transport(err)
	}
	x.res = res
	x.decode()
	if res.StatusCode < 200 || res.StatusCode > 299 {
		defer x.close()
		x.clocks.body(c.IdleTimeout, 0)
		return nil, x.refused()
	}
	return x, nil
}

// tell adds the trace that ctx belongs to.
func (c *Client) tell(ctx context.Context, r *Request) {
	if c.TraceParent == nil || r.Foreign {
		return
	}
	if parent := c.TraceParent(ctx); parent != "" {
		r.Header = r.Header.Clone()
		r.Header.Set("Traceparent", parent)
	}
}

func (c *Client) transport(r *Request) http.RoundTripper {
	switch {
	case r.Foreign && c.Foreign != nil:
		return c.Foreign
	case c.Transport == nil:
		return http.DefaultTransport
	default:
		return c.Transport
	}
}

// http builds the request for net/http directly, because the URL is already parsed and the body known.
func (r Request) http(ctx context.Context) *http.Request {
	method := r.Method
	if method == "" {
		method = http.MethodPost
	}
	var blank http.Request
	req := blank.WithContext(ctx)
	req.Method, req.URL, req.Host, req.Header = method, r.URL, r.URL.Host, r.Header
	req.Proto, req.ProtoMajor, req.ProtoMinor = "HTTP/1.1", 1, 1
	if len(r.Body) > 0 {
		open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(r.Body)), nil }
		req.Body, _ = open()
		req.GetBody = open // lets the transport send it again, see [Transport]
		req.ContentLength = int64(len(r.Body))
	}
	return req
}
