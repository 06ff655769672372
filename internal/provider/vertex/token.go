package vertex

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// Credentials finds the server's own Google credentials. It is called again until it finds some, and never concurrently. ctx never ends,
// and it carries the HTTP client that the source must use, as defined by package oauth2.
type Credentials func(ctx context.Context) (oauth2.TokenSource, error)

// fetchTimeout is how long Google's token service may take.
const fetchTimeout = 10 * time.Second

// errNoCredentials is why there is no token: there is nothing to get one with.
type errNoCredentials struct{ error }

// errNoToken is why there is none after a success.
var errNoToken = errors.New("the answer of the token service holds no token")

// Unwrap returns the error of the search for credentials.
func (e errNoCredentials) Unwrap() error { return e.error }

// tokens keeps the access token of the server's own credentials. One caller at a time fetches a new one, and the others wait.
type tokens struct {
	credentials Credentials
	current     atomic.Pointer[oauth2.Token]
	turn        chan struct{} // holds a value while somebody fetches, who has the following
	source      oauth2.TokenSource
	wire        wire
}

func newTokens(c Credentials, transport http.RoundTripper) *tokens {
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &tokens{credentials: c, turn: make(chan struct{}, 1), wire: wire{next: transport}}
}

// wire keeps what became of the last request, because package oauth2 keeps no more than a text.
type wire struct {
	next     http.RoundTripper
	err      error
	answered bool // with a success
}

// RoundTrip implements [http.RoundTripper].
func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	w.err = err
	w.answered = err == nil && answer.StatusCode < 300
	return answer, err
}

// get returns a token that is valid now. A fetch that was begun goes on when the caller leaves, for the next one.
func (t *tokens) get(ctx context.Context) (string, error) {
	if token := t.current.Load(); token.Valid() {
		return token.AccessToken, nil
	}
	select {
	case t.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	failed := make(chan error, 1)
	go func() {
		failed <- t.fetch()
		<-t.turn
	}()
	select {
	case err := <-failed:
		if err != nil {
			return "", err
		}
		return t.current.Load().AccessToken, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// fetch makes current valid, unless it is by now.
func (t *tokens) fetch() error {
	if t.current.Load().Valid() {
		return nil
	}
	if t.credentials == nil {
		return errNoCredentials{errors.New("none are set")}
	}
	if t.source == nil {
		client := &http.Client{Transport: &t.wire, Timeout: fetchTimeout}
		source, err := t.credentials(context.WithValue(context.Background(), oauth2.HTTPClient, client))
		if err != nil {
			return errNoCredentials{err}
		}
		t.source = source
	}
	t.wire.err, t.wire.answered = nil, false
	token, err := t.source.Token()
	switch {
	case err == nil:
	case t.wire.err != nil:
		return &url.Error{Op: "Token", Err: t.wire.err}
	case t.wire.answered:
		return errNoToken
	default:
		return err
	}
	t.current.Store(token)
	return nil
}

// denied classifies why there is no token.
func (d *Driver) denied(r *llm.Request, err error) error {
	call := failure.Call{Vendor: d.vendor, Model: r.Model}
	if _, ok := errors.AsType[errNoCredentials](err); ok {
		return &errs.Error{
			Reason: errs.ProviderKeyMissing, Provider: Slug, Model: r.Model, Param: "provider_api_keys." + Slug, Err: redacted(err),
			Message: "There are no usable Google credentials for " + d.vendor.Display + ". Set VERTEX_AI_ACCESS_TOKEN or GOOGLE_APPLICATION_CREDENTIALS " +
				"on the server, or send provider_api_keys." + Slug + " with the call.",
		}
	}
	if refusal, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refusal.Response != nil {
		return call.HTTP(refusal.Response.StatusCode, refusal.Response.Header, refusal.Body).With(func(e *errs.Error) {
			if status := refusal.Response.StatusCode; status < http.StatusInternalServerError && e.Reason != errs.RateLimited {
				e.Reason, e.Message = errs.InvalidAPIKey, "Google did not accept the credentials that this server has for "+d.vendor.Display+"."
			}
		})
	}
	if isNetwork(err) {
		call.Vendor.Display = "Google's token service"
		return call.Transport(err)
	}
	if errors.Is(err, errNoToken) {
		return &errs.Error{
			Reason: errs.MalformedProviderResponse, Origin: d.vendor.Display, Provider: Slug, Model: r.Model, ProviderStatus: http.StatusOK, Err: err,
			Message: "Google's token service sent an answer that is no token.",
		}
	}
	return &errs.Error{
		Reason: errs.InvalidAPIKey, Provider: Slug, Model: r.Model, Err: redacted(err),
		Message: "The Google credentials that this server has for " + d.vendor.Display + " cannot be used.",
	}
}

func isNetwork(err error) bool {
	if _, ok := errors.AsType[*url.Error](err); ok {
		return true
	}
	_, ok := errors.AsType[net.Error](err)
	return ok
}

// redacted is err for the operator: without credentials that it may repeat.
func redacted(err error) error { return errors.New(errs.Redact(err.Error())) }
