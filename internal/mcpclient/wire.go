package mcpclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/netguard"
)

// wire sends the headers of an endpoint to its host, and to no other, and observes what comes of the requests.
type wire struct {
	next   http.RoundTripper
	origin string
	header http.Header
}

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if origin(r.URL) == w.origin {
		r = r.Clone(r.Context())
		maps.Copy(r.Header, w.header)
	}
	seen := observedOf(r.Context())
	res, err := w.next.RoundTrip(r)
	if err != nil {
		seen.note(0, err)
		return nil, err
	}
	seen.note(res.StatusCode, nil)
	res.Body = &observedBody{res.Body, seen}
	return res, nil
}

// observed is what the requests of a call came to, as far as it is bad. The SDK's errors do not tell it.
type observed struct {
	mu     sync.Mutex
	status int   // of the last answer
	err    error // of the connection, the first
}

type observedKey struct{}

// observedOf returns that of the call of ctx, or one that nobody looks at.
func observedOf(ctx context.Context) *observed {
	if o, ok := ctx.Value(observedKey{}).(*observed); ok {
		return o
	}
	return new(observed)
}

func (o *observed) note(status int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if status != 0 {
		o.status = status
	}
	if o.err == nil {
		o.err = err
	}
}

// lost reports whether the server does not know the session. It should say so with 404; many say 400.
func (o *observed) lost() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err == nil && (o.status == http.StatusNotFound || o.status == http.StatusBadRequest)
}

// observedBody notes why an answer could not be read.
type observedBody struct {
	io.ReadCloser

	seen *observed
}

func (b *observedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.seen.note(0, err)
	}
	return n, err
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*jsonrpc.Error](err)
	return ok
}

// late is the failure of a server that takes too long.
func late(at *Endpoint) error {
	return &errs.Error{Reason: errs.ToolUnreachable, Origin: at.URL.Hostname(), Message: at.URL.Hostname() + " did not answer within " + callTime.String() + "."}
}

// classify returns the failure that err is. Foreign words appear in it only if the server calls them an error.
func classify(ctx context.Context, at *Endpoint, seen *observed, err error) error {
	seen.mu.Lock()
	status, broken := seen.status, seen.err
	seen.mu.Unlock()
	host, text := at.URL.Hostname(), http.StatusText(status)
	refusal, isRefusal := errors.AsType[*jsonrpc.Error](err)
	_, classified := errors.AsType[*errs.Error](err)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case classified:
		return err
	case broken != nil:
		return netguard.Classify(ctx, at.URL, broken)
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return failed(host, "%s answered %d %s. Is the setup value `headers` right?", host, status, text)
	case status >= http.StatusInternalServerError || status == http.StatusTooManyRequests:
		return &errs.Error{Reason: errs.ToolUnreachable, Origin: host, Message: host + " answered " + text + ".", Err: err}
	case isRefusal:
		return failed(host, "%s", cmp.Or(errs.Clean(errs.Redact(refusal.Message), errs.MaxMessage), fmt.Sprintf("%s refused the call with the code %d.", host, refusal.Code)))
	case status >= http.StatusBadRequest:
		return failed(host, "%s answered %d %s. Is there a server of the Model Context Protocol at the setup value `url`?", host, status, text)
	}
	return errs.From(failed(host, "%s did not answer as the Model Context Protocol demands.", host)).With(func(e *errs.Error) { e.Err = err })
}
