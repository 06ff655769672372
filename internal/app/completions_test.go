package app_test

import (
	"strings"
	"testing"
)

// TestCompletionsAreCounted makes a call, and a trace that becomes complete and is changed afterwards.
func TestCompletionsAreCounted(t *testing.T) {
	s := start(t)
	prompt := map[string]any{"provider": "mock", "model": "echo"}
	messages := []any{map[string]any{"role": "user", "content": "hi"}}
	for path, body := range map[string]any{
		"/v5/prompts/call": map[string]any{"path": "p", "prompt": prompt, "messages": messages},
		"/v5/flows/log":    map[string]any{"path": "f", "flow": map[string]any{"attributes": map[string]any{}}, "log_id": "root", "inputs": map[string]any{}},
	} {
		if a := s.post(t, path, body); a.status != 200 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
	}
	s.post(t, "/v5/prompts/call", map[string]any{"path": "p", "messages": messages, "trace_parent_id": "root"})
	for _, update := range []string{`{"log_status": "complete", "output": "done"}`, `{"output": "corrected"}`} {
		if a := s.send(t, "PATCH", "/v5/flows/logs/root", []byte(update)); a.status != 200 {
			t.Fatalf("%s: %d %s", update, a.status, a.body)
		}
	}
	metrics := s.get(t, "/metrics").body
	for _, want := range []string{
		`openloop_completions_total{again="false",kind="prompt"} 1`,
		`openloop_completions_total{again="false",kind="flow"} 1`,
		`openloop_completions_total{again="true",kind="flow"} 1`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("there is no %s", want)
		}
	}
}
