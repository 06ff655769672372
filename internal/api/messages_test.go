package api_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// TestMixedStreams is a scenario with a provider that mixes the pieces of its answers.
func TestMixedStreams(t *testing.T) {
	runScenario(t, "testdata/mixed.txt", readContract(t), start(t, http.HandlerFunc(wandering)))
}

// wandering is a provider with OpenAI's API that thinks in the middle of its answer, mixes the pieces of two calls, and sends no usage.
func wandering(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if !strings.Contains(string(body), `"stream":true`) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"id":"c","object":"chat.completion","model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant",
			"content":"Let me see. Both.","reasoning_content":"Two towns. Ask for both.","tool_calls":[
			{"id":"call_a","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Rome\"}"}},
			{"id":"call_b","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}}]}}]}`)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, delta := range []string{
		`{"reasoning_content":"Two towns."}`, `{"content":"Let me "}`, `{"content":"see."}`, `{"reasoning_content":" Ask for both."}`, `{"content":" Both."}`,
		`{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"weather","arguments":""}}]}`,
		`{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":"}}]}`,
		`{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"weather","arguments":"{\"city\":"}}]}`,
		`{"tool_calls":[{"index":0,"function":{"arguments":"\"Rome\"}"}}]}`,
		`{"tool_calls":[{"index":1,"function":{"arguments":"\"Oslo\"}"}}]}`,
	} {
		_, _ = io.WriteString(w, `data: {"id":"c","object":"chat.completion.chunk","model":"gpt-4o","choices":[{"index":0,"delta":`+delta+`,"finish_reason":null}]}`+"\n\n")
	}
	_, _ = io.WriteString(w, sseEnd)
}

// The reasons that a provider's failure can have. They are those of the mock.
var reasonsOfProviders = []errs.Reason{
	errs.InvalidRequest, errs.UnsupportedParameter, errs.ContextLengthExceeded, errs.RequestTooLarge, errs.ContentFiltered,
	errs.ModelOutputInvalid, errs.InvalidAPIKey, errs.PermissionDenied, errs.RegionNotSupported, errs.AccountDisabled,
	errs.ModelNotFound, errs.ResourceNotFound, errs.EndpointNotFound, errs.Conflict, errs.RateLimited, errs.QuotaExhausted,
	errs.Billing, errs.ProviderInternal, errs.MalformedProviderResponse, errs.Overloaded, errs.ModelNotReady, errs.Timeout,
	errs.ProviderUnreachable, errs.StreamInterrupted,
}

// messageFailure is what Anthropic's clients read of a failure.
type messageFailure struct {
	Type  string `json:"type"`
	Error struct {
		Type    string `json:"type"`
		Message string `json:"message"`
	} `json:"error"`
	RequestID string `json:"request_id"`
	Openloop  struct {
		Reason errs.Reason `json:"reason"`
	} `json:"openloop"`
}

func TestFailuresOfMessages(t *testing.T) {
	s := start(t, nil)
	for _, reason := range reasonsOfProviders {
		words := reason.In(errs.Anthropic)
		ask := `{"model": "mock/error/` + string(reason) + `%", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}], "stream": `
		for _, streamed := range []string{"false}", "true}"} {
			a := s.call(t, "POST", "/v1/messages", strings.Replace(ask, "%", "", 1)+streamed)
			if a.status != words.Status || a.header.Get("Request-Id") != "test" || a.header.Get("X-Should-Retry") == "true" != words.Retry {
				t.Errorf("%s, stream %s: status %d, headers %v", reason, streamed, a.status, a.header)
			}
			checkMessageFailure(t, reason, a.body)
		}
		a := s.call(t, "POST", "/v1/messages", strings.Replace(ask, "%", "/2", 1)+"true}")
		head, data, ok := strings.Cut(a.body, "event: error\ndata: ")
		if a.status != http.StatusOK || !ok || strings.Count(head, "event: content_block_delta") != 2 || strings.Contains(head, "event: message_stop") {
			t.Errorf("%s after the head: status %d, %s", reason, a.status, a.body)
		}
		checkMessageFailure(t, reason, strings.TrimSuffix(data, "\n\n"))
	}
}

func checkMessageFailure(t *testing.T, reason errs.Reason, body string) {
	t.Helper()
	var got messageFailure
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%s: %v in %q", reason, err, body)
	}
	if got.Type != "error" || got.Error.Type != reason.In(errs.Anthropic).Type || got.Error.Message == "" || got.RequestID != "test" || got.Openloop.Reason != reason {
		t.Errorf("%s is %+v", reason, got)
	}
}

// TestRefusalsOfMessages asks what never reaches a provider.
func TestRefusalsOfMessages(t *testing.T) {
	s := start(t, nil)
	const hi = `"messages": [{"role": "user", "content": "hi"}]`
	for body, want := range map[string]string{
		`{` + hi + `, "model": "mock/echo"}`:                                         "400 invalid_request_error max_tokens: is required",
		`{"model": "mock/echo", "max_tokens": 9, "messages": []}`:                    "400 invalid_request_error messages: ",
		`{` + hi + `, "model": "mock/echo", "max_tokens": 9, "temperature": 1.5}`:    "400 invalid_request_error temperature: must be at most 1",
		`{` + hi + `, "model": "mock/echo", "max_tokens": 9, "mcp_servers": [{}]}`:   "400 invalid_request_error No provider's connector",
		`{` + hi + `, "model": "nobody/echo", "max_tokens": 9}`:                      "404 not_found_error model: No provider",
		`{` + hi + `, "model": "prompt:none", "max_tokens": 9}`:                      "404 not_found_error model: ",
		`{"model": "mock/echo", "max_tokens": 9, "messages": [{"role": "tool"}]}`:    "400 invalid_request_error ",
		`{"model": "mock/echo", "max_tokens": 9, "messages": [{"role": "user", "con`: "400 invalid_request_error ",
	} {
		a := s.call(t, "POST", "/v1/messages", body)
		var got messageFailure
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatalf("%v in %q", err, a.body)
		}
		if said := strconv.Itoa(a.status) + " " + got.Error.Type + " " + got.Error.Message; !strings.Contains(strings.Replace(said, "The request has 1 problem: ", "", 1), want) {
			t.Errorf("%s: %s, not %s", body, said, want)
		}
	}
	for path, status := range map[string]int{"/v1/messages/batches": 404, "/anthropic/v1/complete": 404, "/anthropic/v1/models/nobody/x": 404} {
		a := s.call(t, "GET", path, "")
		var got messageFailure
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != status || got.Error.Type != "not_found_error" {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// TestWhatHasNoEffectInMessagesIsTold reads the header of answers.
func TestWhatHasNoEffectInMessagesIsTold(t *testing.T) {
	s := start(t, nil)
	r := s.request(t, "POST", "/v1/messages?beta=true", `{"model": "mock/echo", "max_tokens": 9, "top_k": 5, "service_tier": "auto", "context_management": {"edits": []}, "speed": "fast",
		"tools": [{"name": "f", "cache_control": {"type": "ephemeral"}}], "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
		"system": [{"type": "text", "text": "be nice", "cache_control": {"type": "ephemeral"}}], "messages": [{"role": "user", "content": "hi"}]}`)
	r.Header.Set("Anthropic-Beta", "a-2025-01-01,b-2025-01-01")
	a := s.send(t, r)
	const want = "speed, context_management, service_tier, anthropic-beta, tool_choice.disable_parallel_tool_use, top_k, cache_control"
	if got := a.header.Get("X-Openloop-Ignored"); got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	strict := s.request(t, "POST", "/v1/messages", `{"model": "mock/echo", "max_tokens": 9, "top_k": 5, "messages": [{"role": "user", "content": "hi"}]}`)
	strict.Header.Set("X-Openloop-Strict", "true")
	if a := s.send(t, strict); a.status != 400 || !strings.Contains(a.body, `"param":"top_k"`) {
		t.Errorf("a strict request: %d %s", a.status, a.body)
	}
}
