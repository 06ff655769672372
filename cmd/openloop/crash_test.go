package main_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/llm/llmtest/standin"
)

// TestAKilledServerEndsItsRun kills the process several times during a Run, and starts it again. In the end there is one Log for each case,
// and one judgment of each.
func TestAKilledServerEndsItsRun(t *testing.T) {
	s := newSite(t, build(t), "SQLite")
	s.killedRun(t, 200, 4, "Latency")
}

// TestProofOfCrashesInARun kills the process twenty times.
func TestProofOfCrashesInARun(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) { s.killedRun(t, 3000, 20, "Latency", "e") })
}

// killedRun kills the process whenever a Run has come a little further. Calls that were in flight may be made again, and no others.
func (s *site) killedRun(t *testing.T, size, kills int, evaluators ...string) {
	t.Helper()
	u := standin.New(t, standin.After(10*time.Millisecond))
	s.asks(u)
	p := s.serve(t)
	p.dataset(t, "d", size)
	e := p.exam(t, "openai:gpt-4o", evaluators...)
	began := time.Now()
	run := e.run(t, "d")
	step := size / (kills + 2)
	for n := range kills {
		at := n*step + step/2 + rand.IntN(step)
		e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Logs >= at })
		kill(t, e.process)
		s.letLeasesRunOut(t)
		e.process = s.serve(t)
	}
	e.until(t, run, 5*time.Minute, complete)
	took := time.Since(began)
	s.whole(t, e, size)
	if most := size + 16*kills; u.Called() > most {
		t.Errorf("%d calls, want at most %d", u.Called(), most)
	}
	stop(t, e.process)
	t.Logf("%d kills in a Run of %d by %d Evaluators: completed after %s, each once; %d calls", kills, size, len(evaluators), took.Round(time.Second), u.Called())
}

// TestProofOfCrashesWhileMonitoring kills the process twenty times while 50 Logs a second are reported that two Evaluators judge. Every Log that was
// acknowledged, and every other that was stored, has one judgment by each.
func TestProofOfCrashesWhileMonitoring(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const kills = 20
		p := s.serve(t)
		p.exam(t, "mock:echo", "Latency", "e")
		p.watch(t, "Latency", "e")
		r := reportTo(t, p)
		for range kills {
			time.Sleep(time.Second + rand.N(3*time.Second))
			kill(t, p)
			s.letLeasesRunOut(t)
			p = s.serve(t)
			r.to.Store(p)
		}
		acknowledged := r.end()
		ended := time.Now()
		for s.count(t, `SELECT COUNT(*) FROM task`) > 0 && time.Since(ended) < 5*time.Minute {
			time.Sleep(50 * time.Millisecond)
		}
		took := time.Since(ended)
		const judged = ` (SELECT COUNT(*) FROM judgment j WHERE j.log = l.seq) `
		const logs = `SELECT COUNT(*) FROM log l JOIN file f ON f.seq = l.file WHERE f.kind = 'prompt'`
		stored := s.count(t, logs)
		if stored < acknowledged {
			t.Errorf("%d Logs are stored of %d that were acknowledged", stored, acknowledged)
		}
		for query, want := range map[string]int{
			logs + ` AND 2 =` + judged:                                            stored,
			`SELECT COUNT(*) FROM judgment`:                                       2 * stored,
			`SELECT COUNT(*) FROM (SELECT DISTINCT log, version FROM judgment) x`: 2 * stored,
			`SELECT COUNT(*) FROM log WHERE error_reason IS NOT NULL`:             0,
		} {
			if n := s.count(t, query); n != want {
				t.Errorf("%s: %d, want %d", query, n, want)
			}
		}
		stop(t, p)
		t.Logf("%d kills while monitoring: %d Logs acknowledged, %d stored, each judged once by 2 Evaluators; the last %s after the last Log",
			kills, acknowledged, stored, took.Round(time.Millisecond))
	})
}

// watch has Evaluators monitor the Prompt p.
func (p *process) watch(t *testing.T, evaluators ...string) {
	t.Helper()
	var prompt identified
	p.must(t, http.MethodPost, "/v5/files/retrieve-by-path", object{"path": "p"}, &prompt)
	activate := make([]object, len(evaluators))
	for i, path := range evaluators {
		var e identified
		p.must(t, http.MethodPost, "/v5/files/retrieve-by-path", object{"path": path}, &e)
		activate[i] = object{"evaluator_version_id": e.VersionID}
	}
	p.must(t, http.MethodPost, "/v5/prompts/"+prompt.ID+"/evaluators", object{"activate": activate}, nil)
}

// reporter reports 50 Logs a second, whether the process is there or not.
type reporter struct {
	to           atomic.Pointer[process]
	acknowledged atomic.Int64
	done         chan struct{}
	all          sync.WaitGroup
}

func reportTo(t *testing.T, p *process) *reporter {
	r := &reporter{done: make(chan struct{})}
	r.to.Store(p)
	r.all.Go(func() {
		tick := time.NewTicker(time.Second / 50)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-r.done:
				return
			case <-tick.C:
			}
			r.all.Go(func() {
				body := fmt.Sprintf(`{"path":"p","output":"said","log_id":"log-%d","start_time":"2026-01-01T00:00:00Z","end_time":"2026-01-01T00:00:01Z"}`, n)
				status, text, err := r.to.Load().send(t.Context(), http.MethodPost, "/v5/prompts/log", body)
				switch {
				case err != nil: // it was killed
				case status == http.StatusOK || status == http.StatusCreated:
					r.acknowledged.Add(1)
				default:
					t.Errorf("a Log is answered %d %s", status, text)
				}
			})
		}
	})
	return r
}

// end ends it, and returns how many Logs were acknowledged.
func (r *reporter) end() int {
	close(r.done)
	r.all.Wait()
	return int(r.acknowledged.Load())
}

// TestProofOfTwoReplicas kills one of two in the middle of a Run, and waits for the leases of what it held to run out.
func TestProofOfTwoReplicas(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		if s.database == "SQLite" {
			t.Skip("replicas need PostgreSQL")
		}
		const size = 600
		u := standin.New(t, standin.After(200*time.Millisecond))
		s.asks(u)
		one, two := s.serve(t), s.serve(t)
		one.dataset(t, "d", size)
		e := one.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Judged >= size/2 })
		held := s.count(t, `SELECT COUNT(*) FROM task WHERE lease_us > 0`)
		kill(t, one)
		e.process = two
		_, took := e.until(t, run, 70*time.Second, complete)
		if took > 65*time.Second {
			t.Errorf("the other one needed %s", took)
		}
		s.whole(t, e, size)
		stop(t, two)
		t.Logf("one of two replicas killed in a Run of %d (%d tasks held by both): completed %s later, each once; %d calls", size, held, took.Round(100*time.Millisecond), u.Called())
	})
}
