package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/store"
)

// dialectCalls are streamed calls of a model of OpenAI's, by their paths.
var dialectCalls = map[string]string{
	"/v1/chat/completions": `{"model":"openai/gpt-x","stream":true,"messages":[{"role":"user","content":"a"}]}`,
	"/v1/responses":        `{"model":"openai/gpt-x","stream":true,"input":"a"}`,
	"/v1/messages":         `{"model":"openai/gpt-x","stream":true,"max_tokens":9,"messages":[{"role":"user","content":"a"}]}`,
	"/v5/prompts/call":     `{"path":"p","prompt":{"provider":"openai","model":"gpt-x"},"stream":true,"messages":[{"role":"user","content":"a"}]}`,
}

// TestAStreamBeginsBeforeItsOutput has a model that says nothing before its caller has read the head of the answer and a keep-alive. Then it fails.
func TestAStreamBeginsBeforeItsOutput(t *testing.T) {
	silent := make(chan struct{})
	upstream := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-silent
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"error":{"message":"Slow down.","code":"rate_limit_exceeded"}}`)
	})
	s := startWith(t, upstream, store.Options{Path: t.TempDir() + "/test.db"}, api.Options{StreamHold: time.Millisecond})
	for path, want := range map[string][2]string{
		"/v1/chat/completions": {": keep-alive\n\n", "event: error\ndata: {\"error\":{\"message\":\"Slow down.\""},
		"/v1/responses":        {": keep-alive\n\n", "event: response.failed\ndata: {\"type\":\"response.failed\""},
		"/v1/messages":         {"event: ping\ndata: {\"type\":\"ping\"}\n\n", "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\""},
		"/v5/prompts/call":     {": keep-alive\n\n", "event: error\ndata: {\"output\":\"\""},
	} {
		r := s.request(t, http.MethodPost, path, dialectCalls[path])
		r.Header.Set("X-Openloop-Provider-Key", "sk-mine")
		if path == "/v5/prompts/call" {
			r = s.request(t, http.MethodPost, path, strings.Replace(dialectCalls[path], "{", `{"provider_api_keys":{"openai":"sk-mine"},`, 1))
		}
		resp, err := s.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		first := make([]byte, len(want[0]))
		_, err = io.ReadFull(resp.Body, first)
		silent <- struct{}{}
		rest, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || string(first) != want[0] || !strings.Contains(string(rest), want[1]) || strings.Contains(string(rest), "[DONE]") {
			t.Errorf("%s: %v, %d %q, then %q", path, err, resp.StatusCode, first, rest)
		}
		if path == "/v5/prompts/call" {
			continue
		}
		h := resp.Header
		log := h.Get("X-Openloop-Log-Id")
		got := []string{h.Get("X-Openloop-Provider"), h.Get("X-Openloop-Model"), h.Get("X-Openloop-Attempts"), h.Get("X-Accel-Buffering"), h.Get("Cache-Control")}
		if d := cmp.Diff([]string{"openai", "gpt-x", "0", "no", "no-store"}, got); d != "" || !strings.Contains(string(rest), log) {
			t.Errorf("%s: Log %s (-want +got):\n%s", path, log, d)
		}
		if a := s.call(t, http.MethodGet, "/v5/logs/"+log, ""); a.status != http.StatusOK || !strings.Contains(a.body, "Slow down.") {
			t.Errorf("%s: the Log is %d %s", path, a.status, a.body)
		}
	}
}

// header sends a chat with headers, and returns the answer.
func (s *server) header(t *testing.T, body string, pairs ...string) *answer {
	t.Helper()
	r := s.request(t, http.MethodPost, "/v1/chat/completions", body)
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	return s.send(t, r)
}

const echo = `{"model":"mock/echo","messages":[{"role":"user","content":"a"}]}`

// TestBadHeadersAreNamed states that a value which cannot be used is a bad request, about that header.
func TestBadHeadersAreNamed(t *testing.T) {
	s := start(t, nil)
	s.call(t, http.MethodPost, "/v5/prompts", `{"path":"p","provider":"mock","model":"echo","template":[]}`)
	saved := strings.Replace(echo, "mock/echo", "prompt:p", 1)
	for _, test := range [][3]string{
		{echo, "X-Openloop-Metadata", "[1]"},
		{echo, "X-Openloop-Metadata", "{"},
		{echo, "X-Openloop-Path", "//"},
		{echo, "X-Openloop-Timeout", "soon"},
		{echo, "X-Openloop-Timeout", "-1"},
		{echo, "X-Openloop-Strict", "maybe"},
		{saved, "X-Openloop-Environment", "nowhere"},
	} {
		a := s.header(t, test[0], test[1], test[2])
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, `"param":"`+test[1]+`"`) || !strings.Contains(a.body, `"loc":["header","`+test[1]+`"]`) {
			t.Errorf("%s: %s: %d %s", test[1], test[2], a.status, a.body)
		}
	}
}

// TestHeadersOfAnswers states what each answer of a dialect tells.
func TestHeadersOfAnswers(t *testing.T) {
	s := start(t, nil)
	for _, test := range []struct {
		body    string
		headers []string
		want    map[string]string
	}{
		{echo, nil, map[string]string{"X-Openloop-Provider": "mock", "X-Openloop-Model": "echo", "X-Openloop-Attempts": "1", "X-Openloop-Cost": "0", "X-Openloop-Ignored": ""}},
		{strings.Replace(echo, "{", `{"stream":true,`, 1), nil, map[string]string{"X-Openloop-Provider": "mock", "X-Openloop-Model": "echo", "X-Openloop-Attempts": "1", "X-Openloop-Cost": "", "X-Accel-Buffering": "no"}},
		{strings.Replace(echo, "echo", "error/rate_limited", 1), nil, map[string]string{"X-Openloop-Provider": "mock", "X-Openloop-Model": "error/rate_limited", "X-Openloop-Attempts": "1"}},
		{echo, []string{"X-Openloop-Environment", "production"}, map[string]string{"X-Openloop-Ignored": "X-Openloop-Environment"}},
		{strings.Replace(echo, "{", `{"stream":true,"whatever":1,`, 1), nil, map[string]string{"X-Openloop-Ignored": "whatever"}},
	} {
		a := s.header(t, test.body, test.headers...)
		got := map[string]string{}
		for name := range test.want {
			got[name] = a.header.Get(name)
		}
		if d := cmp.Diff(test.want, got); d != "" || a.header.Get("X-Openloop-Log-Id") == "" || a.header.Get("Request-Id") != "test" || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v (-want +got):\n%s", test.body, a.header, d)
		}
	}
}

// TestAProviderKeyOfTheCaller is used for the provider of the model alone.
func TestAProviderKeyOfTheCaller(t *testing.T) {
	var sent []string
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, `{"object":"list","data":[{"index":0,"embedding":[1,2]}],"model":"e","usage":{"prompt_tokens":1,"total_tokens":1}}`)
	}))
	for key, want := range map[string]int{"": http.StatusForbidden, "sk-mine": http.StatusOK} {
		r := s.request(t, http.MethodPost, "/v1/embeddings", `{"model":"openai/text-embedding-3-small","input":"a"}`)
		r.Header.Set("X-Openloop-Provider-Key", key)
		if a := s.send(t, r); a.status != want {
			t.Errorf("with %q: %d %s", key, a.status, a.body)
		}
	}
	if d := cmp.Diff([]string{"Bearer sk-mine"}, sent); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestLostClients states that a client whose base URL is wrong is told so, in its own words.
func TestLostClients(t *testing.T) {
	s := start(t, nil)
	const twice, never = "give it a base URL without /v1.", "needs a base URL that ends in /v1."
	for _, test := range [][3]string{
		{"POST", "/v1/v1/chat/completions", twice}, {"POST", "/v1/v1/messages", twice}, {"GET", "/openai/v1/v1/models", twice},
		{"POST", "/anthropic/v1/v1/messages", twice}, {"POST", "/chat/completions", never}, {"POST", "/openai/embeddings", never}, {"POST", "/messages", never},
	} {
		a := s.call(t, test[0], test[1], "{}")
		own := `{"error":{"message":"`
		if strings.HasSuffix(test[1], "/messages") {
			own = `{"type":"error","error":{"type":"not_found_error"`
		}
		if a.status != http.StatusNotFound || !strings.Contains(a.body, test[2]) || !strings.HasPrefix(a.body, own) {
			t.Errorf("%s: %d %s", test[1], a.status, a.body)
		}
	}
	r := s.request(t, http.MethodHead, "/", "")
	r.Header.Del("X-API-KEY")
	if a := s.send(t, r); a.status != http.StatusOK || a.body != "" {
		t.Errorf("HEAD /: %d %q", a.status, a.body)
	}
}

// TestCodedBodies states that a body may be compressed with gzip, and with nothing else.
func TestCodedBodies(t *testing.T) {
	s := start(t, nil)
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write([]byte(echo))
	_ = zip.Close()
	for coding, want := range map[string]int{"gzip": http.StatusOK, "zstd": http.StatusUnsupportedMediaType} {
		a := s.header(t, packed.String(), "Content-Encoding", coding, "Content-Type", "application/json")
		if a.status != want {
			t.Errorf("%s: %d %s", coding, a.status, a.body)
		}
	}
}
