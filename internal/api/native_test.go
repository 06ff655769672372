package api_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/api"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// keptLog is what these tests read of a Log.
type keptLog struct {
	Ingress  string     `json:"ingress"`
	Lane     string     `json:"lane"`
	Ignored  []string   `json:"ignored"`
	Output   string     `json:"output"`
	Finish   string     `json:"finish_reason"`
	Prompted int        `json:"prompt_tokens"`
	Error    string     `json:"error"`
	Response json.Value `json:"provider_response"`
}

// logOf reads the Log that an answer names.
func logOf(t *testing.T, s *server, a *answer) keptLog {
	t.Helper()
	got := s.call(t, "GET", "/v5/logs/"+a.header.Get("X-Openloop-Log-Id"), "")
	var out keptLog
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d %s: %v", got.status, got.body, err)
	}
	return out
}

// parrot is a provider that answers everything with the same, and remembers what it was asked.
type parrot struct {
	status int // 0 means 200
	answer string

	mu     sync.Mutex
	path   string
	header http.Header
	body   string
}

// ServeHTTP implements [http.Handler].
func (p *parrot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.path, p.header, p.body = r.URL.Path, r.Header, string(body)
	w.Header().Set("Content-Type", "application/json")
	if strings.HasPrefix(p.answer, "data:") || strings.HasPrefix(p.answer, "event:") {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	if p.status != 0 {
		w.WriteHeader(p.status)
	}
	_, _ = io.WriteString(w, p.answer)
}

// withParrot starts a server whose provider OpenAI is p.
func withParrot(t *testing.T, p *parrot) *server {
	t.Helper()
	s := start(t, p)
	if a := s.call(t, "PUT", "/v5/provider-keys/openai", `{"key": "sk-0123456789"}`); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	return s
}

const (
	wholeChat = `{ "id":"chatcmpl-1","object":"chat.completion","model":"gpt-5-2025","choices":[{"index":0,"message":{"role":"assistant","content":"Grüße \u2026"},"finish_reason":"stop","new":1.10}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5} }`

	chunkOfText = `data: {"id":"1","model":"gpt-5-2025","choices":[{"index":0,"delta":{"role":"assistant","content":"Grüße"},"finish_reason":null}],"obfuscation":"a"}` + "\n\n"
	chunkAtEnd  = `data: {"id":"1","model":"gpt-5-2025","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x":1.10}` + "\n\n"
	chunkUsed   = `data: {"id":"1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}` + "\n\n"
	chunkDone   = "data: [DONE]\n\n"
)

// TestNativeBodies states which bytes of a body a provider does not get as its client sent them.
func TestNativeBodies(t *testing.T) {
	p := &parrot{answer: wholeChat}
	s := withParrot(t, p)
	s.call(t, "POST", "/v5/prompts", `{"path": "support/answer", "provider": "openai", "model": "gpt-5", "temperature": 0.5, "max_tokens": 70,
		"template": [{"role": "system", "content": "You help {{name}}."}], "tools": [{"name": "read", "description": "ours"}]}`)
	for _, c := range []struct{ name, body, sent string }{
		{
			"a chat",
			`{ "messages" : [{"role":"user","content":"Gr\u00fc\u00dfe","x":1.10}], "model":"openai/gpt-5", "stream" : false, "seed": 1e2, "openloop":{"a":1} }`,
			`{ "messages" : [{"role":"user","content":"Gr\u00fc\u00dfe","x":1.10}], "model":"gpt-5", "stream" : false, "seed": 1e2 }`,
		},
		{
			"a model that is named twice",
			`{"model":"mock/echo","messages":[{"role":"user","content":"x"}],"model":"openai/gpt-5"}`,
			`{"messages":[{"role":"user","content":"x"}],"model":"gpt-5"}`,
		},
		{
			"what cannot be translated",
			`{"model":"openai/gpt-5","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}],"modalities":["text","audio"],"audio":{"voice":"x"},"n":1}`,
			`{"model":"gpt-5","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}],"modalities":["text","audio"],"audio":{"voice":"x"},"n":1}`,
		},
		{
			"a saved Prompt",
			`{"model":"prompt:support/answer","inputs":{"name":"Ada"},"temperature" : 1.0,"max_tokens":100,"messages":[ {"role":"user", "content":"x"} ],"tools":[{"type":"function","function":{"name":"read"}} , {"type":"function", "function":{"name":"write"}}]}`,
			`{"model":"gpt-5","temperature" : 0.5,"messages":[{"role":"system","content":"You help Ada."}, {"role":"user", "content":"x"} ],` +
				`"tools":[{"type":"function","function":{"name":"read","description":"ours"}},{"type":"function", "function":{"name":"write"}}],"max_completion_tokens":70}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := s.request(t, "POST", "/v1/chat/completions", c.body)
			r.Header.Set("OpenAI-Beta", "assistants=v2")
			r.Header.Set("OpenAI-Organization", "org")
			r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
			a := s.send(t, r)
			if d := cmp.Diff(wholeChat, a.body); d != "" {
				t.Fatalf("answer (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.sent, p.body); d != "" {
				t.Errorf("body (-want +got):\n%s", d)
			}
			want := []string{"assistants=v2", "Bearer sk-0123456789", "", ""}
			got := []string{p.header.Get("OpenAI-Beta"), p.header.Get("Authorization"), p.header.Get("OpenAI-Organization"), p.header.Get("Traceparent")}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("headers (-want +got):\n%s", d)
			}
			l := logOf(t, s, a)
			l.Response, l.Ignored = nil, nil
			if d := cmp.Diff(keptLog{Ingress: "openai.chat", Lane: "native", Output: "Grüße …", Finish: "stop", Prompted: 3}, l); d != "" {
				t.Errorf("Log (-want +got):\n%s", d)
			}
		})
	}
}

// TestNativeStreams states what a client gets of a stream, and what is asked for on its behalf.
func TestNativeStreams(t *testing.T) {
	for _, c := range []struct{ name, options, answer, want, sent string }{
		{"no usage", "", chunkOfText + chunkAtEnd + chunkUsed + chunkDone, chunkOfText + chunkAtEnd + chunkDone, `,"stream_options":{"include_usage":true}`},
		{
			"a usage", `,"stream_options":{"include_usage":true}`, chunkOfText + chunkAtEnd + chunkUsed + chunkDone, chunkOfText + chunkAtEnd + chunkUsed + chunkDone,
			`,"stream_options":{"include_usage":true}`,
		},
		{
			"options", `,"stream_options":{ "include_obfuscation" : false }`, chunkOfText + chunkAtEnd + chunkUsed + chunkDone, chunkOfText + chunkAtEnd + chunkDone,
			`,"stream_options":{ "include_obfuscation" : false,"include_usage":true }`,
		},
		{
			"a frame that cannot be read", "", chunkOfText + "data: {\"choices\":7}\n\n" + chunkAtEnd + chunkUsed + chunkDone,
			chunkOfText + "data: {\"choices\":7}\n\n" + chunkAtEnd + chunkDone, `,"stream_options":{"include_usage":true}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &parrot{answer: c.answer}
			s := withParrot(t, p)
			a := s.call(t, "POST", "/v1/chat/completions", `{"model":"openai/gpt-5","stream":true,"messages":[{"role":"user","content":"x"}]`+c.options+`}`)
			if d := cmp.Diff(strings.TrimSuffix(c.want, "\n\n"), strings.TrimSuffix(a.body, "\n\n")); d != "" {
				t.Errorf("frames (-want +got):\n%s", d)
			}
			if d := cmp.Diff(`{"model":"gpt-5","stream":true,"messages":[{"role":"user","content":"x"}]`+c.sent+`}`, p.body); d != "" {
				t.Errorf("body (-want +got):\n%s", d)
			}
			if d := cmp.Diff(keptLog{Ingress: "openai.chat", Lane: "native", Output: "Grüße", Finish: "stop", Prompted: 3}, logOf(t, s, a)); d != "" {
				t.Errorf("Log (-want +got):\n%s", d)
			}
		})
	}
}

// TestNativeFailuresKeepTheirWords states what a client reads of a failure that its own dialect has words for.
func TestNativeFailuresKeepTheirWords(t *testing.T) {
	for _, c := range []struct {
		status             int
		answer, kind, code string
	}{
		{400, `{"error":{"message":"Unsupported value: 'temperature'.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`, "invalid_request_error", "unsupported_value"},
		{429, `{"error":{"message":"Rate limit reached for gpt-5.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}`, "tokens", "rate_limit_exceeded"},
		{401, `{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, "permission_error", "invalid_api_key"}, // told as 403
		{404, `{"error":{"message":"The model gpt-9 does not exist.","type":"invalid_request_error","param":null,"code":null}}`, "invalid_request_error", "model_not_found"},
	} {
		s := withParrot(t, &parrot{status: c.status, answer: c.answer})
		a := s.call(t, "POST", "/v1/chat/completions", `{"model":"openai/gpt-5","messages":[{"role":"user","content":"x"}]}`)
		var got struct {
			Error struct {
				Type string `json:"type"`
				Code string `json:"code"`
			} `json:"error"`
		}
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Error.Type != c.kind || got.Error.Code != c.code {
			t.Errorf("%s became %d %s", c.answer, a.status, a.body)
		}
	}
}

// TestChatsWithToolsGoWhereTheModelCallsThem states that a chat with functions goes to Responses, for a model that calls them nowhere else.
func TestChatsWithToolsGoWhereTheModelCallsThem(t *testing.T) {
	const calls = `{"id":"resp_1","object":"response","created_at":1,"model":"gpt-5.5","status":"completed","output":[{"type":"function_call","id":"fc_1","call_id":"call_1","name":"add","arguments":"{}","status":"completed"}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}}`
	p := &parrot{answer: calls}
	s := withParrot(t, p)
	const tools = `"tools":[{"type":"function","function":{"name":"add"}}]`
	for _, c := range []struct{ model, more, path string }{
		{"gpt-5.5", "," + tools, "/responses"},
		{"gpt-5.5", "," + tools + `,"stop":"x"`, "/chat/completions"}, // which Responses has not
		{"gpt-5.5", "", "/chat/completions"},
		{"gpt-5.4", "," + tools, "/chat/completions"},
		{"gpt-5.4", "," + tools + `,"reasoning_effort":"low"`, "/responses"},
	} {
		p.answer = wholeChat
		if c.path == "/responses" {
			p.answer = calls
		}
		a := s.call(t, "POST", "/v1/chat/completions", `{"model":"openai/`+c.model+`","messages":[{"role":"user","content":"x"}]`+c.more+`}`)
		if a.status != http.StatusOK || p.path != c.path || (c.path == "/responses") != strings.Contains(a.body, `"finish_reason":"tool_calls"`) {
			t.Errorf("%s%s: went to %s, and was answered %d %s", c.model, c.more, p.path, a.status, a.body)
		}
	}
}

// TestForwardedBearers states whose key a bearer token is that comes beside a key of this server.
func TestForwardedBearers(t *testing.T) {
	p := &parrot{answer: wholeChat}
	for _, c := range []struct {
		forward     bool
		model, want string
	}{
		{true, "openai/gpt-5", "Bearer of-the-client"},
		{false, "openai/gpt-5", "Bearer sk-0123456789"},
		{true, "mock/echo", ""},
	} {
		s := startWith(t, p, store.Options{Path: t.TempDir() + "/openloop.db"}, api.Options{ForwardBearer: c.forward})
		s.call(t, "PUT", "/v5/provider-keys/openai", `{"key": "sk-0123456789"}`)
		p.header = http.Header{}
		r := s.request(t, "POST", "/v1/chat/completions", `{"model":"`+c.model+`","messages":[{"role":"user","content":"x"}]}`)
		r.Header.Del("X-API-KEY")
		r.Header.Set("X-Openloop-Key", adminKey)
		r.Header.Set("Authorization", "Bearer of-the-client")
		if a := s.send(t, r); a.status != http.StatusOK || p.header.Get("Authorization") != c.want {
			t.Errorf("%+v: %d, the provider got %q", c, a.status, p.header.Get("Authorization"))
		}
	}
}
