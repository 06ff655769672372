package web_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// newSite is a server with operations for who asks, for what a browser is signed in to, and for texts of any size.
func newSite(t testing.TB, o web.Options) *web.Server {
	t.Helper()
	o.Authenticate = func(_ context.Context, secret string) (auth.Principal, error) {
		if secret != "key" {
			return auth.Principal{}, errs.New(errs.GatewayKeyInvalid, "The API key is not valid.")
		}
		return auth.Principal{KeyID: "key_1", Role: auth.Developer}, nil
	}
	o.Session = func(_ context.Context, token string) (auth.Principal, error) {
		if token != "token" {
			return auth.Principal{}, errs.New(errs.GatewayKeyInvalid, "The session has ended.")
		}
		return auth.Principal{KeyID: "key_2", Role: auth.Developer, SessionID: "login_1"}, nil
	}
	type none struct{}
	who := web.Text(func(ctx context.Context, _ *none) (string, error) { return auth.From(ctx).KeyID, nil })
	type sized struct {
		Size int `query:"size"`
	}
	routes := []web.Route{
		{Method: "GET", Path: "/visitor", ID: "visitor", Op: web.Text(func(ctx context.Context, _ *none) (string, error) {
			v := web.VisitorOf(ctx)
			return fmt.Sprintf("%s https=%v prefix=%s", v.Address, v.HTTPS, v.Prefix), nil
		})},
		{Method: "GET", Path: "/who", ID: "who", Role: auth.Member, Op: who},
		{Method: "POST", Path: "/who", ID: "who.change", Role: auth.Member, Op: who},
		{Method: "POST", Path: "/admin", ID: "admin", Role: auth.Admin, Op: who},
		{Method: "POST", Path: "/sign", ID: "sign", Op: web.NoContent(func(ctx context.Context, _ *none) error {
			web.SetSession(ctx, "token", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
			return web.CheckOrigin(ctx)
		})},
		{Method: "DELETE", Path: "/sign", ID: "unsign", Op: web.NoContent(func(ctx context.Context, _ *none) error {
			web.SetSession(ctx, "", time.Time{})
			return nil
		})},
		{Method: "GET", Path: "/text", ID: "text", Op: web.Text(func(_ context.Context, in *sized) (string, error) { return strings.Repeat("a", in.Size), nil })},
		{Method: "GET", Path: "/packed", ID: "packed", Op: web.Handler(func(w http.ResponseWriter, r *http.Request) { web.SendGzip(w, r, "text/css", packed("plain")) })},
		{Method: "GET", Path: "/fails", ID: "fails", Op: web.Text(func(context.Context, *none) (string, error) { return "", errs.New(errs.Conflict, "No.") })},
	}
	s, err := web.New(routes, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func packed(text string) []byte {
	var b strings.Builder
	zip := gzip.NewWriter(&b)
	_, _ = io.WriteString(zip, text)
	_ = zip.Close()
	return []byte(b.String())
}

// ask sends a request with headers, each "Name: value". The address of the client is 192.0.2.1, and the host example.com.
func ask(t *testing.T, s http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func proxies(of ...string) (list []netip.Prefix) {
	for _, p := range of {
		list = append(list, netip.MustParsePrefix(p))
	}
	return list
}

func TestProxiesAreBelievedWhenTheyAreTrusted(t *testing.T) {
	near, far := proxies("192.0.2.0/24"), proxies("198.51.100.0/24")
	for name, c := range map[string]struct {
		o       web.Options
		headers []string
		want    string
	}{
		"nothing": {want: "192.0.2.1 https=false prefix="},
		"not trusted": {
			web.Options{TrustedProxies: far}, []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /x"},
			"192.0.2.1 https=false prefix=",
		},
		"trusted": {
			web.Options{TrustedProxies: near}, []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /x/y/"},
			"203.0.113.9 https=true prefix=/x/y",
		},
		"what the client wrote in front": {
			web.Options{TrustedProxies: near}, []string{"X-Forwarded-For: 10.0.0.1, 203.0.113.9", "X-Forwarded-Proto: https, http"}, "203.0.113.9 https=false prefix=",
		},
		"two proxies": {
			web.Options{TrustedProxies: append(near, far...)}, []string{"X-Forwarded-For: 203.0.113.9", "X-Forwarded-For: 198.51.100.7"}, "203.0.113.9 https=false prefix=",
		},
		"no address":        {web.Options{TrustedProxies: near}, []string{"X-Forwarded-For: unknown"}, "192.0.2.1 https=false prefix="},
		"another host":      {web.Options{TrustedProxies: near}, []string{"X-Forwarded-Prefix: //evil.example"}, "192.0.2.1 https=false prefix="},
		"markup":            {web.Options{TrustedProxies: near}, []string{`X-Forwarded-Prefix: /"><script>`}, "192.0.2.1 https=false prefix="},
		"a public URL":      {web.Options{BaseURL: "https://a.example/x"}, nil, "192.0.2.1 https=true prefix=/x"},
		"a public URL wins": {web.Options{BaseURL: "http://a.example", TrustedProxies: near}, []string{"X-Forwarded-Prefix: /x"}, "192.0.2.1 https=false prefix="},
	} {
		if got := ask(t, newSite(t, c.o), "GET", "/visitor", c.headers...).Body.String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// TestForgery sends every combination of what tells whether a page of ours sent a request, and holds the answers to the rule.
func TestForgery(t *testing.T) {
	const cookie = "Cookie: openloop_session=token"
	open, behind := newSite(t, web.Options{}), newSite(t, web.Options{BaseURL: "https://public.example/x", TrustedProxies: proxies("192.0.2.0/24")})
	for name, c := range map[string]struct {
		s       *web.Server
		method  string
		headers []string
		want    string // who asks; "" when it is refused
	}{
		"a read":                                   {open, "GET", []string{cookie}, "key_2"},
		"a read for another site":                  {open, "GET", []string{cookie, "Sec-Fetch-Site: cross-site"}, "key_2"},
		"no sign of a page":                        {open, "POST", []string{cookie}, ""},
		"our page":                                 {open, "POST", []string{cookie, "Sec-Fetch-Site: same-origin"}, "key_2"},
		"our page, with its origin":                {open, "POST", []string{cookie, "Sec-Fetch-Site: same-origin", "Origin: https://example.com"}, "key_2"},
		"another port":                             {open, "POST", []string{cookie, "Sec-Fetch-Site: same-site", "Origin: http://example.com:81"}, ""},
		"another site":                             {open, "POST", []string{cookie, "Sec-Fetch-Site: cross-site", "Origin: http://evil.example"}, ""},
		"another site that says our origin":        {open, "POST", []string{cookie, "Sec-Fetch-Site: cross-site", "Origin: http://example.com"}, ""},
		"no page":                                  {open, "POST", []string{cookie, "Sec-Fetch-Site: none"}, ""},
		"our origin over plain HTTP":               {open, "POST", []string{cookie, "Origin: http://example.com"}, "key_2"},
		"our origin with its usual port":           {open, "POST", []string{cookie, "Origin: http://Example.com:80"}, "key_2"},
		"our origin at a port":                     {open, "POST", []string{cookie, "Host: example.com:8080", "Origin: http://example.com:8080"}, "key_2"},
		"another port over plain HTTP":             {open, "POST", []string{cookie, "Origin: http://example.com:81"}, ""},
		"another host over plain HTTP":             {open, "POST", []string{cookie, "Origin: http://evil.example"}, ""},
		"an opaque origin":                         {open, "POST", []string{cookie, "Origin: null"}, ""},
		"a key":                                    {open, "POST", []string{"X-Api-Key: key"}, "key_1"},
		"a key of another site's page":             {open, "POST", []string{"X-Api-Key: key", "Sec-Fetch-Site: cross-site"}, "key_1"},
		"a key and a cookie":                       {open, "POST", []string{"X-Api-Key: key", cookie}, "key_1"},
		"a bad key and a cookie":                   {open, "GET", []string{"X-Api-Key: bad", cookie}, ""},
		"a session that has ended":                 {open, "GET", []string{"Cookie: openloop_session=old"}, ""},
		"neither":                                  {open, "GET", nil, ""},
		"the public URL":                           {behind, "POST", []string{cookie, "Host: internal:8080", "Origin: https://public.example"}, "key_2"},
		"the public URL without TLS":               {behind, "POST", []string{cookie, "Host: internal:8080", "Origin: http://public.example"}, ""},
		"the host that a proxy was asked":          {behind, "POST", []string{cookie, "X-Forwarded-Host: b.example", "X-Forwarded-Proto: https", "Origin: https://b.example"}, "key_2"},
		"the host that a proxy was asked, no TLS":  {behind, "POST", []string{cookie, "X-Forwarded-Host: b.example", "X-Forwarded-Proto: https", "Origin: http://b.example"}, ""},
		"a forwarded host from who is not trusted": {open, "POST", []string{cookie, "X-Forwarded-Host: b.example", "Origin: https://b.example"}, ""},
	} {
		w := ask(t, c.s, c.method, "/who", c.headers...)
		switch {
		case c.want == "" && w.Code != http.StatusUnauthorized:
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		case c.want != "" && w.Body.String() != c.want:
			t.Errorf("%s: %d %s, want %s", name, w.Code, w.Body, c.want)
		}
	}
}

func TestWhatACookieOpensIsNotKept(t *testing.T) {
	s := newSite(t, web.Options{AllowedOrigins: []string{"*"}})
	w := ask(t, s, "GET", "/who", "Cookie: openloop_session=token", "Origin: https://other.example")
	if got := w.Header().Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if got := w.Header()["Access-Control-Allow-Credentials"]; got != nil {
		t.Errorf("other origins get credentials: %q", got)
	}
	if w := ask(t, s, "POST", "/admin", "Cookie: openloop_session=token", "Sec-Fetch-Site: same-origin"); w.Code != http.StatusUnauthorized {
		t.Errorf("a developer's session may do what admins may: %d", w.Code)
	}
}

func TestTheCookie(t *testing.T) {
	for name, c := range map[string]struct {
		o       web.Options
		method  string
		headers []string
		want    string
	}{
		"plain":        {web.Options{}, "POST", nil, "openloop_session=token; Path=/; Expires=Fri, 02 Jan 2026 03:04:05 GMT; HttpOnly; SameSite=Lax"},
		"a public URL": {web.Options{BaseURL: "https://a.example/x"}, "POST", nil, "openloop_session=token; Path=/x; Expires=Fri, 02 Jan 2026 03:04:05 GMT; HttpOnly; Secure; SameSite=Lax"},
		"a proxy": {
			web.Options{TrustedProxies: proxies("192.0.2.1/32")}, "POST", []string{"X-Forwarded-Proto: https", "X-Forwarded-Prefix: /y"},
			"openloop_session=token; Path=/y; Expires=Fri, 02 Jan 2026 03:04:05 GMT; HttpOnly; Secure; SameSite=Lax",
		},
		"its end": {web.Options{}, "DELETE", nil, "openloop_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"},
	} {
		if got := ask(t, newSite(t, c.o), c.method, "/sign", c.headers...).Header().Get("Set-Cookie"); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if w := ask(t, newSite(t, web.Options{}), "POST", "/sign", "Origin: http://evil.example"); w.Code != http.StatusUnauthorized {
		t.Errorf("another site signs in: %d", w.Code)
	}
}

// TestAPrefixIsTakenAway serves the paths of a proxy that leaves the prefix of the public URL where it is.
func TestAPrefixIsTakenAway(t *testing.T) {
	s := newSite(t, web.Options{BaseURL: "https://a.example/x/who"})
	for target, want := range map[string]int{"/who": 200, "/x/who/who": 200, "/x/who": 404, "/x/whom/who": 404, "/x/who/x/who/who": 404} {
		if w := ask(t, s, "GET", target, "X-Api-Key: key"); w.Code != want {
			t.Errorf("%s is answered %d, want %d", target, w.Code, want)
		}
	}
}

func TestAForwardedPrefixIsInLinks(t *testing.T) {
	s := newSite(t, web.Options{TrustedProxies: proxies("192.0.2.1/32")})
	var got struct {
		Detail errs.Detail `json:"detail"`
	}
	w := ask(t, s, "GET", "/fails", "X-Forwarded-Prefix: /x/y")
	if err := json.UnmarshalForeign(w.Body.Bytes(), &got); err != nil || got.Detail.DocURL != "/x/y/docs/errors/conflict" {
		t.Errorf("%v, %s", err, w.Body)
	}
}

// TestTheFallbackServesWhatNoRouteHas asks for paths of routes, and of none.
func TestTheFallbackServesWhatNoRouteHas(t *testing.T) {
	var asked []string
	page := web.Route{Method: "GET", Path: "/{page...}", ID: "page", Op: web.Handler(func(w http.ResponseWriter, r *http.Request) { web.Send(w, r, "text/html", []byte("page")) })}
	var seen []string
	s := newSite(t, web.Options{
		BaseURL: "https://a.example/x",
		Fallback: &web.Fallback{Route: page, Wants: func(_ *http.Request, path string) bool {
			asked = append(asked, path)
			return path == "/files/1"
		}},
		Observe: func(o web.Observation) { seen = append(seen, o.ID) },
	})
	for target, want := range map[string]string{"/files/1": "page", "/x/files/1": "page", "/other": "", "/visitor": "192.0.2.1 https=true prefix=/x"} {
		w := ask(t, s, "GET", target)
		if got := w.Body.String(); want == "" && w.Code != http.StatusNotFound || want != "" && got != want {
			t.Errorf("%s is answered %d %s", target, w.Code, got)
		}
	}
	if len(asked) != 3 {
		t.Errorf("the fallback was asked for %q", asked)
	}
	if diff := cmp.Diff(4, len(seen)); diff != "" {
		t.Errorf("observed are %q", seen)
	}
	if w := ask(t, s, "POST", "/visitor"); w.Code != http.StatusNotFound || w.Header().Get("Allow") == "" {
		t.Errorf("another method is answered %d", w.Code)
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	s := newSite(t, web.Options{})
	for name, c := range map[string]struct {
		target, accept string
		zipped         bool
		vary           string
	}{
		"small":            {"/text?size=1023", "gzip", false, ""},
		"large":            {"/text?size=1024", "gzip", true, "Accept-Encoding"},
		"a list":           {"/text?size=4000", "deflate, gzip;q=0.5, br", true, "Accept-Encoding"},
		"anything":         {"/text?size=4000", "*", true, "Accept-Encoding"},
		"refused":          {"/text?size=4000", "gzip;q=0.0", false, "Accept-Encoding"},
		"not asked":        {"/text?size=4000", "", false, "Accept-Encoding"},
		"packed":           {"/packed", "gzip", true, "Accept-Encoding"},
		"packed, unpacked": {"/packed", "", false, "Accept-Encoding"},
	} {
		w := ask(t, s, "GET", c.target, "Accept-Encoding: "+c.accept)
		body := io.Reader(w.Body)
		size := w.Body.Len()
		if zipped := w.Header().Get("Content-Encoding") == "gzip"; zipped != c.zipped || w.Header().Get("Vary") != c.vary {
			t.Errorf("%s: compressed %v, Vary %q", name, zipped, w.Header().Get("Vary"))
			continue
		}
		if c.zipped {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		plain, err := io.ReadAll(body)
		if text := string(plain); err != nil || text != "plain" && strings.Trim(text, "a") != "" {
			t.Errorf("%s: %v, %.20s", name, err, text)
		}
		if got := w.Header().Get("Content-Length"); got != fmt.Sprint(size) {
			t.Errorf("%s: Content-Length %s of %d bytes", name, got, size)
		}
	}
}
