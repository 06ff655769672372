// Package llmhttp is JSON, server-sent events and AWS event streams over HTTP: what the adapters of all model providers share.
//
// It sends a request, watches the clocks of the call, and gives back a whole answer or a stream of events. Whatever goes wrong on
// the way is classified here, once, through the [failure.Call] that the adapter hands in. Redirects are never followed.
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

// Limits of one exchange.
const (
	MaxBody  = 32 << 20 // of a whole answer; a longer one is malformed
	MaxEvent = 16 << 20 // of one event of a stream; a longer one is malformed

	drainLimit = 64 << 10 // what is read of a failure beyond failure.MaxBody, to keep the connection
)

// Client makes calls. Its fields are not changed after the first call; it is safe for concurrent use.
type Client struct {
	Transport http.RoundTripper // nil: http.DefaultTransport
	Foreign   http.RoundTripper // of requests with a Foreign URL; nil: Transport

	// The clocks of a call; 0 means none. Each ends a call with the reason timeout.
	HeaderTimeout time.Duration // until the response headers
	IdleTimeout   time.Duration // the longest silence on the wire while a body is read
	OutputTimeout time.Duration // of a stream: the longest time without [Stream.MarkOutput], counted from the headers

	Strays func(provider string) // is told of each event of a stream that is no part of an answer; nil: nobody is
}

// Request is one HTTP request. Nothing in it is changed, so URL and Header may be shared by concurrent calls.
type Request struct {
	Method string // "" means POST
	URL    *url.URL
	Header http.Header // keys in canonical form
	Body   []byte

	Foreign bool // the URL was brought by a caller, not by who runs this server
}

// Answer is a whole 2xx answer. The caller owns Body.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends r and returns the whole 2xx answer. Every other outcome is an error made by call; ctx's own error is returned as it is.
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

// Stream sends r and returns the events of a 2xx answer, which the caller must close. Every other outcome is an error as in
// [Client.Do].
func (c *Client) Stream(ctx context.Context, call failure.Call, r Request) (*Stream, error) {
	return c.stream(ctx, call, r, newStream)
}

// Frames is Stream for an answer that is an AWS event stream. A frame that reports a failure ends the stream with it, and a frame
// that breaks off or is damaged is never passed on.
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

// send makes the exchange up to a 2xx status line.
func (c *Client) send(ctx context.Context, call failure.Call, r Request) (*exchange, error) {
	if err := sendable(call, &r); err != nil {
		return nil, err
	}
	x := &exchange{ctx: ctx, call: call, strays: c.Strays}
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

// http makes the request of net/http by hand: the URL is parsed already and the body known.
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
