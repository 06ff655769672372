package vertex

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/jwt"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// publisher is a driver that answers with the key it is called with.
type publisher struct{}

func (publisher) Generate(_ context.Context, r *llm.Request) (*llm.Response, error) {
	return &llm.Response{Model: r.Credentials.Key}, nil
}

func (publisher) Stream(_ context.Context, r *llm.Request) iter.Seq2[llm.Event, error] {
	return func(yield func(llm.Event, error) bool) { yield(llm.Event{Model: r.Credentials.Key}, nil) }
}

// source is credentials whose tokens say how many there were before. Each lives for an hour and takes a second to get.
type source struct {
	fetched int
	fail    error
}

func (s *source) Token() (*oauth2.Token, error) {
	time.Sleep(time.Second)
	s.fetched++
	if s.fail != nil {
		return nil, s.fail
	}
	return &oauth2.Token{AccessToken: strings.Repeat("t", s.fetched), Expiry: time.Now().Add(time.Hour)}, nil
}

func (s *source) driver() *Driver {
	return New(Options{Project: "p", Google: publisher{}, Credentials: func(context.Context) (oauth2.TokenSource, error) { return s, nil }})
}

// token is the token that a call is made with.
func token(t *testing.T, ctx context.Context, d *Driver, key string) (string, error) {
	t.Helper()
	out, err := d.Generate(ctx, &llm.Request{Model: "gemini-2.5-pro", Credentials: llm.Credentials{Key: key}})
	if err != nil {
		return "", err
	}
	return out.Model, nil
}

func TestTokenIsFetchedOnceUntilItExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s source
		d := s.driver()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if got, err := token(t, t.Context(), d, ""); got != "t" || err != nil {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
		all.Wait()
		time.Sleep(time.Hour)
		if got, err := token(t, t.Context(), d, ""); got != "tt" || err != nil || s.fetched != 2 {
			t.Errorf("%q, %v after %d fetches", got, err, s.fetched)
		}
	})
}

func TestTokenOfTheCallWins(t *testing.T) {
	var s source
	if got, err := token(t, t.Context(), s.driver(), "mine"); got != "mine" || err != nil || s.fetched != 0 {
		t.Errorf("%q, %v after %d fetches", got, err, s.fetched)
	}
}

func TestCallerWhoLeavesDoesNotStopTheFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s source
		d := s.driver()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := token(t, ctx, d, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the first caller: %v", err)
		}
		if _, err := token(t, ctx, d, ""); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one who left before: %v", err)
		}
		if got, err := token(t, t.Context(), d, ""); got != "t" || err != nil || s.fetched != 1 {
			t.Errorf("%q, %v after %d fetches", got, err, s.fetched)
		}
	})
}

func TestFailedFetchIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := source{fail: errors.New("private key should be a PEM, is sk-secret-0123456789abcdefghij")}
		d := s.driver()
		_, err := token(t, t.Context(), d, "")
		if e := errs.From(err); e == nil || e.Reason != errs.InvalidAPIKey || strings.Contains(e.Error(), "sk-secret") {
			t.Errorf("got %v", err)
		}
		s.fail = nil
		if got, err := token(t, t.Context(), d, ""); got != "tt" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestWithoutCredentials(t *testing.T) {
	missing := func(context.Context) (oauth2.TokenSource, error) {
		return nil, errors.New("could not find default credentials")
	}
	for _, c := range []Credentials{nil, missing} {
		_, err := token(t, t.Context(), New(Options{Project: "p", Google: publisher{}, Credentials: c}), "")
		if e := errs.From(err); e == nil || e.Reason != errs.ProviderKeyMissing || e.Param != "provider_api_keys.vertex_ai" || e.Origin != "" {
			t.Errorf("got %v", err)
		}
	}
}

// service is a token service without a network.
type service struct {
	status int
	body   string
	err    error
}

func (s service) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body)), Request: r}, nil
}

func TestFailuresOfTheTokenService(t *testing.T) {
	for name, c := range map[string]struct {
		service service
		reason  errs.Reason
		origin  string
		message string
		code    string
	}{
		"refused":     {service{status: 400, body: `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`}, errs.InvalidAPIKey, "Google Vertex AI", "Google did not accept the credentials that this server has for Google Vertex AI.", ""},
		"forbidden":   {service{status: 403, body: `{"error":"access_denied"}`}, errs.InvalidAPIKey, "Google Vertex AI", "Google did not accept the credentials that this server has for Google Vertex AI.", ""},
		"limited":     {service{status: 429, body: `{"error":{"code":429,"message":"Slow down.","status":"RESOURCE_EXHAUSTED"}}`}, errs.RateLimited, "Google Vertex AI", "Slow down.", "RESOURCE_EXHAUSTED"},
		"broken":      {service{status: 503, body: `{"error":{"code":503,"message":"Down.","status":"UNAVAILABLE"}}`}, errs.Overloaded, "Google Vertex AI", "Down.", "UNAVAILABLE"},
		"unreachable": {service{err: syscall.ECONNREFUSED}, errs.ProviderUnreachable, errs.Gateway, "Google's token service refused the connection.", ""},
		"too slow":    {service{err: context.DeadlineExceeded}, errs.Timeout, errs.Gateway, "Google's token service did not answer in time.", ""},
		"a web page":  {service{status: 200, body: "<html>"}, errs.MalformedProviderResponse, "Google Vertex AI", "Google's token service sent an answer that is no token.", ""},
	} {
		t.Run(name, func(t *testing.T) {
			account := jwt.Config{Email: "a@example.com", PrivateKey: privateKey(t), TokenURL: "https://token.example.com"}
			d := New(Options{
				Project: "p", Google: publisher{}, Transport: c.service,
				Credentials: func(ctx context.Context) (oauth2.TokenSource, error) { return account.TokenSource(ctx), nil },
			})
			_, err := token(t, t.Context(), d, "")
			e := errs.From(err)
			if e == nil || e.Reason != c.reason || e.Origin != c.origin || e.Message != c.message || c.code != "" && e.ProviderCode != c.code || e.Provider != Slug {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestTokenOfAServiceAccount(t *testing.T) {
	account := jwt.Config{Email: "a@example.com", PrivateKey: privateKey(t), TokenURL: "https://token.example.com"}
	d := New(Options{
		Project: "p", Google: publisher{}, Transport: service{status: 200, body: `{"access_token":"ya29.x","expires_in":3600,"token_type":"Bearer"}`},
		Credentials: func(ctx context.Context) (oauth2.TokenSource, error) { return account.TokenSource(ctx), nil },
	})
	for e, err := range d.Stream(t.Context(), &llm.Request{Model: "gemini-2.5-pro"}) {
		if e.Model != "ya29.x" || err != nil {
			t.Errorf("%+v, %v", e, err)
		}
	}
}
