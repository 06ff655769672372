package api_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/ui"
)

// startAt is a server with a UI whose page is "page", at a public URL.
func startAt(t *testing.T, baseURL string) *server {
	t.Helper()
	site := ui.New(fstest.MapFS{"index.html": {Data: []byte("<head></head>page")}, "ui/assets/a.js": {Data: []byte("script")}})
	return startWith(t, nil, store.Options{Path: filepath.Join(t.TempDir(), "test.db")}, api.Options{UI: site, BaseURL: baseURL})
}

// get sends a request without a key.
func (s *server) get(t *testing.T, path, accept string) *answer {
	t.Helper()
	r := s.request(t, http.MethodGet, path, "")
	r.Header.Del("X-API-KEY")
	r.Header.Set("Accept", accept)
	return s.send(t, r)
}

// TestTheRootIsByWhatTheClientTakes asks for the root as a browser, as curl and as a program do.
func TestTheRootIsByWhatTheClientTakes(t *testing.T) {
	s := startAt(t, "https://example.com/x")
	for _, accept := range []string{"text/html,application/json;q=0.9,*/*;q=0.8", "*/*", ""} {
		if a := s.get(t, "/", accept); a.status != http.StatusOK || !strings.HasSuffix(a.body, "page") {
			t.Errorf("%q: %d %s", accept, a.status, a.body)
		}
	}
	const want = `{"name":"Openloop","version":"test","openapi":"/x/openapi.json","docs":"/x/docs"}`
	if a := s.get(t, "/", "application/json"); a.body != want || a.header.Get("Content-Type") != "application/json" || a.header.Get("Vary") != "Accept" {
		t.Errorf("JSON is %v %s", a.header, a.body)
	}
}

// TestScreensDoNotHideTheAPI asks for screens and for what looks like them, with and without the prefix of the public URL.
func TestScreensDoNotHideTheAPI(t *testing.T) {
	s := startAt(t, "https://example.com/x/y")
	const browser = "text/html,*/*;q=0.8"
	for _, path := range []string{"/x/y", "/x/y/", "/login", "/x/y/login", "/files/pr_1/editor", "/logs", "/logs/log_1/trace", "/evaluations/evr_1/review", "/settings/me", "/errors/timeout", "/at/a/b"} {
		if a := s.get(t, path, browser); a.status != http.StatusOK || !strings.Contains(a.body, `<base href="/x/y/">`) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for path, want := range map[string]errs.Reason{"/v5/files": errs.GatewayKeyMissing, "/x/y/v5/files": errs.GatewayKeyMissing, "/v5/settings": errs.RouteNotFound} {
		isRefused(t, s.get(t, path, browser), want)
	}
	isRefused(t, s.get(t, "/logs", "*/*"), errs.RouteNotFound)
	isRefused(t, s.get(t, "/x/y/logs", "application/json"), errs.RouteNotFound)
	isRefused(t, s.call(t, http.MethodPost, "/files", "{}"), errs.RouteNotFound)
	if a := s.get(t, "/x/y/ui/assets/a.js", "*/*"); a.body != "script" {
		t.Errorf("an asset: %d %s", a.status, a.body)
	}
}

// isRefused is expect for a server with a public URL, with which a doc_url begins.
func isRefused(t *testing.T, a *answer, want errs.Reason) {
	t.Helper()
	if !strings.Contains(a.body, `"reason":"`+string(want)+`"`) || !strings.Contains(a.body, `"doc_url":"https://example.com/x/y/docs/errors/`) {
		t.Errorf("the answer is %d %s, want %s", a.status, a.body, want)
	}
}

var link = regexp.MustCompile(`href="(/[^"]*)"`)

// TestLinksOfPagesHaveThePrefix follows every absolute link of the pages for people.
func TestLinksOfPagesHaveThePrefix(t *testing.T) {
	s := startAt(t, "https://example.com/x/y")
	for _, page := range []string{"/docs", "/docs/errors", "/docs/errors/timeout"} {
		links := link.FindAllStringSubmatch(s.get(t, page, "text/html").body, -1)
		if len(links) == 0 {
			t.Errorf("%s has no links", page)
		}
		for _, l := range links {
			if !strings.HasPrefix(l[1], "/x/y/docs") {
				t.Errorf("%s links to %s", page, l[1])
			} else if a := s.get(t, l[1], "text/html"); a.status != http.StatusOK {
				t.Errorf("%s links to %s, which is %d", page, l[1], a.status)
			}
		}
	}
}
