package ui_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/ui"
	"github.com/openloop-server/openloop/internal/web"
)

const page = "<!doctype html>\n<html>\n<head>\n<script type=\"module\" src=\"./ui/assets/index-abc.js\"></script>\n</head>\n<body></body>\n</html>\n"

const script = "console.log('hello')"

// dist is a built UI: each file below ui/assets is there compressed alone, but for those that are compressed by themselves.
func dist() fstest.MapFS {
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	_, _ = io.WriteString(zip, script)
	_ = zip.Close()
	return fstest.MapFS{
		"index.html":                {Data: []byte(page)},
		"README.txt":                {Data: []byte("readme")},
		"ui/assets/index-abc.js.gz": {Data: b.Bytes()},
		"ui/assets/font-abc.woff2":  {Data: []byte("font")},
	}
}

// serve returns a server of the site, as package api serves it.
func serve(t *testing.T, site *ui.Site, baseURL string) http.Handler {
	t.Helper()
	routes := []web.Route{
		{Method: "GET", Path: "/{$}", ID: "root", Op: web.Handler(site.Page)},
		{Method: "GET", Path: "/ui/assets/{name...}", ID: "asset", Op: web.Handler(site.Asset)},
		{Method: "GET", Path: "/favicon.ico", ID: "icon", Op: web.Handler(site.Icon)},
	}
	screens := &web.Fallback{Route: web.Route{Method: "GET", Path: "/{screen...}", ID: "page", Op: web.Handler(site.Page)}, Wants: site.Wants}
	s, err := web.New(routes, web.Options{BaseURL: baseURL, Fallback: screens})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

func get(t *testing.T, s http.Handler, method, target, accept, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Header.Set("Accept", accept)
	r.Header.Set("Accept-Encoding", encoding)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

var nonce = regexp.MustCompile(`'nonce-([A-Za-z0-9+/=]{24})'`)

// TestThePageHasItsPolicy compares the whole page and its headers, with what is new each time replaced.
func TestThePageHasItsPolicy(t *testing.T) {
	s := serve(t, ui.New(dist()), "https://example.com/x/y")
	w := get(t, s, "GET", "/files/pr_1?tab=a", browser, "")
	policy := w.Header().Get("Content-Security-Policy")
	found := nonce.FindStringSubmatch(policy)
	if found == nil {
		t.Fatalf("there is no nonce in %s", policy)
	}
	want := strings.Replace(page, "<head>", `<head><base href="/x/y/"><meta name="csp-nonce" content="NONCE">`, 1)
	if diff := cmp.Diff(want, strings.Replace(w.Body.String(), found[1], "NONCE", 1)); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	got := map[string]string{"Content-Security-Policy": strings.Replace(policy, found[1], "NONCE", 1)}
	for _, name := range []string{"X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cache-Control", "Content-Type"} {
		got[name] = w.Header().Get(name)
	}
	headers := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-NONCE'; style-src-attr 'none'; img-src 'self' data: blob:; " +
			"font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		"Content-Type": "text/html; charset=utf-8",
	}
	if diff := cmp.Diff(headers, got); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	if again := get(t, s, "GET", "/", browser, "").Header().Get("Content-Security-Policy"); again == policy {
		t.Error("the nonce stays the same")
	}
}

// TestThePageIsForBrowsersAtScreens asks for addresses of screens and others, as a browser and as other clients do.
func TestThePageIsForBrowsersAtScreens(t *testing.T) {
	s := serve(t, ui.New(dist()), "")
	for _, c := range []struct {
		method, target, accept string
		status                 int
	}{
		{"GET", "/", browser, 200},
		{"HEAD", "/", "*/*", 200},
		{"GET", "/login", browser, 200},
		{"GET", "/files/pr_1/editor", browser, 200},
		{"GET", "/settings/keys", browser, 200},
		{"HEAD", "/errors/timeout", browser, 200},
		{"GET", "/files/pr_1", "application/json", 404},
		{"GET", "/files/pr_1", "*/*", 404},
		{"GET", "/prompts/pr_1", browser, 404},
		{"GET", "/filesystem", browser, 404},
		{"POST", "/files", browser, 404},
		{"GET", "/ui/assets/README.txt", browser, 404},
	} {
		w := get(t, s, c.method, c.target, c.accept, "")
		if w.Code != c.status || w.Code == 404 && !strings.HasPrefix(w.Body.String(), `{"detail":`) {
			t.Errorf("%s %s of %s is answered %d %.100s", c.method, c.target, c.accept, w.Code, w.Body)
		}
	}
}

func TestAssetsAreServedAsTheyAreKept(t *testing.T) {
	s := serve(t, ui.New(dist()), "")
	for name, c := range map[string]struct{ target, encoding, wantEncoding, media, body string }{
		"compressed":            {"/ui/assets/index-abc.js", "gzip, br", "gzip", "text/javascript; charset=utf-8", script},
		"decompressed":          {"/ui/assets/index-abc.js", "", "", "text/javascript; charset=utf-8", script},
		"not compressed at all": {"/ui/assets/font-abc.woff2", "gzip", "", "font/woff2", "font"},
	} {
		w := get(t, s, "GET", c.target, "*/*", c.encoding)
		body := io.Reader(w.Body)
		if w.Header().Get("Content-Encoding") == "gzip" {
			zip, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			body = zip
		}
		text, err := io.ReadAll(body)
		got := []string{string(text), w.Header().Get("Content-Encoding"), w.Header().Get("Content-Type"), w.Header().Get("Cache-Control")}
		want := []string{c.body, c.wantEncoding, c.media, "public, max-age=31536000, immutable"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for _, target := range []string{"/ui/assets/other.js", "/ui/assets/", "/ui/assets/index-abc.js.gz", "/ui/assets/%2e%2e/%2e%2e/index.html", "/index.html"} {
		if w := get(t, s, "GET", target, "*/*", "gzip"); w.Code != http.StatusNotFound {
			t.Errorf("%s is answered %d", target, w.Code)
		}
	}
}

func TestWithoutBuiltFilesThePageSaysHowToBuildIt(t *testing.T) {
	site := ui.New(fstest.MapFS{"README.txt": {Data: []byte("readme")}})
	s := serve(t, site, "https://example.com/x")
	w := get(t, s, "GET", "/", browser, "")
	const want = `<p>This binary was built without the web UI. <code>make ui</code> builds it; the API works: <a href="docs">/docs</a>.</p>`
	if site.Built() || w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) || !strings.Contains(w.Body.String(), `<base href="/x/">`) {
		t.Errorf("built %v, %d %s", site.Built(), w.Code, w.Body)
	}
	if w := get(t, s, "GET", "/files/pr_1", browser, ""); w.Code != http.StatusNotFound {
		t.Errorf("a screen is answered %d", w.Code)
	}
}

func TestTheIcon(t *testing.T) {
	w := get(t, serve(t, ui.None(), ""), "GET", "/favicon.ico", "image/*", "")
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(w.Body.String(), "<svg") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
}

// TestTheEmbeddedFilesAlwaysCompile reads the site of this program, with or without a UI.
func TestTheEmbeddedFilesAlwaysCompile(t *testing.T) {
	if w := get(t, serve(t, ui.Embedded(), ""), "GET", "/", browser, ""); w.Code != http.StatusOK {
		t.Errorf("%d", w.Code)
	}
}
