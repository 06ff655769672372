package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/json"
)

// TestProvidersThatNoEmulatorPlays calls them through the whole server, and reads their Logs back.
func TestProvidersThatNoEmulatorPlays(t *testing.T) {
	t.Parallel()
	const prediction = `{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded","output":["Hel","lo"],"error":null,` +
		`"metrics":{"input_token_count":3,"output_token_count":2},"urls":{}}`
	const message = `{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Hello"}],` +
		`"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":2}}`
	for _, c := range []struct{ provider, model, path, answer string }{
		{"replicate", "meta/meta-llama-3-8b-instruct", "/v1/models/meta/meta-llama-3-8b-instruct/predictions", prediction},
		{"vertex_ai", "claude-sonnet-4-5", "/v1/projects/our-project/locations/global/publishers/anthropic/models/claude-sonnet-4-5:rawPredict", message},
	} {
		t.Run(c.provider, func(t *testing.T) {
			upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != c.path || r.Header.Get("Authorization") != "Bearer dummy-0123456789" {
					t.Errorf("asked for %s with %q", r.URL.Path, r.Header.Get("Authorization"))
				}
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.answer)
			}))
			t.Cleanup(upstream.Close)
			s := start(t, "REPLICATE_API_KEY=dummy-0123456789", "REPLICATE_BASE_URL="+upstream.URL,
				"VERTEX_AI_ACCESS_TOKEN=dummy-0123456789", "VERTEX_AI_PROJECT=our-project", "VERTEX_AI_BASE_URL="+upstream.URL)
			checkHello(t, s, c.provider, c.model)
		})
	}
}

func checkHello(t *testing.T, s *testServer, provider, model string) {
	t.Helper()
	a := s.post(t, "/v5/prompts/call", map[string]any{
		"path": "unplayed", "prompt": map[string]any{"model": model, "provider": provider},
		"messages": []any{map[string]any{"role": "user", "content": "Say hello"}},
	})
	var answer struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(a.body), &answer); err != nil || a.status != http.StatusOK {
		t.Fatalf("got %d %s, %v", a.status, a.body, err)
	}
	type logged struct {
		Output       string `json:"output"`
		Provider     string `json:"provider"`
		Model        string `json:"model"`
		PromptTokens int64  `json:"prompt_tokens"`
		OutputTokens int64  `json:"output_tokens"`
	}
	var log logged
	if err := json.Unmarshal([]byte(s.get(t, "/v5/logs/"+answer.ID).body), &log); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(logged{"Hello", provider, model, 3, 2}, log); d != "" {
		t.Errorf("Log (-want +got):\n%s", d)
	}
}
