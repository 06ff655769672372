package main_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/llm/llmtest/standin"
)

// TestProofOfAStopInARun has SIGTERM end a process while calls are in flight that take longer than it waits for them, and starts it again.
func TestProofOfAStopInARun(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const size = 300
		u := standin.New(t, standin.After(50*time.Millisecond))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Judged >= 100 })
		u.Answer(standin.After(8 * time.Second))
		time.Sleep(time.Second) // until only such calls are in flight
		flying := s.count(t, `SELECT COUNT(*) FROM task WHERE lease_us > 0`)
		began := time.Now()
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := <-p.done; err != nil {
			t.Errorf("it ended with %v", err)
		}
		took := time.Since(began)
		held := s.count(t, `SELECT COUNT(*) FROM task WHERE lease_us > 0`)
		if took > 10*time.Second || held > 0 || flying == 0 {
			t.Errorf("it ended after %s; %d of %d tasks are held", took, held, flying)
		}
		u.Answer(standin.After(10 * time.Millisecond))
		e.process = s.serve(t)
		_, rest := e.until(t, run, time.Minute, complete)
		s.whole(t, e, size) // and so no Log says that it was cancelled
		stop(t, e.process)
		t.Logf("SIGTERM with %d tasks in flight: ended after %s, %d held; after a restart completed in %s, no Log with an error; %d calls", flying,
			took.Round(10*time.Millisecond), held, rest.Round(10*time.Millisecond), u.Called())
	})
}

// TestProofOfLostTasks deletes all tasks by hand while a Run is going on: they are made again at the next look, every five minutes.
func TestProofOfLostTasks(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		t.Parallel()
		const size = 300
		u := standin.New(t, standin.After(50*time.Millisecond))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Judged >= 100 })
		s.exec(t, `DELETE FROM task`)
		_, took := e.until(t, run, 6*time.Minute, complete)
		s.whole(t, e, size)
		stop(t, p)
		t.Logf("all tasks deleted by hand: completed %s later, each once; %d calls for %d Logs", took.Round(time.Second), u.Called(), size)
	})
}

// TestProofOfDeletedFiles deletes the Files of a Run in its middle.
func TestProofOfDeletedFiles(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const size = 300
		u := standin.New(t, standin.After(50*time.Millisecond))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		got, _ := e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Judged >= 100 })
		for path, kind := range map[string]string{"p": "prompts", "d": "datasets", "e": "evaluators"} {
			var f identified
			p.must(t, http.MethodPost, "/v5/files/retrieve-by-path", object{"path": path}, &f)
			p.must(t, http.MethodDelete, "/v5/"+kind+"/"+f.ID, nil, nil)
		}
		_, took := e.until(t, run, time.Minute, complete)
		s.whole(t, e, size)
		stop(t, p)
		t.Logf("Prompt, Dataset and Evaluator deleted at %d of %d Logs: completed %s later, all judged", got.Progress.Logs, size, took.Round(10*time.Millisecond))
	})
}

// TestProofOfRetention deletes the Logs of a completed Run by their age: it stays completed, and nobody is called again, not by the look for lost tasks at
// the start either.
func TestProofOfRetention(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const size = 100
		u := standin.New(t, standin.After(0))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		e.until(t, run, time.Minute, complete)
		s.whole(t, e, size)
		stop(t, p)
		e.process = s.serve(t, "OPENLOOP_LOG_RETENTION=1s")
		for began := time.Now(); s.count(t, `SELECT COUNT(*) FROM log`) > 0; time.Sleep(50 * time.Millisecond) {
			if time.Since(began) > 2*time.Minute {
				t.Fatalf("%d Logs are left", s.count(t, `SELECT COUNT(*) FROM log`))
			}
		}
		stop(t, e.process)
		e.process = s.serve(t, "OPENLOOP_LOG_RETENTION=1s")
		time.Sleep(5 * time.Second)
		if got := e.progress(t, run); got.Status != "completed" || u.Called() != size || s.count(t, `SELECT COUNT(*) FROM task`) != 0 {
			t.Errorf("%+v; %d calls", got, u.Called())
		}
		stop(t, e.process)
		t.Logf("all Logs of a completed Run of %d deleted by retention: it is completed; %d calls before, 0 after", size, u.Called())
	})
}
