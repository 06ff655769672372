package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// TestTheServerRunsAgentsAndTools evaluates an Agent, whose Logs are monitored too, and a Tool.
func TestTheServerRunsAgentsAndTools(t *testing.T) {
	t.Parallel()
	on(t, func(t *testing.T, m *monitored) {
		tool := m.post(t, "/v5/tools", object{
			"path": "weather", "tool_type": "mock", "setup_values": object{"output": "sunny"}, "function": object{"name": "weather", "description": "d"},
		})["id"].(string)
		judge := m.code(t, "watching", `log["output"] is not None`)
		agent := m.post(t, "/v5/agents", object{
			"path": "agent", "provider": "mock", "model": "echo", "max_iterations": 5, "template": []object{{"role": "user", "content": "Say {{n}}"}},
			"tools": []object{{"type": "file", "link": object{"file_id": tool}}},
		})["id"].(string)
		m.watch(t, "agents", agent, object{"evaluator_version_id": judge, "runs": true})
		run := m.run(t, object{"version": object{"path": "agent"}})
		if stats := m.completed(t, run, patience); stats["evaluator_stats"].([]any)[0].(object)["num_true"] != 1.0 {
			t.Errorf("%v", stats)
		}
		for _, l := range m.logs(t, run) {
			log := l["log"].(object)
			if log["output"] != "Say 0" || log["log_status"] != "complete" || log["source"] != "evaluation" {
				t.Errorf("%v", log)
			}
			m.judgedBy(t, log["id"].(string), "watching")
		}
		run = m.run(t, object{"version": object{"path": "weather"}})
		m.completed(t, run, patience)
		for _, l := range m.logs(t, run) {
			if log := l["log"].(object); log["output"] != "sunny" || log["tool"].(object)["path"] != "weather" {
				t.Errorf("%v", log)
			}
		}
	})
}

// judgedBy waits until an Evaluator has judged a Log.
func (m *monitored) judgedBy(t *testing.T, log, evaluator string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, j := range m.get(t, "/v5/logs/"+log)["evaluator_logs"].([]any) {
			if j.(object)["evaluator"].(object)["path"] == evaluator {
				return
			}
		}
	}
	t.Errorf("%s has not judged %s", evaluator, log)
}

// TestAgentsOfARunHaveNoClient records the failure of an Agent that needs one, and goes on with one whose provider was out of order at first.
func TestAgentsOfARunHaveNoClient(t *testing.T) {
	t.Parallel()
	const answer = `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":%s,"finish_reason":"stop"}]}`
	var calls atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		switch {
		case bytes.Contains(body, []byte(`"model":"waiting"`)):
			_, _ = fmt.Fprintf(w, answer, `{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"ask","arguments":"{}"}}]}`)
		case calls.Add(1) == 1:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			_, _ = fmt.Fprintf(w, answer, `{"role":"assistant","content":"done"}`)
		}
	}))
	defer upstream.Close()
	on(t, func(t *testing.T, m *monitored) {
		calls.Store(0)
		ask := object{"type": "inline", "json_schema": object{"name": "ask", "description": "d"}}
		for _, model := range []string{"waiting", "late"} {
			m.post(t, "/v5/agents", object{"path": model, "provider": "openai", "model": model, "template": []object{{"role": "user", "content": "Say {{n}}"}}, "tools": []object{ask}})
		}
		run := m.run(t, object{"version": object{"path": "waiting"}})
		m.completed(t, run, patience)
		same(t, "reasons", map[string]int{"tool_not_runnable": 1}, m.reasons(t, run))
		run = m.run(t, object{"version": object{"path": "late"}})
		m.completed(t, run, patience)
		log := m.logs(t, run)[0]["log"].(object)
		if log["output"] != "done" || log["error"] != nil || log["run_id"] != run || log["source_datapoint_id"] == nil {
			t.Errorf("%v", log)
		}
	}, "OPENAI_API_KEY=sk-test-0123456789", "OPENAI_BASE_URL="+upstream.URL)
}
