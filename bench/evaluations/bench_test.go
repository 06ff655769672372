// Package evaluations measures the server while it runs Evaluators and Runs, on both databases: `make bench-evaluations`.
package evaluations_test

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/bench/internal/stats"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

// exactMatch is a code Evaluator as teams write it. The name keeps it from being computed without Python.
const exactMatch = `def exact(log, testcase):
    return (log["output"] or "").strip().lower() == (testcase["target"]["output"] or "").strip().lower()
`

// BenchmarkEvaluations prints the figures of every case. SIZE is the number of datapoints of a Run.
func BenchmarkEvaluations(b *testing.B) {
	var postgres pgtest.Server
	defer postgres.Stop()
	size, err := strconv.Atoi(cmp.Or(os.Getenv("SIZE"), "10000"))
	if err != nil {
		b.Fatal(err)
	}
	for _, database := range []string{"sqlite", "postgres"} {
		settings := func(b *testing.B) []string {
			list := []string{"OPENLOOP_EVALUATION_CONCURRENCY=64", "OPENLOOP_PYTHON_WORKERS=" + cmp.Or(os.Getenv("WORKERS"), "2")}
			if database == "postgres" {
				list = append(list, "OPENLOOP_DATABASE_URL="+postgres.URL(b))
			}
			return list
		}
		b.Run(database+"/code", func(b *testing.B) { codeJudgments(b, start(b, 0, settings(b)...), size) })
		b.Run(database+"/run", func(b *testing.B) { places(b, start(b, 20*time.Millisecond, settings(b)...), size) })
		b.Run(database+"/peer", func(b *testing.B) { besideAPeer(b, start(b, 20*time.Millisecond, settings(b)...), size/10) })
		b.Run(database+"/monitoring", func(b *testing.B) { monitoring(b, start(b, 0, settings(b)...)) })
		b.Run(database+"/calls", func(b *testing.B) { callsBesideARun(b, start(b, 20*time.Millisecond, settings(b)...), size) })
	}
}

type object = map[string]any

type identified struct {
	ID string `json:"id"`
}

// dataset makes a Dataset with size datapoints of about a kilobyte.
func (s *server) dataset(b *testing.B, size int) {
	b.Helper()
	list := make([]object, size)
	for i := range list {
		list[i] = object{
			"inputs": object{"question": fmt.Sprintf("Question %d. %0900d", i, i)},
			"target": object{"output": "an answer"},
		}
	}
	s.must(b, "POST", "/v5/datasets", object{"path": "bench/cases", "datapoints": list}, nil)
}

func (s *server) prompt(b *testing.B, provider, model string) {
	b.Helper()
	s.must(b, "POST", "/v5/prompts", object{
		"path": "bench/prompt", "provider": provider, "model": model, "template": []object{{"role": "user", "content": "{{question}}"}},
	}, nil)
}

func (s *server) evaluator(b *testing.B, path string) {
	b.Helper()
	s.must(b, "POST", "/v5/evaluators", object{"path": path, "spec": object{
		"evaluator_type": "python", "arguments_type": "target_required", "return_type": "boolean", "code": exactMatch,
	}}, nil)
}

// evaluate makes a Run of the Prompt and waits for its end. Logs of earlier Runs are used again.
func (s *server) evaluate(b *testing.B, evaluators ...string) time.Duration {
	b.Helper()
	began := time.Now()
	evaluation, run := s.begin(b, evaluators...)
	s.await(b, evaluation, run)
	return time.Since(began)
}

func (s *server) begin(b *testing.B, evaluators ...string) (evaluation, run string) {
	b.Helper()
	var refs []object
	for _, path := range evaluators {
		refs = append(refs, object{"path": path})
	}
	var made, begun identified
	s.must(b, "POST", "/v5/evaluations", object{"evaluators": refs}, &made)
	s.must(b, "POST", "/v5/evaluations/"+made.ID+"/runs", object{
		"dataset": object{"path": "bench/cases"}, "version": object{"path": "bench/prompt"}, "use_existing_logs": true,
	}, &begun)
	return made.ID, begun.ID
}

func (s *server) await(b *testing.B, evaluation, run string) {
	b.Helper()
	for {
		var list struct {
			Runs []struct {
				identified
				Status string `json:"status"`
			} `json:"runs"`
		}
		s.must(b, "GET", "/v5/evaluations/"+evaluation+"/runs", nil, &list)
		for _, r := range list.Runs {
			if r.ID == run && r.Status == "completed" {
				return
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// codeJudgments is how many judgments of a code Evaluator are made a second, of Logs that are there.
func codeJudgments(b *testing.B, s *server, size int) {
	s.dataset(b, size)
	s.prompt(b, "mock", "echo")
	s.evaluator(b, "bench/exact")
	s.evaluate(b, "Latency")                                                                                    // makes the Logs
	s.must(b, "POST", "/v5/evaluators/try", object{"path": "bench/exact", "log_ids": []string{s.call(b)}}, nil) // prepares Python
	took := s.evaluate(b, "bench/exact")
	b.ReportMetric(float64(size)/took.Seconds(), "judgments/s")
	b.ReportMetric(0, "ns/op")
}

func (s *server) id(b *testing.B, path string) string {
	b.Helper()
	var f identified
	s.must(b, "POST", "/v5/files/retrieve-by-path", object{"path": path}, &f)
	return f.ID
}

// places is how many Logs of a Run are made and judged a second, and what processor time that takes beside as many calls.
func places(b *testing.B, s *server, size int) {
	s.dataset(b, size)
	s.prompt(b, "openai", "gpt-4o-mini")
	began := s.cpu(b)
	calls := s.calls(b, size, 64)
	perCall := (s.cpu(b) - began) / time.Duration(size)
	began = s.cpu(b)
	took := s.evaluate(b, "Latency")
	perPlace := (s.cpu(b) - began) / time.Duration(size)
	b.ReportMetric(float64(size)/took.Seconds(), "places/s")
	b.ReportMetric(float64(size)/calls.Seconds(), "calls/s")
	b.ReportMetric(float64(perPlace)/float64(perCall), "CPU/call")
	b.ReportMetric(0, "ns/op")
}

// calls makes n calls of the Prompt, so many at a time.
func (s *server) calls(b *testing.B, n, at int) time.Duration {
	b.Helper()
	began := time.Now()
	var wg sync.WaitGroup
	for range at {
		wg.Go(func() {
			for range n / at {
				s.call(b)
			}
		})
	}
	wg.Wait()
	return time.Since(began)
}

func (s *server) call(b *testing.B) string {
	var answer identified
	err := s.do(b.Context(), "POST", "/v5/prompts/call", object{"path": "bench/prompt", "inputs": object{"question": fmt.Sprintf("%0900d", 7)}}, &answer)
	if err != nil {
		b.Error(err)
	}
	return answer.ID
}

// monitoring is how long after a Log was stored its judgment can be read, at 50 Logs a second.
func monitoring(b *testing.B, s *server) {
	s.prompt(b, "mock", "echo")
	s.must(b, "POST", "/v5/evaluators", object{"path": "bench/monitor", "spec": object{
		"evaluator_type": "python", "arguments_type": "target_free", "return_type": "number", "code": "def size(log):\n    return len(log['output'] or '')\n",
	}}, nil)
	var version struct {
		VersionID string `json:"version_id"`
	}
	s.must(b, "GET", "/v5/evaluators/"+s.id(b, "bench/monitor"), nil, &version)
	s.must(b, "POST", "/v5/prompts/"+s.id(b, "bench/prompt")+"/evaluators", object{"activate": []object{{"evaluator_version_id": version.VersionID}}}, nil)
	s.judged(b, s.call(b)) // warms up
	reportPercentiles(b, "lag", paced(50, func() time.Duration {
		id := s.call(b)
		began := time.Now()
		s.judged(b, id)
		return time.Since(began)
	}))
}

// judged waits until the Log has a judgment.
func (s *server) judged(b *testing.B, id string) {
	for b.Context().Err() == nil {
		var l struct {
			EvaluatorLogs []object `json:"evaluator_logs"`
		}
		if err := s.do(b.Context(), "GET", "/v5/logs/"+id, nil, &l); err != nil {
			b.Error(err)
			return
		}
		if len(l.EvaluatorLogs) > 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func reportPercentiles(b *testing.B, name string, times chan time.Duration) {
	b.Helper()
	var all []float64
	for d := range times {
		all = append(all, float64(d.Microseconds())/1000)
	}
	slices.Sort(all)
	b.ReportMetric(stats.Percentile(all, 50), name+"-p50-ms")
	b.ReportMetric(stats.Percentile(all, 95), name+"-p95-ms")
	b.ReportMetric(stats.Percentile(all, 99), name+"-p99-ms")
	b.ReportMetric(0, "ns/op")
}

// callsBesideARun is what a Run with a code Evaluator adds to calls of 100 a second.
func callsBesideARun(b *testing.B, s *server, size int) {
	s.dataset(b, size)
	s.prompt(b, "openai", "gpt-4o-mini")
	s.evaluator(b, "bench/exact")
	call := func() time.Duration {
		began := time.Now()
		s.call(b)
		return time.Since(began)
	}
	reportPercentiles(b, "alone", paced(100, call))
	s.begin(b, "bench/exact")
	reportPercentiles(b, "beside", paced(100, call))
}

const seconds = 10 // that a rate is kept

// paced calls do so many times a second, however long each takes, and returns what it returned.
func paced(rate int, do func() time.Duration) chan time.Duration {
	times := make(chan time.Duration, rate*seconds)
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for range rate * seconds {
		<-tick.C
		wg.Go(func() { times <- do() })
	}
	wg.Wait()
	close(times)
	return times
}
