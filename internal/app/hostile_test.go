package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/errs"
)

// upstream is a provider at all the addresses there are. It answers nothing of use, and keeps what is told to it.
type upstream struct {
	*httptest.Server
	last atomic.Pointer[http.Request]
}

func newUpstream(t *testing.T, h http.HandlerFunc) *upstream {
	t.Helper()
	u := new(upstream)
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.last.Store(r)
		h(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

// slugsOfProviders are all providers that are called over HTTP.
func slugsOfProviders() []string {
	var out []string
	for _, d := range app.Declarations() {
		if d.Slug != "mock" {
			out = append(out, d.Slug)
		}
	}
	return out
}

// Fault E: redirects of an upstream to private addresses. TestRedirectsOfProvidersAreNotFollowed lets every provider send calls elsewhere:
// no key arrives there, and the failure says that the address is not right.
func TestRedirectsOfProvidersAreNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := newUpstream(t, func(http.ResponseWriter, *http.Request) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL+"/x", status) })
		s := start(t, at(u.URL)...)
		for _, slug := range slugsOfProviders() {
			d := s.post(t, "/v5/prompts/call", hello(slug, nil)).failure(t, "http_status")
			if d.Reason != errs.EndpointNotFound || d.Retryable || u.last.Load() == nil {
				t.Errorf("%s: a redirect with %d is %s, retryable %v", slug, status, d.Reason, d.Retryable)
			}
		}
	}
	if r := elsewhere.last.Load(); r != nil {
		t.Errorf("a redirect was followed: %s with %v", r.URL, r.Header)
	}
}

// Fault E: CRLF and control characters in model names and keys as they are sent upstream. TestControlCharactersReachNoHeader sends them to
// every provider: what arrives, if anything, is one request with nothing in it that the server did not put there.
func TestControlCharactersReachNoHeader(t *testing.T) {
	t.Parallel()
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	s := start(t, at(u.URL)...)
	for _, slug := range slugsOfProviders() {
		for _, evil := range []string{"a\r\nX-Evil: 1\r\n\r\nGET /evil HTTP/1.1", "a\nX-Evil: 1", "a\x00b", "a\x7f", "é\u2028", "a/../../evil?x=1#y", "../evil", "a b", "%0d%0aX-Evil: 1"} {
			call := hello(slug, map[string]string{slug: evil})
			u.last.Store(nil)
			a := s.post(t, "/v5/prompts/call", call)
			checkHarmless(t, slug+" with the key "+evil, a, u.last.Load())
			call = hello(slug, nil)
			call["prompt"].(map[string]any)["model"] = evil
			u.last.Store(nil)
			a = s.post(t, "/v5/prompts/call", call)
			checkHarmless(t, slug+" with the model "+evil, a, u.last.Load())
		}
	}
}

// checkHarmless checks a request that a provider got, if it got one, and that the answer is one that lays no blame on the provider's state.
func checkHarmless(t *testing.T, what string, a *answer, r *http.Request) {
	t.Helper()
	d := a.failure(t, "http_status")
	if !slices.Contains([]int{401, 404, 422, 400}, a.status) || d.Retryable {
		t.Errorf("%q is answered %d %s", what, a.status, a.body)
	}
	if r == nil {
		return
	}
	path, err := url.PathUnescape(r.URL.EscapedPath())
	if err != nil || r.Header.Get("X-Evil") != "" || strings.HasPrefix(path, "/evil") || strings.Contains(r.URL.EscapedPath(), "/../") {
		t.Errorf("%q arrives as %s %s %v", what, r.Method, r.RequestURI, r.Header)
	}
}

// Fault E: two servers on one SQLite folder. TestTwoServersOnOneFolder lets both write at once: both work, and each sees what the other
// made.
func TestTwoServersOnOneFolder(t *testing.T) {
	t.Parallel()
	folder := "OPENLOOP_DATA_DIR=" + t.TempDir()
	one, other := start(t, folder), start(t, folder)
	made := make(chan map[string]*answer)
	go func() { made <- one.reports(t, "one", 4, 10) }()
	of := other.reports(t, "other", 4, 10)
	ofOne := <-made
	for name, n := range map[string]int{"one keeps its own": one.kept(t, ofOne), "the other sees them": other.kept(t, ofOne), "the other keeps its own": other.kept(t, of), "one sees them": one.kept(t, of)} {
		if n != 40 {
			t.Errorf("%s: %d of 40", name, n)
		}
	}
}
