package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
)

// counted is a provider with OpenAI's API that answers with the number of the request.
func counted(w http.ResponseWriter, asked *atomic.Int64) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"id":"x","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"answer %d"}}],
		"usage":{"prompt_tokens":1000,"completion_tokens":10}}`, asked.Add(1))
}

// TestAnswersAreRemembered asks OpenAI's and our own API for the same, whole and as a stream.
func TestAnswersAreRemembered(t *testing.T) {
	var asked atomic.Int64
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { counted(w, &asked) }))
	s.call(t, "PUT", "/v5/provider-keys/openai", `{"key": "sk-0123456789"}`)
	s.call(t, "PUT", "/v5/aliases/kept", `{"targets": [{"provider": "openai", "model": "gpt-4o"}], "cache_ttl": 60}`)
	send := func(path, header, body string) string {
		r := s.request(t, http.MethodPost, path, body)
		if header != "" {
			r.Header.Set("X-Openloop-Cache", header)
		}
		a := s.send(t, r)
		_, text, _ := strings.Cut(a.body, "answer ")
		age := a.header.Get("Age")
		return strings.TrimSpace(fmt.Sprint(a.status, " ", text[:min(1, len(text))], " ", a.header.Get("X-Openloop-Cache"), " ", age))
	}
	const chat, messages, own = "/v1/chat/completions", "/v1/messages", "/v5/prompts/call"
	const hi = `"messages": [{"role": "user", "content": "Hi"}]`
	for _, c := range []struct{ what, path, header, body, want string }{
		{"a chat", chat, "ttl=60", `{"model": "openai/gpt-4o", ` + hi + `}`, "200 1 miss"},
		{"again", chat, "ttl=60", `{"model": "openai/gpt-4o", ` + hi + `}`, "200 1 hit 0"},
		{"as a stream", chat, "ttl=60", `{"model": "openai/gpt-4o", "stream": true, ` + hi + `}`, "200 1 hit 0"},
		{"for somebody", chat, "ttl=60", `{"model": "openai/gpt-4o", "user": "ada", "metadata": {"a": "b"}, ` + hi + `}`, "200 1 hit 0"},
		{"without the header", chat, "", `{"model": "openai/gpt-4o", ` + hi + `}`, "200 2"},
		{"refreshed", chat, "refresh", `{"model": "openai/gpt-4o", ` + hi + `}`, "200 3 miss"},
		{"an alias", chat, "", `{"model": "kept", ` + hi + `}`, "200 3 hit 0"},
		{"an alias without", chat, "off", `{"model": "kept", ` + hi + `}`, "200 4"},
		{"a message", messages, "ttl=60", `{"model": "openai/gpt-4o", "max_tokens": 9, ` + hi + `}`, "200 5 miss"},
		{"a message as a stream", messages, "ttl=60", `{"model": "openai/gpt-4o", "max_tokens": 9, "stream": true, ` + hi + `}`, "200 5 hit 0"},
		{"a Prompt", own, "ttl=60", `{"path": "a", "prompt": {"model": "gpt-4o", "temperature": 1}, ` + hi + `}`, "200 6 miss"},
		{"the Prompt again", own, "ttl=60", `{"path": "a", "prompt": {"model": "gpt-4o", "temperature": 1}, ` + hi + `}`, "200 6 hit 0"},
		{"the Prompt as a stream", own, "ttl=60", `{"path": "a", "prompt": {"model": "gpt-4o", "temperature": 1}, "stream": true, ` + hi + `}`, "200 6 hit 0"},
	} {
		if got := send(c.path, c.header, c.body); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	metrics := s.call(t, "GET", "/metrics", "").body
	for _, want := range []string{`openloop_cache_total{use="hit"} 7`, `openloop_cache_total{use="miss"} 4`} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if a := s.chatAs(t, memberKey, "openai/gpt-4o", "X-Openloop-Cache", "sometimes"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "X-Openloop-Cache") {
		t.Errorf("a bad header: %d %s", a.status, a.body)
	}
	r := s.request(t, http.MethodPost, own, `{"path": "a", `+hi+`}`)
	r.Header.Set("X-Openloop-Cache", "sometimes")
	expect(t, s.send(t, r), errs.ValidationFailed)
}

// TestARememberedAnswerIsOnItsLog compares the Logs of a call and of the same call again.
func TestARememberedAnswerIsOnItsLog(t *testing.T) {
	onBoth(t, func(t *testing.T, on func(*testing.T, http.Handler) *server) {
		var asked atomic.Int64
		s := on(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { counted(w, &asked) }))
		s.call(t, "PUT", "/v5/provider-keys/openai", `{"key": "sk-0123456789"}`)
		type seen struct {
			Cached  bool     `json:"cached"`
			Output  string   `json:"output"`
			Cost    float64  `json:"prompt_cost"`
			Tokens  int      `json:"prompt_tokens"`
			Latency *float64 `json:"provider_latency"`
		}
		var got []seen
		for range 2 {
			a := s.chatAs(t, memberKey, "openai/gpt-4o", "X-Openloop-Cache", "ttl=60")
			l := decoded[seen](t, s.call(t, "GET", "/v5/logs/"+a.header.Get("X-Openloop-Log-Id"), ""))
			if l.Latency != nil {
				l.Latency = new(1.0)
			}
			got = append(got, l)
		}
		want := []seen{{Output: "answer 1", Cost: 0.0025, Tokens: 1000, Latency: new(1.0)}, {Cached: true, Output: "answer 1", Tokens: 1000}}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	})
}

// TestANativeAnswerIsRememberedAsItCame asks again for what a provider has answered in the words of the client.
func TestANativeAnswerIsRememberedAsItCame(t *testing.T) {
	s := withParrot(t, &parrot{answer: wholeChat})
	ask := func(stream bool) *answer {
		r := s.request(t, http.MethodPost, "/v1/chat/completions", fmt.Sprintf(`{"model": "openai/gpt-5", "new_member": 1, "messages": [{"role": "user", "content": "Hi"}], "stream": %t}`, stream))
		r.Header.Set("X-Openloop-Cache", "ttl=60")
		return s.send(t, r)
	}
	type seen struct {
		Use, Body, Lane string
		Exchanged       bool
	}
	var got []seen
	for range 2 {
		a := ask(false)
		l := logOf(t, s, a)
		got = append(got, seen{a.header.Get("X-Openloop-Cache"), a.body, l.Lane, len(l.Response) > 0})
	}
	if d := cmp.Diff([]seen{{"miss", wholeChat, "native", true}, {"hit", wholeChat, "native", false}}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	a := ask(true)
	if l := logOf(t, s, a); a.header.Get("X-Openloop-Cache") != "hit" || l.Lane != "portable" || !strings.Contains(a.body, `"content":"Gr\u00fc\u00dfe \u2026"`) {
		t.Errorf("as a stream, in the lane %s: %s", l.Lane, a.body)
	}
}
