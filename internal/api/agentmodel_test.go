package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/openloop-server/openloop/internal/json"
)

// reply is what a scripted model answers: a text, calls of tools as "id name arguments", or a failure.
type reply struct {
	text   string
	calls  []string
	status int // of a failure
}

func says(text string) reply     { return reply{text: text} }
func calls(list ...string) reply { return reply{calls: list} }
func fails(status int) reply     { return reply{status: status} }
func (r reply) finish() (s string) {
	if r.calls != nil {
		return "tool_calls"
	}
	return "stop"
}

// chat is a request that a scripted model got.
type chat struct {
	Model    string        `json:"model"`
	Stream   bool          `json:"stream"`
	Messages []chatMessage `json:"messages"`
	Tools    []json.Value  `json:"tools"`
}

type chatMessage struct {
	Role       string     `json:"role"`
	Content    json.Value `json:"content"`
	ToolCallID string     `json:"tool_call_id"`
	ToolCalls  []chatCall `json:"tool_calls"`
}

type chatCall struct {
	ID       string `json:"id"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// String is the chat in words: a line a message.
func (c *chat) String() string {
	var out strings.Builder
	for _, m := range c.Messages {
		var text string
		_ = json.UnmarshalForeign(m.Content, &text)
		fmt.Fprintf(&out, "%s: ", strings.TrimSpace(m.Role+" "+m.ToolCallID))
		out.WriteString(text)
		for _, call := range m.ToolCalls {
			fmt.Fprintf(&out, "[%s %s %s]", call.ID, call.Function.Name, call.Function.Arguments)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// answered is how many answers of the model a chat holds.
func (c *chat) answered() int {
	n := 0
	for _, m := range c.Messages {
		if m.Role == "assistant" {
			n++
		}
	}
	return n
}

// scripted is a provider with OpenAI's API. By the name of the model it answers with the script's reply, of as many as the chat holds answers.
type scripted struct {
	scripts map[string][]reply
	wait    func(ctx context.Context, c *chat) // before an answer; nil for at once

	mu    sync.Mutex
	asked []*chat
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	c := new(chat)
	if err := json.UnmarshalForeign(raw, c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.asked = append(s.asked, c)
	s.mu.Unlock()
	if s.wait != nil {
		s.wait(r.Context(), c)
	}
	script := s.scripts[c.Model]
	if script == nil {
		script = []reply{fails(http.StatusNotFound)}
	}
	answer := script[min(c.answered(), len(script)-1)]
	if answer.status != 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, `{"error":{"message":"It fails.","type":"server_error"}}`)
		return
	}
	if c.Stream {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, answer.events())
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"id":"c1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":%s,"tool_calls":%s},"finish_reason":%q}],%s}`,
		answer.content(), answer.list(false), answer.finish(), answerUsage)
}

const answerUsage = `"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}`

func (r reply) content() string {
	if r.text == "" {
		return "null"
	}
	return string(json.AppendString(nil, r.text))
}

func (r reply) list(indexed bool) string {
	var out []string
	for i, call := range r.calls {
		id, rest, _ := strings.Cut(call, " ")
		name, arguments, _ := strings.Cut(rest, " ")
		index := ""
		if indexed {
			index = fmt.Sprintf(`"index":%d,`, i)
		}
		out = append(out, fmt.Sprintf(`{%s"id":%q,"type":"function","function":{"name":%q,"arguments":%s}}`, index, id, name, json.AppendString(nil, arguments)))
	}
	return "[" + strings.Join(out, ",") + "]"
}

func (r reply) events() string {
	chunk := func(delta, finish string) string {
		return `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[{"index":0,"delta":` + delta + `,"finish_reason":` + finish + "}]}\n\n"
	}
	var out string
	for word := range strings.SplitAfterSeq(r.text, " ") {
		out += chunk(`{"role":"assistant","content":`+string(json.AppendString(nil, word))+`}`, "null")
	}
	if r.calls != nil {
		out += chunk(`{"tool_calls":`+r.list(true)+`}`, "null")
	}
	out += chunk(`{}`, `"`+r.finish()+`"`)
	return out + `data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-4o","choices":[],` + answerUsage + "}\n\ndata: [DONE]\n\n"
}

// chats are those that the model got so far, in words.
func (s *scripted) chats() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]string, len(s.asked))
	for i := range s.asked {
		out[i] = s.asked[i].String()
	}
	return out
}

// last is the chat that the model got last, in words.
func (s *scripted) last() string {
	all := s.chats()
	return all[len(all)-1]
}

// agentAnswer is what a test wants to know of an answer about an Agent.
type agentAnswer struct {
	ID            string        `json:"id"`
	LogStatus     string        `json:"log_status"`
	Output        *string       `json:"output"`
	FinishReason  string        `json:"finish_reason"`
	Error         *string       `json:"error"`
	PromptTokens  *int64        `json:"prompt_tokens"`
	OutputMessage *chatMessage  `json:"output_message"`
	Previous      *chatMessage  `json:"previous_agent_message"`
	Children      []agentAnswer `json:"trace_children"`
	Agent         *atPath       `json:"agent"`
	Prompt        *atPath       `json:"prompt"`
	Tool          *atPath       `json:"tool"`
	Metadata      struct {
		Openloop struct {
			Turn  int          `json:"turn"`
			Steps []json.Value `json:"steps"`
		} `json:"openloop"`
	} `json:"metadata"`
	Detail struct {
		Reason    string `json:"reason"`
		Retryable bool   `json:"retryable"`
		LogID     string `json:"log_id"`
		Message   string `json:"message"`
	} `json:"detail"`
}

type atPath struct {
	ID   string `json:"id"`
	Path string `json:"path"`
}

const keyed = `"provider_api_keys": {"openai": "sk-test"}`

// agentWorld is a server with a scripted model and some Tools: weather, which says "sunny", notes, a snippet with the key "a", and ask, which the
// client runs.
type agentWorld struct {
	*server
	model *scripted
	ids   map[string]string // of the Files by their path
}

func newAgentWorld(t *testing.T, model *scripted, on func(*testing.T, http.Handler) *server) *agentWorld {
	t.Helper()
	w := &agentWorld{server: on(t, model), model: model, ids: map[string]string{}}
	w.save(t, "tools", `{"path": "weather", "tool_type": "mock", "setup_values": {"output": "sunny"}, "function": {"name": "weather", "description": "d", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}`)
	w.save(t, "tools", `{"path": "notes", "tool_type": "snippet", "setup_values": {"a": "text of a"}, "function": {"name": "notes", "description": "d", "parameters": {"type": "object", "properties": {"key": {"type": "string"}}}}}`)
	return w
}

func (w *agentWorld) save(t *testing.T, kind, body string) {
	t.Helper()
	a := w.call(t, http.MethodPost, "/v5/"+kind, body)
	var saved atPath
	if json.Unmarshal([]byte(a.body), &saved) != nil || a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", body, a.status, a.body)
	}
	w.ids[saved.Path] = saved.ID
}

// link is a tool of an Agent that is the File at a path.
func (w *agentWorld) link(path string) string {
	return `{"type": "file", "link": {"file_id": "` + w.ids[path] + `"}}`
}

const inlineAsk = `{"type": "inline", "json_schema": {"name": "ask", "description": "asks the user"}}`

// agent saves an Agent whose model is of its own name.
func (w *agentWorld) agent(t *testing.T, path string, tools ...string) {
	t.Helper()
	w.save(t, "agents", `{"path": "`+path+`", "provider": "openai", "model": "`+path+`", "max_iterations": 5, "tools": [`+strings.Join(tools, ", ")+`]}`)
}

// run sends a request about an Agent.
func (w *agentWorld) run(t *testing.T, path, body string) (int, agentAnswer) {
	t.Helper()
	a := w.call(t, http.MethodPost, path, body)
	var out agentAnswer
	if err := json.UnmarshalForeign([]byte(a.body), &out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return a.status, out
}

// start calls an Agent.
func (w *agentWorld) start(t *testing.T, path string, more ...string) (int, agentAnswer) {
	t.Helper()
	return w.run(t, "/v5/agents/call", `{"path": "`+path+`", "messages": [{"role": "user", "content": "go"}], "include_trace_children": true, `+strings.Join(append(more, keyed), ", ")+`}`)
}

// goOn continues an Agent.
func (w *agentWorld) goOn(t *testing.T, log, messages string) (int, agentAnswer) {
	t.Helper()
	return w.run(t, "/v5/agents/continue", `{"log_id": "`+log+`", "messages": [`+messages+`], "include_trace_children": true, `+keyed+`}`)
}

// log reads a Log of an Agent.
func (w *agentWorld) log(t *testing.T, id string) agentAnswer {
	t.Helper()
	a := w.call(t, http.MethodGet, "/v5/logs/"+id, "")
	var out agentAnswer
	if err := json.UnmarshalForeign([]byte(a.body), &out); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return out
}
