package app_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestOperatorsNameIsTheOriginOfACompatibleProvider(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = w.Write([]byte(`{"error":{"message":"Slow down."}}`))
	}))
	t.Cleanup(upstream.Close)
	s := start(t, "OPENAI_COMPATIBLE_BASE_URL="+upstream.URL, "OPENAI_COMPATIBLE_NAME=Our GPU farm")
	a := s.post(t, "/v5/prompts/call", map[string]any{
		"path": "named", "prompt": map[string]any{"model": "m", "provider": "openai_compatible"},
		"messages": []any{map[string]any{"role": "user", "content": "hi"}},
	})
	if a.status != http.StatusTooManyRequests || !strings.Contains(a.body, `"origin":"Our GPU farm"`) {
		t.Errorf("got %d %s", a.status, a.body)
	}
}
