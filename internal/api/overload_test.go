package api_test

import (
	"bufio"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/store"
)

// load is what a test says that there is to do. Chance is always a half: batch is turned away above a pressure of 1.42, interactive above 2.13, and
// critical above 11.
type load struct {
	*admit.Controller
	pressure float64
	now      time.Time
}

func newLoad() *load {
	l := &load{now: day}
	l.Controller = admit.New(admit.Options{
		Draw:    func() float64 { return 0.5 },
		Signals: []admit.Signal{{Name: "test", Target: 1, Read: func(time.Time) float64 { return l.pressure }}},
	})
	return l
}

func (l *load) set(pressure float64) {
	l.pressure = pressure
	for range 100 {
		l.now = l.now.Add(admit.Every)
		l.Sample(l.now)
	}
}

// underLoad is a server with a load.
func underLoad(t *testing.T, upstream http.Handler) (*server, *load) {
	t.Helper()
	l := newLoad()
	return startWith(t, upstream, store.Options{Path: filepath.Join(t.TempDir(), "test.db")}, api.Options{Admit: l.Controller}), l
}

const (
	echoCall    = `{"path": "a", "prompt": {"provider": "mock", "model": "echo"}, "messages": [{"role": "user", "content": "hi"}]}`
	echoChat    = `{"model": "mock/echo", "messages": [{"role": "user", "content": "hi"}]}`
	echoFlex    = `{"model": "mock/echo", "service_tier": "flex", "messages": [{"role": "user", "content": "hi"}]}`
	echoMessage = `{"model": "mock/echo", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}`
)

// TestAnswersUnderLoad shows what each dialect says, and which priority is turned away when. The key is interactive.
func TestAnswersUnderLoad(t *testing.T) {
	s, l := underLoad(t, nil)
	send := func(path, body, priority string) *answer {
		r := s.request(t, "POST", path, body)
		r.Header.Set("X-Api-Key", memberKey)
		if priority != "" {
			r.Header.Set("X-Openloop-Priority", priority)
		}
		return s.send(t, r)
	}
	const said = `The server has more to do than it can, and lets requests of a higher priority go first. Send the request again in a moment.`
	v5 := `{"detail":{"type":"service_unavailable_error","message":"` + said + `","code":503,"origin":"Openloop","origin_class":"server","reason":"gateway_overloaded","retryable":true,"retry_after":2,`
	openAI := `{"error":{"message":"` + said + `","type":"server_error","param":null,"code":"server_is_overloaded"`
	anthropic := `{"type":"error","error":{"type":"overloaded_error","message":"` + said + `"`
	calls := []struct {
		path, body string
		status     int
		begins     string // of the answer when it is turned away
	}{
		{"/v5/prompts/call", echoCall, 503, v5},
		{"/v1/chat/completions", echoChat, 503, openAI},
		{"/v1/messages", echoMessage, 529, anthropic},
		{"/v1/traces", `{}`, 503, v5},
	}
	for _, c := range calls {
		l.set(0.5)
		if a := send(c.path, c.body, "batch"); a.status != http.StatusOK {
			t.Errorf("%s without a load: %d %s", c.path, a.status, a.body)
		}
		l.set(2)
		if a := send(c.path, c.body, ""); a.status != http.StatusOK {
			t.Errorf("%s at 2, interactive: %d %s", c.path, a.status, a.body)
		}
		for _, a := range []*answer{send(c.path, c.body, "batch"), func() *answer { l.set(3); return send(c.path, c.body, "") }()} {
			if a.status != c.status || !strings.HasPrefix(a.body, c.begins) || a.header.Get("Retry-After") != "2" {
				t.Errorf("%s: %d, Retry-After %q, %s", c.path, a.status, a.header.Get("Retry-After"), a.body)
			}
		}
	}
	l.set(2)
	for path, body := range map[string]string{"/v1/chat/completions": echoFlex, "/v1/responses": `{"model": "mock/echo", "input": "hi", "service_tier": "flex"}`} {
		if a := send(path, body, ""); a.status != 503 || !strings.HasPrefix(a.body, openAI) || a.header.Get("Retry-After") != "2" {
			t.Errorf("%s that asks for flex: %d %s", path, a.status, a.body)
		}
	}
	if a := send("/v5/prompts/call", echoCall, "soon"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown priority: %d %s", a.status, a.body)
	}
	if n := l.Open(); n != 0 {
		t.Errorf("%d requests are open after the last", n)
	}
}

// TestKeysHaveAPriority makes keys, and changes one.
func TestKeysHaveAPriority(t *testing.T) {
	s, l := underLoad(t, nil)
	type key struct {
		ID       string `json:"id"`
		Priority string `json:"priority"`
		Secret   string `json:"secret"`
	}
	made := decoded[key](t, s.call(t, "POST", "/v5/api-keys", `{"name": "n", "role": "member", "priority": "batch"}`))
	unnamed := decoded[key](t, s.call(t, "POST", "/v5/api-keys", `{"name": "n", "role": "member"}`))
	call := func() int {
		r := s.request(t, "POST", "/v5/prompts/call", echoCall)
		r.Header.Set("X-Api-Key", made.Secret)
		return s.send(t, r).status
	}
	l.set(2)
	got := []any{made.Priority, unnamed.Priority, call()}
	changed := decoded[key](t, s.call(t, "PATCH", "/v5/api-keys/"+made.ID, `{"priority": "critical"}`))
	got = append(got, changed.Priority, call())
	if d := cmp.Diff([]any{"batch", "interactive", 503, "critical", 200}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if a := s.call(t, "PATCH", "/v5/api-keys/"+made.ID, `{"priority": "utmost"}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown priority: %d %s", a.status, a.body)
	}
}

// TestWhatIsNeverTurnedAway is probed at a pressure that lets in nothing else.
func TestWhatIsNeverTurnedAway(t *testing.T) {
	s, l := underLoad(t, nil)
	l.set(30)
	status := map[string]int{}
	for _, r := range []struct{ method, path, body string }{
		{"GET", "/health", ""}, {"GET", "/ready", ""}, {"GET", "/metrics", ""}, {"GET", "/v5/me", ""}, {"GET", "/openapi.json", ""},
		{"POST", "/ui/session", `{"key": "` + memberKey + `"}`}, {"DELETE", "/ui/session", ""},
		{"POST", "/v5/api-keys", `{"name": "n", "role": "member"}`}, {"POST", "/v5/environments", `{"name": "e"}`},
		{"POST", "/v5/prompts/call", echoCall}, {"GET", "/v5/prompts", ""},
	} {
		status[r.method+" "+r.path] = s.call(t, r.method, r.path, r.body).status
	}
	want := map[string]int{
		"GET /health": 200, "GET /ready": 200, "GET /metrics": 200, "GET /v5/me": 200, "GET /openapi.json": 200,
		"POST /ui/session": 200, "DELETE /ui/session": 204, "POST /v5/api-keys": 201, "POST /v5/environments": 201,
		"POST /v5/prompts/call": 503, "GET /v5/prompts": 503,
	}
	if d := cmp.Diff(want, status); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestAStreamThatBeganGoesOn while everything else is turned away.
func TestAStreamThatBeganGoesOn(t *testing.T) {
	chunk := func(text string) string {
		return `data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"` + text + `"}}]}` + "\n\n"
	}
	loaded := make(chan struct{})
	s, l := underLoad(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, chunk("one"))
		_ = http.NewResponseController(w).Flush()
		<-loaded
		_, _ = io.WriteString(w, chunk("two")+`data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	r := s.request(t, "POST", "/v5/prompts/call", `{"path": "a", "prompt": {"provider": "openai", "model": "m"}, "stream": true,
		"messages": [{"role": "user", "content": "hi"}], "provider_api_keys": {"openai": "sk-0123456789"}}`)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	first, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(first, `"one"`) {
		t.Fatalf("%q, %v", first, err)
	}
	l.set(30)
	if a := s.call(t, "POST", "/v5/prompts/call", echoCall); a.status != http.StatusServiceUnavailable {
		t.Errorf("another call: %d", a.status)
	}
	close(loaded)
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.Contains(string(rest), `"content":"onetwo"`) {
		t.Errorf("the rest is %s, %v", rest, err)
	}
}
