package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmtest"
)

// speaker is a model of a provider, and the strict stand-in of its wire.
type speaker struct {
	name, provider, model, endpoint string
	wire                            *llmtest.Wire
	signer                          string // who signs for it; speakers with one signer take each other's signatures
	toolless                        bool   // its wire knows no tools, so none are offered, and it calls none
}

// speakers are one for each wire, for each model family in which it differs, and for each provider that has ids, keys or rules of its own.
func speakers() []speaker {
	chat := func(provider, model string, w *llmtest.Wire) speaker {
		return speaker{name: provider, provider: provider, model: model, endpoint: "chat", wire: w, signer: provider}
	}
	responses := func(provider, encrypted string) speaker {
		return speaker{name: provider + " responses", provider: provider, model: "gpt-5", endpoint: "responses", wire: llmtest.Responses(provider, encrypted), signer: provider}
	}
	claude := func(provider, model string, w *llmtest.Wire) speaker {
		s := chat(provider, model, w)
		s.name, s.signer = provider+" claude", "claude"
		return s
	}
	perplexity := chat("perplexity", "sonar-pro", llmtest.Perplexity())
	perplexity.toolless = true
	return []speaker{
		claude("anthropic", "claude-opus-4-6", llmtest.Anthropic()),
		claude("bedrock", "us.anthropic.claude-opus-4-6-v1", llmtest.Bedrock()),
		claude("vertex_ai", "claude-opus-4-6", llmtest.Anthropic()),
		chat("bedrock", "amazon.nova-2-lite-v1:0", llmtest.Nova()),
		chat("google", "gemini-3-pro-preview", llmtest.Gemini(true)),
		chat("vertex_ai", "gemini-3-pro-preview", llmtest.Gemini(false)),
		chat("cohere", "command-a-reasoning-08-2025", llmtest.Cohere()),
		chat("openai", "gpt-4o", llmtest.Chat()),
		chat("openai_azure", "gpt-4o", llmtest.Chat()),
		chat("groq", "openai/gpt-oss-120b", llmtest.Chat()),
		chat("deepseek", "deepseek-chat", llmtest.Chat()),
		chat("mistral", "magistral-medium-latest", llmtest.Mistral()),
		chat("xai", "grok-4", llmtest.Chat()),
		chat("together", "moonshotai/Kimi-K2-Instruct", llmtest.Kimi()),
		chat("fireworks", "kimi-k2", llmtest.Kimi()),
		perplexity,
		chat("openrouter", "anthropic/claude-sonnet-4.5", llmtest.OpenRouter()),
		chat("ollama", "qwen3", llmtest.Chat()),
		chat("vllm", "qwen3", llmtest.VLLM()),
		chat("openai_compatible", "some-model", llmtest.Chat()),
		responses("openai", "gAAAAABo1pQtT3BlbkFJ"),
		responses("openai_azure", "gAAAAABo1pQtQXp1cmUh"),
		responses("xai", "QXV4QUkgZW5jcnlwdGVk"),
		responses("openrouter", "gAAAAABo1pQtT3BlblJv"),
	}
}

// conversation is the upstream of all providers: one speaker at a time.
type conversation struct {
	mu      sync.Mutex
	speaks  speaker
	bodies  [][]byte
	failing string // the key of the calls that fail
}

func (c *conversation) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing != "" && strings.HasSuffix(r.Header.Get("Authorization"), c.failing) {
		http.Error(w, `{"error":{"message":"Overloaded"}}`, http.StatusServiceUnavailable)
		return
	}
	c.bodies = append(c.bodies, body)
	stream := strings.Contains(r.URL.Path, "stream") || strings.Contains(r.URL.Path, "Stream") || strings.Contains(string(body), `"stream":true`)
	contentType, answer := c.speaks.wire.Answer(stream)
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(answer)
}

// next makes s speak next.
func (c *conversation) next(s speaker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.speaks, c.bodies = s, nil
}

// sent is the one request since then.
func (c *conversation) sent(t *testing.T) []byte {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.bodies) != 1 {
		t.Fatalf("%d requests were sent", len(c.bodies))
	}
	return c.bodies[0]
}

func converse(t *testing.T) (*conversation, *testServer) {
	t.Helper()
	c := &conversation{}
	upstream := httptest.NewServer(c)
	t.Cleanup(upstream.Close)
	return c, start(t, at(upstream.URL)...)
}

// call is the call of s with a history.
func (s *speaker) call(stream bool, history ...llm.Message) map[string]any {
	prompt := map[string]any{"provider": s.provider, "model": s.model, "endpoint": s.endpoint}
	if !s.toolless {
		prompt["tools"] = []any{map[string]any{"name": "get_weather", "description": ""}, map[string]any{"name": "now", "description": ""}}
	}
	return map[string]any{"path": "history/" + s.name, "prompt": prompt, "messages": history, "stream": stream}
}

// answer makes the call and returns the message that a client puts together of the answer.
func (s *testServer) answer(t *testing.T, call map[string]any) llm.Message {
	t.Helper()
	a := s.post(t, "/v5/prompts/call", call)
	if a.status != http.StatusOK {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if call["stream"] == true {
		return foldChunks(t, a.body)
	}
	var whole struct {
		Logs []struct {
			Message llm.Message `json:"output_message"`
		} `json:"logs"`
	}
	if err := json.Unmarshal([]byte(a.body), &whole); err != nil || len(whole.Logs) != 1 {
		t.Fatalf("%v in %s", err, a.body)
	}
	return whole.Logs[0].Message
}

// foldChunks joins the deltas of a stream as a client does: of a model that sends one thing after the other.
func foldChunks(t *testing.T, body string) llm.Message {
	t.Helper()
	out := llm.Message{Role: llm.Assistant}
	var said string
	for line := range strings.Lines(body) {
		data, ok := strings.CutPrefix(line, "data: ")
		var chunk struct {
			Output  *string     `json:"output"`
			Message llm.Message `json:"output_message"`
			Finish  string      `json:"finish_reason"`
		}
		if !ok || json.UnmarshalForeign([]byte(data), &chunk) != nil || chunk.Finish != "" {
			continue
		}
		if chunk.Output != nil {
			said += *chunk.Output
		}
		for _, b := range chunk.Message.Thinking {
			if out.Thinking == nil {
				out.Thinking = []llm.Thinking{{Type: b.Type}}
			}
			into := &out.Thinking[0]
			into.Thinking, into.Signature, into.Data = into.Thinking+b.Thinking, into.Signature+b.Signature, into.Data+b.Data
		}
		for _, c := range chunk.Message.ToolCalls {
			if c.ID != "" {
				out.ToolCalls = append(out.ToolCalls, llm.ToolCall{Type: c.Type})
			}
			into := &out.ToolCalls[len(out.ToolCalls)-1]
			into.ID, into.Signature = into.ID+c.ID, into.Signature+c.Signature
			into.Function.Name, into.Function.Arguments = into.Function.Name+c.Function.Name, into.Function.Arguments+c.Function.Arguments
		}
	}
	out.Content = llm.Text(said)
	return out
}

var question = llm.Message{Role: llm.User, Content: llm.Text("Weather?")}

// history is the conversation in which said was answered: the results in the other order, then the user's word.
func historyOf(said llm.Message) []llm.Message {
	out := []llm.Message{question, said}
	for _, c := range slices.Backward(said.ToolCalls) {
		out = append(out, llm.Message{Role: llm.ToolRole, ToolCallID: c.ID, Content: llm.Text(`{"degrees":12}`)})
	}
	return append(out, llm.Message{Role: llm.User, Content: llm.Text("And?")})
}

// TestAConversationChangesProviders states that what any model answers with text, reasoning and two calls of tools is legal history for
// any other, and that what is signed goes back to its signer alone, byte for byte.
//
// Fault A1: reasoning that one vendor signed, at another. Fault A2: ids of calls. Fault A7: turns of one speaker.
func TestAConversationChangesProviders(t *testing.T) {
	t.Parallel()
	upstream, server := converse(t)
	for _, first := range speakers() {
		if first.toolless {
			continue
		}
		upstream.next(first)
		said := server.answer(t, first.call(false, question))
		if text := said.Content.String(); text != llmtest.Text || len(said.ToolCalls) != 2 || len(said.Thinking) != 1 || said.Thinking[0].Thinking != first.wire.Reason {
			t.Fatalf("%s answered %+v", first.name, said)
		}
		upstream.next(first)
		if d := cmp.Diff(said, server.answer(t, first.call(true, question))); d != "" {
			t.Fatalf("%s answers otherwise when it is streamed:\n%s", first.name, d)
		}
		for _, second := range speakers() {
			t.Run(first.name+" to "+second.name, func(t *testing.T) {
				upstream.next(second)
				server.answer(t, second.call(false, historyOf(said)...))
				checkHistory(t, &first, &second, upstream.sent(t))
			})
		}
	}
}

// checkHistory checks a request to second whose history first answered.
func checkHistory(t *testing.T, first, second *speaker, body []byte) {
	t.Helper()
	signatures, err := second.wire.Read(body)
	if err != nil {
		t.Errorf("%v in %s", err, body)
	}
	want := []string{}
	if first.signer == second.signer && first.endpoint == second.endpoint {
		for _, s := range []string{first.wire.Signature, first.wire.CallSignature} {
			if s != "" {
				want = append(want, s)
			}
		}
	}
	got := slices.DeleteFunc(append([]string{}, signatures...), func(s string) bool { return s == llmtest.SkipSignature })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("signatures (-want +got):\n%s", d)
	}
}

// TestAFallbackTakesTheHistory states the same of a provider that answers in place of another.
func TestAFallbackTakesTheHistory(t *testing.T) {
	t.Parallel()
	upstream, server := converse(t)
	all := speakers()
	first := all[slices.IndexFunc(all, func(s speaker) bool { return s.name == "openai responses" })]
	upstream.next(first)
	said := server.answer(t, first.call(false, question))
	for _, second := range all {
		if second.endpoint != first.endpoint || second.provider == first.provider {
			continue
		}
		t.Run(second.name, func(t *testing.T) {
			call := first.call(false, historyOf(said)...)
			prompt, _ := call["prompt"].(map[string]any)
			prompt["max_retries"], prompt["fallbacks"] = 0, []any{map[string]any{"provider": second.provider, "model": second.model}}
			upstream.next(second)
			upstream.failing = "Bearer sk-dummy-0123456789"
			server.answer(t, call)
			upstream.failing = ""
			checkHistory(t, &first, &second, upstream.sent(t))
		})
	}
}

// TestReplicateRefusesTools states that a conversation with calls cannot go on where there are no tools and no turns.
func TestReplicateRefusesTools(t *testing.T) {
	t.Parallel()
	upstream, server := converse(t)
	first, replicate := speakers()[0], speaker{name: "replicate", provider: "replicate", model: "meta/llama-3", endpoint: "chat", toolless: true}
	upstream.next(first)
	said := server.answer(t, first.call(false, question))
	d := server.post(t, "/v5/prompts/call", replicate.call(false, historyOf(said)...)).failure(t, "http_status")
	if d.Reason != errs.UnsupportedParameter || d.Param != "messages" {
		t.Errorf("got %+v", d)
	}
}
