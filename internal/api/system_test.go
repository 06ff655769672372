package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestHealthAndReadiness(t *testing.T) {
	s := start(t, nil)
	if a := s.call(t, http.MethodGet, "/health", ""); a.body != `{"status":"ok","version":"test"}` {
		t.Errorf("health is %d %s", a.status, a.body)
	}
	if a := s.call(t, http.MethodGet, "/ready", ""); a.body != `{"status":"ready","version":"test"}` {
		t.Errorf("readiness is %d %s", a.status, a.body)
	}
	s.web.Drain()
	expect(t, s.call(t, http.MethodGet, "/ready", ""), errs.ShuttingDown)
	expect(t, s.call(t, http.MethodGet, "/v5/prompts", ""), errs.ShuttingDown)
	if a := s.call(t, http.MethodGet, "/health", ""); a.status != http.StatusOK {
		t.Errorf("health while draining is %d %s", a.status, a.body)
	}
}

func TestPagesForPeople(t *testing.T) {
	s := start(t, nil)
	pages := []string{"/", "/docs", "/docs/errors"}
	for _, reason := range errs.Reasons() {
		pages = append(pages, errs.DocPath(reason))
	}
	for _, page := range pages {
		a := s.call(t, http.MethodGet, page, "")
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !strings.HasSuffix(strings.TrimSpace(a.body), "</html>") {
			t.Errorf("%s is %d %.200s", page, a.status, a.body)
		}
		if name := page[strings.LastIndexByte(page, '/')+1:]; len(page) > len("/docs/errors/") && !strings.Contains(a.body, name) {
			t.Errorf("%s does not name %s", page, name)
		}
	}
	expect(t, s.call(t, http.MethodGet, "/docs/errors/no_such_reason", ""), errs.RouteNotFound)
}

func TestMetricsAreServed(t *testing.T) {
	s := start(t, nil)
	s.call(t, http.MethodPost, "/v5/prompts/call", `{"path": "a", "prompt": {"provider": "mock", "model": "echo"}, "messages": [{"role": "user", "content": "hi"}]}`)
	a := s.call(t, http.MethodGet, "/metrics", "")
	for _, line := range []string{
		`openloop_calls_total{model="echo",outcome="ok",provider="mock"} 1`, `openloop_http_requests_total{operation="prompts.call",status="200"} 1`,
	} {
		if !strings.Contains(a.body, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
