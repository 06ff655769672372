package web_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web"
)

// FuzzBody sends any bytes as a body: the answer is always within the contract, and what is accepted decodes the same way again.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		typicalCall, `{}`, `[]`, `null`, ``, `{"prompt":{"model":5,"nested":{"nested":{}}}}`, `{"num_samples":"5.0","save":1,"tags":["a",null]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"é\ud83d\ude00"}]}],"tool_choice":{"function":{}}}`,
		`{"start_time":"2026-11-22","output":null,"inputs":null,"score":"1e5"}`, "{\"a\":\"\xff\"}", `{"output":"\ud800"}`, "\xEF\xBB\xBF{}",
		`{"messages":[{"role":"user","content":{}}]}`, `{"prompt":{"model":"m","stop":["a",1],"extra":{"x":1.5,"y":"2"}}}`,
	} {
		f.Add([]byte(seed))
	}
	h := newHarness(f, func(o *web.Options) { o.Logger, o.Observe = nil, nil })
	f.Fuzz(func(t *testing.T, body []byte) {
		h.got, h.tb = nil, t
		w := h.do("POST", testCall, string(body))
		if w.Code == http.StatusOK {
			decodesAgain(t, h)
			decodesSlowly(t, h, body)
			return
		}
		inContract(t, w, errs.InvalidJSON, errs.InvalidEncoding, errs.ValidationFailed, errs.BodyTooLarge)
		if h.got != nil {
			t.Error("the operation ran")
		}
	})
}

// decodesAgain makes sure that the JSON of an accepted input is accepted as the same.
func decodesAgain(t *testing.T, h *harness) {
	t.Helper()
	in, ok := h.got.(*callInput)
	if !ok || in.Body.Stream {
		return
	}
	first, err := json.Marshal(in.Body)
	if err != nil {
		t.Fatalf("accepted, and cannot be written: %v", err)
	}
	if w := h.do("POST", testCall, string(first)); w.Code != http.StatusOK {
		t.Fatalf("%s was accepted once, and not again: %s", first, w.Body)
	}
	second, err := json.Marshal(h.got.(*callInput).Body)
	if err != nil || string(second) != string(first) {
		t.Errorf("first %s\nthen %s, %v", first, second, err)
	}
}

// decodesSlowly makes sure that what the quick way takes is valid beside its schema too: a coercion sends the same body that way. Only
// of equal names the two ways look at different values.
func decodesSlowly(t *testing.T, h *harness, body []byte) {
	t.Helper()
	_, members, ok := bytes.Cut(body, []byte("{"))
	if _, err := json.Canonical(body); err != nil || !ok || json.Kind(body) != '{' {
		return
	}
	comma := ","
	if rest := bytes.TrimLeft(members, " \t\r\n"); len(rest) > 0 && rest[0] == '}' {
		comma = ""
	}
	slow := `{"num_samples":"1"` + comma + string(members)
	if w := h.do("POST", testCall, slow); w.Code != http.StatusOK {
		t.Errorf("%s is accepted, but %s is not: %s", body, slow, w.Body)
	}
}

// inContract makes sure that w is an error of one of the reasons.
func inContract(t *testing.T, w *httptest.ResponseRecorder, reasons ...errs.Reason) {
	t.Helper()
	d := detailOf(t, w.Body.String())
	if !slices.Contains(reasons, d.Reason) || w.Code != d.Reason.Code() || d.Message == "" || w.Body.Len() > 8<<10 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// FuzzQuery sends any query.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"file_id=f", "file_id=f&page=2&size=x", "a=%ff&search=%zz", "id=a&id=b&in_trace_filter=maybe", "ratio=1e999&sample=9e99", "start_date=2026-13-01", "&&=&;",
	} {
		f.Add(seed)
	}
	h := newHarness(f, func(o *web.Options) { o.Logger, o.Observe = nil, nil })
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/v5/prompts", nil)
		r.Header.Set("X-Api-Key", "hl_sk_member")
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			inContract(t, w, errs.InvalidEncoding, errs.ValidationFailed)
		}
	})
}

// FuzzPath asks for any path: it is found or not, and never redirected.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{"/v5/prompts/x", "//v5/../prompts/", "/v5/prompts/%2F%00", "/ui/../ui/./x//", "/prompts/call", "/v5/promts/é", "*", ""} {
		f.Add(seed)
	}
	h := newHarness(f, func(o *web.Options) { o.Logger, o.Observe = nil, nil })
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		r.Header.Set("X-Api-Key", "hl_sk_member")
		u, err := r.URL.Parse(strings.TrimLeft(path, "/"))
		if err != nil {
			return
		}
		r.URL = u
		r.URL.Path = "/" + strings.TrimPrefix(u.Path, "/")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			inContract(t, w, errs.RouteNotFound, errs.MethodNotAllowed, errs.ValidationFailed, errs.InvalidEncoding)
		}
	})
}

// FuzzForwarded has a trusted proxy say anything of the client, and a client send any cookie, origin and coding: the prefix is a path, and there
// is an answer of the contract.
func FuzzForwarded(f *testing.F) {
	f.Add("203.0.113.9, 10.0.0.1", "https", "a.example:8080", "/x/y/", "openloop_session=token", "https://a.example:8080", "gzip;q=0.5, *")
	f.Add("[::1]:80,,", "HTTPS, http", "", "//evil.example", "openloop_session=\x00; a", "null", ";q=0,gzip;q")
	f.Add("fe80::1%eth0", "", "a.example:443", `/"><`, "=", "://", "")
	s := newSite(f, web.Options{TrustedProxies: proxies("192.0.2.0/24")})
	prefix := regexp.MustCompile(` prefix=(/[A-Za-z0-9._~-]+)*$`)
	f.Fuzz(func(t *testing.T, forwarded, proto, host, path, cookie, origin, coding string) {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			r := httptest.NewRequestWithContext(t.Context(), method, "/who", nil)
			for name, value := range map[string]string{
				"X-Forwarded-For": forwarded, "X-Forwarded-Proto": proto, "X-Forwarded-Host": host, "X-Forwarded-Prefix": path, "Cookie": cookie, "Origin": origin,
				"Accept-Encoding": coding,
			} {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != http.StatusOK && (w.Code != http.StatusUnauthorized || !strings.HasPrefix(w.Body.String(), `{"detail":`)) {
				t.Errorf("%s is answered %d %s", method, w.Code, w.Body)
			}
			r.Method, r.URL.Path = http.MethodGet, "/visitor"
			w = httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if !prefix.MatchString(w.Body.String()) {
				t.Errorf("the visitor is %s", w.Body)
			}
		}
	})
}
