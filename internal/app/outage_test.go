package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

// reports sends Logs from several clients at once until enough of them were answered, and returns the answers by the Log's id.
func (s *testServer) reports(t *testing.T, name string, clients, each int) map[string]*answer {
	t.Helper()
	answers := make(map[string]*answer, clients*each)
	var mu sync.Mutex
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for i := range each {
				id := fmt.Sprintf("%s-%d-%d", name, c, i)
				a := s.post(t, "/v5/prompts/log", map[string]any{
					"path": "p", "prompt": map[string]any{"model": "echo", "provider": "mock"}, "output": "of " + id, "log_id": id,
				})
				mu.Lock()
				answers[id] = a
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return answers
}

// kept checks that each report was acknowledged and is there, or was refused for an outage and can be made again.
func (s *testServer) kept(t *testing.T, answers map[string]*answer) (acknowledged int) {
	t.Helper()
	for id, a := range answers {
		if a.status != http.StatusOK {
			if d := a.failure(t, "json"); d.Reason != errs.DependencyUnavailable || a.status != http.StatusServiceUnavailable {
				t.Errorf("%s is refused with %d %s", id, a.status, a.body)
			}
			continue
		}
		acknowledged++
		if got := s.get(t, "/v5/logs/"+id); got.status != http.StatusOK || !strings.Contains(got.body, `"output":"of `+id+`"`) {
			t.Errorf("%s was acknowledged, and is %d %s", id, got.status, got.body)
		}
	}
	return acknowledged
}

// Fault E: a stopped PostgreSQL. TestPostgreSQLThatStands stops it while Logs are reported: the server says that it is not ready, and
// nothing that was acknowledged is lost.
func TestPostgreSQLThatStands(t *testing.T) {
	t.Parallel()
	var own pgtest.Server
	t.Cleanup(own.Stop)
	s := start(t, "OPENLOOP_DATABASE_URL="+own.URL(t))
	s.kept(t, s.reports(t, "before", 4, 5))

	resume := own.Pause(t)
	reported := make(chan map[string]*answer)
	go func() { reported <- s.reports(t, "during", 40, 2) }()
	const want = "The database did not answer within 3s."
	if a := s.get(t, "/ready"); a.status != http.StatusServiceUnavailable || !strings.Contains(a.body, want) {
		t.Errorf("/ready says %d %s", a.status, a.body)
	}
	if a := s.get(t, "/health"); a.status != http.StatusOK {
		t.Errorf("/health says %d %s", a.status, a.body)
	}
	resume()
	s.kept(t, <-reported)
	if n := s.kept(t, s.reports(t, "after", 4, 5)); n != 20 {
		t.Errorf("%d of 20 Logs are taken once it goes on", n)
	}
	if a := s.get(t, "/ready"); a.status != http.StatusOK {
		t.Errorf("/ready says %d %s", a.status, a.body)
	}
}

// Fault E: PostgreSQL at its connection limit. TestPostgreSQLWithoutConnections leaves the server fewer connections than it would use:
// what cannot be served says so, and the rest is kept.
func TestPostgreSQLWithoutConnections(t *testing.T) {
	t.Parallel()
	own := pgtest.Server{Connections: 8}
	t.Cleanup(own.Stop)
	s := start(t, "OPENLOOP_DATABASE_URL="+own.URL(t))
	taken := s.kept(t, s.reports(t, "many", 40, 5))
	if taken == 0 {
		t.Error("none is taken")
	}
	t.Logf("%d of 200 are taken", taken)
	if n := s.kept(t, s.reports(t, "after", 1, 5)); n != 5 {
		t.Errorf("%d of 5 Logs are taken by one client", n)
	}
}
