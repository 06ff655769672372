package failure_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

const secret = "hunter2-of-this-call"

var (
	startsWithMarkup = regexp.MustCompile(`(?i)^\s*<(!doctype|html|head|body|title|h1|\?xml|!--)[\s>]`)
	keyShaped        = regexp.MustCompile(`\b(sk-[A-Za-z0-9]{20}|AIza[A-Za-z0-9]{20}|AKIA[A-Z0-9]{12})`)
	statuses         = []int{400, 401, 404, 409, 422, 429, 500, 503}
)

// holds checks what is true of every failure.
func holds(t *testing.T, e *errs.Error) {
	t.Helper()
	d := e.Detail("req", "http://localhost:8080")
	if !d.Reason.Known() || !d.Reason.OfProvider() || !slices.Contains(statuses, d.Code) || d.Type == "" || d.Origin == "" {
		t.Fatalf("reason %q, code %d, type %q, origin %q", d.Reason, d.Code, d.Type, d.Origin)
	}
	if n := utf8.RuneCountInString(d.Message); n == 0 || n > 2000 || !utf8.ValidString(d.Message) || d.Message != e.Message {
		t.Fatalf("message of %d characters: %q", n, e.Message)
	}
	if startsWithMarkup.MatchString(d.Message) || json.Kind([]byte(d.Message)) == '{' && json.Valid([]byte(d.Message)) {
		t.Fatalf("message is a document: %q", d.Message)
	}
	if e.RetryAfter < 0 || e.RetryAfter > 0 && !d.Reason.Retryable() && d.Reason != errs.QuotaExhausted {
		t.Fatalf("%s after %v", d.Reason, e.RetryAfter)
	}
	holdsNoSecret(t, e, d)
}

// holdsNoSecret checks that the shown parts of a failure are bounded and hold no credential.
func holdsNoSecret(t *testing.T, e *errs.Error, d errs.Detail) {
	t.Helper()
	out, err := json.Marshal(d)
	if err != nil || len(out) > 8<<10 {
		t.Fatalf("detail of %d bytes, %v", len(out), err)
	}
	all := string(out) + string(e.Body) + e.Error()
	d.Headers(func(k, v string) {
		if len(v) > 256 || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%s: %q", k, v)
		}
		all += v
	})
	if strings.Contains(all, secret) || keyShaped.MatchString(all) {
		t.Fatalf("a credential is in %q", all)
	}
}

func fuzzCall() failure.Call {
	return failure.Call{Vendor: failure.VendorOf("openrouter"), Model: "m", Secrets: []string{secret}}
}

// seed adds the bodies of the corpus and of the wordings.
func seed(f *testing.F, add func(x fixture, body []byte)) {
	f.Helper()
	for _, x := range corpus(f) {
		body := []byte(x.Body)
		if x.BodyEncoding == "base64" {
			body, _ = base64.StdEncoding.DecodeString(x.Body)
		}
		if len(body) < 4000 {
			add(x, body)
		}
	}
	for _, w := range wordings(f) {
		add(fixture{HTTPStatus: w.Status}, []byte(w.Body))
	}
}

func FuzzHTTP(f *testing.F) {
	seed(f, func(x fixture, body []byte) {
		f.Add(x.HTTPStatus, x.Headers["retry-after"], x.Headers["x-amzn-errortype"], body)
	})
	f.Add(400, "1e9", "a#b:c", []byte(`{"error":{"message":"hunter2-of-this-call","metadata":{"raw":{"data":"[[\"<html>"}}}}`))
	f.Fuzz(func(t *testing.T, status int, after, kind string, body []byte) {
		h := http.Header{"Retry-After": {after}, "X-Amzn-Errortype": {kind}, "X-Request-Id": {kind}}
		e := fuzzCall().HTTP(status, h, body)
		if e == nil {
			t.Fatal("no error")
		}
		holds(t, e)
	})
}

func FuzzSuccess(f *testing.F) {
	seed(f, func(_ fixture, body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		if e := fuzzCall().Success(nil, body); e != nil {
			holds(t, e)
		}
		e := fuzzCall().Malformed(nil, body)
		holds(t, e)
		if e.Reason != errs.MalformedProviderResponse {
			t.Fatalf("got %s", e.Reason)
		}
	})
}

func FuzzEvent(f *testing.F) {
	seed(f, func(_ fixture, body []byte) {
		for line := range strings.Lines(string(body)) {
			f.Add("", strings.TrimPrefix(strings.TrimSpace(line), "data: "), false)
		}
	})
	f.Add("error", `{"type":"error","code":"server_error","message":"m"}`, true)
	f.Add("done", `{"reason":"error"}`, true)
	f.Fuzz(func(t *testing.T, name, data string, output bool) {
		c := fuzzCall()
		c.Output = output
		e := c.Event(name, nil, []byte(data))
		if e == nil && name == "error" {
			t.Fatal("an error event came out as nothing")
		}
		if e != nil {
			holds(t, e)
		}
		if frame := c.Frame(map[string]string{":message-type": name, ":exception-type": data, ":error-message": data}, nil, []byte(data)); frame != nil {
			holds(t, frame)
		}
	})
}
