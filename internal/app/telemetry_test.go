package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// collector is a receiver of spans, as operators have one.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	spans []wire.Span
	raw   []byte // of all exports
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := new(collector)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("X-Tenant") != "a b" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		batch, err := wire.ReadProto(body)
		if err != nil || batch.Refusals.Count > 0 {
			t.Errorf("an export cannot be read: %v, %s", err, batch.Refusals.Message())
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.raw, c.spans = append(c.raw, body...), append(c.spans, batch.Spans...)
	}))
	t.Cleanup(c.Close)
	return c
}

// traced is a server that exports to a collector.
type traced struct {
	*testServer
	*collector
	end func() // stops the server, which sends its last spans
}

func startTraced(t *testing.T, environ ...string) *traced {
	t.Helper()
	c := newCollector(t)
	cfg, err := config.Read(append([]string{
		"OPENLOOP_DATA_DIR=" + t.TempDir(), "OPENLOOP_API_KEY=" + testKey, "OPENAI_API_KEY=" + secretOfProvider,
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.URL, "OTEL_EXPORTER_OTLP_HEADERS=x-tenant=a%20b", "OTEL_METRICS_EXPORTER=none",
	}, environ...))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s := &traced{&testServer{httptest.NewServer(a.Handler())}, c, nil}
	s.end = sync.OnceFunc(func() {
		s.testServer.Close()
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	t.Cleanup(s.end)
	return s
}

// Of what users say, and of what is secret, nothing may be in spans.
const (
	secretOfProvider = "sk-dummy-canary-secret"
	saidByUser       = "canary-of-the-user"
	parentID         = "00f067aa0ba902b7"
	parentTrace      = "4bf92f3577b34da6a3ce929d0e0e4736"
)

// ask sends a request as a part of a trace, and reads the answer to its end.
func (s *traced) ask(t *testing.T, path, body string, more ...string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.testServer.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"X-Api-Key": {testKey}, "Content-Type": {"application/json"}, "X-Request-Id": {"req"}, "Traceparent": {"00-" + parentTrace + "-" + parentID + "-01"},
	}
	for i := 0; i < len(more); i += 2 {
		r.Header.Set(more[i], more[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (s *traced) Client() *http.Client { return s.testServer.Client() }

// tree stops the server and returns all spans as a text, each below its parent.
func (s *traced) tree(t *testing.T) string {
	t.Helper()
	s.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, canary := range []string{secretOfProvider, saidByUser, testKey} {
		if bytes.Contains(s.raw, []byte(canary)) {
			t.Errorf("the spans hold %q", canary)
		}
	}
	known := map[[8]byte]bool{}
	for i := range s.spans {
		known[s.spans[i].SpanID] = true
	}
	slices.SortStableFunc(s.spans, func(a, b wire.Span) int { return a.Start.Compare(b.Start) })
	var out strings.Builder
	var below func(parent [8]byte, indent string)
	below = func(parent [8]byte, indent string) {
		for i := range s.spans {
			if span := &s.spans[i]; span.ParentID == parent {
				out.WriteString(indent + shown(span) + "\n")
				below(span.SpanID, indent+"  ")
			}
		}
	}
	roots := map[[8]byte]bool{}
	for i := range s.spans {
		if p := s.spans[i].ParentID; !known[p] && !roots[p] {
			roots[p] = true
			below(p, "")
		}
	}
	return out.String()
}

// shown returns a span as one line. What differs from run to run is only named.
func shown(s *wire.Span) string {
	line := s.Kind + " " + s.Name
	if hex.EncodeToString(s.TraceID[:]) == parentTrace {
		line += " (told)"
	}
	for _, name := range slices.Sorted(maps.Keys(s.Attributes)) {
		v := s.Attributes[name].Text()
		switch name {
		case "openloop.log.id", "gen_ai.response.time_to_first_chunk", "gen_ai.agent.id", "gen_ai.agent.version":
			v = "…"
		case "http.route", "http.request.method", "url.scheme", "network.protocol.version", "gen_ai.system", "openloop.request.id":
			continue // the same in all, and looked at once
		}
		line += " " + name + "=" + v
	}
	if s.Failed {
		line += " FAILED " + s.Status
	}
	return line
}

func (s *traced) want(t *testing.T, want string) {
	t.Helper()
	if d := cmp.Diff(strings.TrimLeft(want, "\n"), s.tree(t)); d != "" {
		t.Errorf("spans (-want +got):\n%s", d)
	}
}

const saysHello = `"messages": [{"role": "user", "content": "` + saidByUser + `"}]`

func TestTheSpansOfACall(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	answer := s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "usage/7/3/5", "temperature": 0.5, "max_tokens": 9}, `+saysHello+`}`)
	var log struct {
		ID string `json:"log_id"`
	}
	if err := json.Unmarshal([]byte(answer), &log); err != nil || log.ID == "" {
		t.Fatalf("%v: %s", err, answer)
	}
	if stored := s.get(t, "/v5/logs/"+log.ID); !strings.Contains(stored.body, `"otel_trace_id":"`+parentTrace+`"`) {
		t.Errorf("the Log does not name its trace: %s", stored.body)
	}
	tree := s.tree(t)
	lines := strings.SplitAfter(tree, "\n") // the last is the reading of the Log
	const want = `
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  client chat usage/7/3/5 (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.max_tokens=9 gen_ai.request.model=usage/7/3/5 gen_ai.request.temperature=0.5 gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=usage/7/3/5 gen_ai.usage.cache_read.input_tokens=3 gen_ai.usage.input_tokens=10 gen_ai.usage.output_tokens=5 openloop.attempt=1
  internal commit (told) openloop.log.id=…
server GET /v5/logs/{id} http.response.status_code=200 openloop.operation=logs.get
`
	if d := cmp.Diff(strings.TrimLeft(want, "\n"), strings.Join(lines, "")); d != "" {
		t.Errorf("spans (-want +got):\n%s", d)
	}
	first := s.spans[0]
	about := fmt.Sprint(first.Attributes["http.route"].Text(), first.Attributes["http.request.method"].Text(), first.Attributes["url.scheme"].Text(),
		first.Attributes["network.protocol.version"].Text(), first.Attributes["openloop.request.id"].Text(), first.Resource["service.name"].Text(), first.Scope)
	if want := "/v5/prompts/callPOSThttp1.1reqopenloopgithub.com/openloop-server/openloop"; about != want {
		t.Errorf("of a request is told %s, want %s", about, want)
	}
}

func TestTheSpansOfAStream(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "lorem/3"}, "stream": true, `+saysHello+`}`)
	s.want(t, `
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  client chat lorem/3 (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=lorem/3 gen_ai.request.stream=true gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=lorem/3 gen_ai.response.time_to_first_chunk=… gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=3 openloop.attempt=1
  internal commit (told) openloop.log.id=…
`)
}

// TestTheSpansOfACallThatIsTriedAgain has a provider that is overloaded at first. Since the operator chose its address, it is told of the trace.
func TestTheSpansOfACallThatIsTriedAgain(t *testing.T) {
	t.Parallel()
	told := make(chan string, 2)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		told <- r.Header.Get("Traceparent")
		if len(told) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id": "1", "object": "chat.completion", "model": "gpt-4o-2024", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "`+saidByUser+`"}}], "usage": {"prompt_tokens": 4, "completion_tokens": 2, "total_tokens": 6}}`)
	}))
	t.Cleanup(provider.Close)
	s := startTraced(t, "OPENAI_BASE_URL="+provider.URL)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"model": "gpt-4o", "max_retries": 1}, `+saysHello+`}`)
	s.want(t, `
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  client chat gpt-4o (told) error.type=overloaded gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o http.response.status_code=503 openloop.attempt=1 FAILED overloaded
  client chat gpt-4o (told) gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=gpt-4o-2024 gen_ai.usage.input_tokens=4 gen_ai.usage.output_tokens=2 openloop.attempt=2
  internal commit (told) openloop.log.id=…
`)
	for i, span := range s.spans[1:3] {
		if got, want := <-told, "00-"+parentTrace+"-"+hex.EncodeToString(span.SpanID[:])+"-01"; got != want {
			t.Errorf("the provider is told %q in try %d, want %q", got, i+1, want)
		}
	}
}

func TestTheSpansOfAFailureAndAFallback(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "error/overloaded", "fallbacks": [{"model": "error/rate_limited"}]}, `+saysHello+`}`)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "error/billing", "fallbacks": [{"model": "usage/1/0/1"}]}, `+saysHello+`}`)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "cut/1"}, "stream": true, `+saysHello+`}`)
	s.want(t, `
server POST /v5/prompts/call (told) error.type=overloaded http.response.status_code=503 openloop.error.origin=Mock openloop.operation=prompts.call FAILED overloaded
  client chat error/overloaded (told) error.type=overloaded gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=error/overloaded http.response.status_code=529 openloop.attempt=1 FAILED overloaded
  client chat error/rate_limited (told) error.type=rate_limited gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=error/rate_limited http.response.status_code=429 openloop.attempt=2 FAILED rate_limited
  internal commit (told) openloop.log.id=…
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  client chat error/billing (told) error.type=billing gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=error/billing http.response.status_code=402 openloop.attempt=1 FAILED billing
  client chat usage/1/0/1 (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=usage/1/0/1 gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=usage/1/0/1 gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=1 openloop.attempt=2
  internal commit (told) openloop.log.id=…
server POST /v5/prompts/call (told) error.type=stream_interrupted http.response.status_code=200 openloop.error.origin=Mock openloop.operation=prompts.call FAILED stream_interrupted
  client chat cut/1 (told) error.type=stream_interrupted gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=cut/1 gen_ai.request.stream=true gen_ai.response.time_to_first_chunk=… http.response.status_code=200 openloop.attempt=1 FAILED stream_interrupted
  internal commit (told) openloop.log.id=…
`)
}

func TestTheSpansOfAnAgent(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	made := s.post(t, "/v5/tools", object{
		"path": "sky", "tool_type": "mock", "setup_values": object{"output": saidByUser},
		"function": object{"name": "weather", "description": "d", "parameters": object{"type": "object", "properties": object{"city": object{"type": "string"}}}},
	})
	var tool struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(made.body), &tool); err != nil || tool.ID == "" {
		t.Fatalf("%v: %s", err, made.body)
	}
	s.ask(t, "/v5/agents/call", `{"path": "some/greeter", "agent": {"provider": "mock", "model": "tools", "tools": [{"type": "file", "link": {"file_id": "`+tool.ID+`"}}]},
		"messages": [{"role": "user", "content": "weather(`+saidByUser+`)"}]}`)
	s.want(t, `
server POST /v5/tools http.response.status_code=200 openloop.operation=tools.upsert
server POST /v5/agents/call (told) http.response.status_code=200 openloop.operation=agents.call
  internal commit (told) openloop.log.id=…
  internal invoke_agent greeter (told) gen_ai.agent.id=… gen_ai.agent.name=greeter gen_ai.agent.version=… gen_ai.operation.name=invoke_agent gen_ai.provider.name=mock gen_ai.request.model=tools
    client chat tools (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=tools gen_ai.response.finish_reasons=["tool_calls"] gen_ai.response.model=tools gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=1 openloop.attempt=1
    internal execute_tool weather (told) gen_ai.operation.name=execute_tool gen_ai.tool.name=weather gen_ai.tool.type=function
    internal commit (told) openloop.log.id=…
    client chat tools (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=tools gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=tools gen_ai.usage.input_tokens=2 gen_ai.usage.output_tokens=1 openloop.attempt=1
`)
}

// TestTheSpansOfBothLanes asks by the APIs of others, as their clients write it and translated.
func TestTheSpansOfBothLanes(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	s.ask(t, "/v1/chat/completions", `{"model": "mock/native/usage/2/0/2", "prompt_cache_key": "conv", `+saysHello+`}`)
	s.ask(t, "/v1/messages", `{"model": "mock/usage/2/0/2", "max_tokens": 5, "stream": true, `+saysHello+`}`)
	s.ask(t, "/v1/embeddings", `{"model": "mock/embed/2", "input": "`+saidByUser+`"}`)
	s.want(t, `
server POST /v1/chat/completions (told) http.response.status_code=200 openloop.operation=openai.chat
  client chat native/usage/2/0/2 (told) gen_ai.conversation.id=conv gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=native/usage/2/0/2 gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=native/usage/2/0/2 gen_ai.usage.input_tokens=2 gen_ai.usage.output_tokens=2 openloop.attempt=1 openloop.lane=native
  internal commit (told) openloop.log.id=…
server POST /v1/messages (told) http.response.status_code=200 openloop.operation=anthropic.messages
  client chat usage/2/0/2 (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.max_tokens=5 gen_ai.request.model=usage/2/0/2 gen_ai.request.stream=true gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=usage/2/0/2 gen_ai.response.time_to_first_chunk=… gen_ai.usage.input_tokens=2 gen_ai.usage.output_tokens=2 openloop.attempt=1
  internal commit (told) openloop.log.id=…
server POST /v1/embeddings (told) http.response.status_code=200 openloop.operation=openai.embeddings
  client embeddings embed/2 (told) gen_ai.operation.name=embeddings gen_ai.provider.name=mock gen_ai.request.model=embed/2 gen_ai.response.model=embed/2 gen_ai.usage.input_tokens=1 openloop.attempt=1
  internal commit (told) openloop.log.id=…
`)
}

// TestTheSpansOfACallThatIsCancelled leaves after the first chunk.
func TestTheSpansOfACallThatIsCancelled(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.testServer.URL+"/v5/prompts/call",
		strings.NewReader(`{"path": "p", "prompt": {"provider": "mock", "model": "lorem/50/1s"}, "stream": true, `+saysHello+`}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", testKey)
	res, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	s.want(t, `
server POST /v5/prompts/call error.type=cancelled http.response.status_code=499 openloop.operation=prompts.call
  client chat lorem/50/1s error.type=cancelled gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=lorem/50/1s gen_ai.request.stream=true gen_ai.response.time_to_first_chunk=… openloop.attempt=1 FAILED cancelled
  internal commit openloop.log.id=…
`)
}

// TestARememberedAnswerHasASpan asks twice.
func TestARememberedAnswerHasASpan(t *testing.T) {
	t.Parallel()
	s := startTraced(t)
	const call = `{"path": "p", "prompt": {"provider": "mock", "model": "usage/1/0/1"}, ` + saysHello + `}`
	s.ask(t, "/v5/prompts/call", call, "X-Openloop-Cache", "ttl=60")
	s.ask(t, "/v5/prompts/call", call, "X-Openloop-Cache", "ttl=60")
	s.want(t, `
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  internal cache (told) openloop.cache=miss
  client chat usage/1/0/1 (told) gen_ai.operation.name=chat gen_ai.provider.name=mock gen_ai.request.model=usage/1/0/1 gen_ai.response.finish_reasons=["stop"] gen_ai.response.model=usage/1/0/1 gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=1 openloop.attempt=1
  internal commit (told) openloop.log.id=…
server POST /v5/prompts/call (told) http.response.status_code=200 openloop.operation=prompts.call
  internal cache (told) openloop.cache=hit
  internal commit (told) openloop.log.id=…
`)
}

// TestSpansBecomeLogsOfAnotherServer exports to a server that imports.
func TestSpansBecomeLogsOfAnotherServer(t *testing.T) {
	t.Parallel()
	other := start(t)
	s := startTraced(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+other.URL, "OTEL_EXPORTER_OTLP_HEADERS=x-api-key="+testKey)
	s.ask(t, "/v5/prompts/call", `{"path": "p", "prompt": {"provider": "mock", "model": "usage/7/3/5"}, `+saysHello+`}`)
	s.end()
	var file struct {
		ID string `json:"id"`
	}
	var logs struct {
		Records []struct {
			Provider     string `json:"provider"`
			Model        string `json:"model"`
			PromptTokens int    `json:"prompt_tokens"`
			OutputTokens int    `json:"output_tokens"`
			FinishReason string `json:"finish_reason"`
		} `json:"records"`
	}
	found := other.post(t, "/v5/files/retrieve-by-path", object{"path": "otel/openloop/prompts/chat"})
	if err := json.UnmarshalForeign([]byte(found.body), &file); err != nil || file.ID == "" {
		t.Fatalf("%v: %s", err, found.body)
	}
	list := other.get(t, "/v5/logs?file_id="+file.ID)
	if err := json.UnmarshalForeign([]byte(list.body), &logs); err != nil || len(logs.Records) != 1 {
		t.Fatalf("%v: %s", err, list.body)
	}
	l := logs.Records[0]
	if l.Provider != "mock" || l.Model != "usage/7/3/5" || l.PromptTokens != 10 || l.OutputTokens != 5 || l.FinishReason != "stop" {
		t.Errorf("the Log of the attempt: %+v", l)
	}
}
