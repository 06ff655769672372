package main_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/llm/llmtest/standin"
)

// TestProofOfABadProvider has one that refuses everything for half a minute and asks to wait, then fails every fifth call at random and cuts off every
// hundredth. None of that is an answer of the model.
func TestProofOfABadProvider(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const size = 1000
		began := time.Now()
		u := standin.New(t, func(int, string) (int, http.Header) {
			time.Sleep(10 * time.Millisecond)
			switch chance := rand.Float64(); {
			case time.Since(began) < 30*time.Second:
				return http.StatusTooManyRequests, http.Header{"Retry-After": {"2"}}
			case chance < 0.2:
				return http.StatusServiceUnavailable, nil
			case chance < 0.21:
				return standin.Cut, nil
			}
			return http.StatusOK, nil
		})
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai_compatible:any", "Latency", "e")
		began = time.Now()
		_, took := e.until(t, e.run(t, "d"), 10*time.Minute, complete)
		s.whole(t, e, size)
		if u.Called() > 1400 {
			t.Errorf("%d calls", u.Called())
		}
		stop(t, p)
		t.Logf("429 for 30 s, then 503 for 20 %% and 1 %% cut: %d good Logs, 0 errors, %d calls, %s", size, u.Called(), took.Round(time.Second))
	})
}

// TestProofOfAWrongKey has a provider that refuses every call: the Run is over in seconds.
func TestProofOfAWrongKey(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const size = 1000
		u := standin.New(t, standin.Always(http.StatusUnauthorized))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", size)
		e := p.exam(t, "openai_compatible:any", "Latency", "e")
		got, took := e.until(t, e.run(t, "d"), time.Minute, complete)
		if took > 5*time.Second || u.Called() > 25 || got.Progress.Failed != size || got.Progress.Stopped != "invalid_api_key" {
			t.Errorf("after %s: %+v, %d calls", took, got, u.Called())
		}
		stop(t, p)
		t.Logf("a wrong key: %d Logs with an error after %s, %d calls", got.Progress.Failed, took.Round(10*time.Millisecond), u.Called())
	})
}

// TestProofOfCancelling cancels a Run, and looks when the last call began.
func TestProofOfCancelling(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		u := standin.New(t, standin.After(300*time.Millisecond))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "d", 1000)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		run := e.run(t, "d")
		e.until(t, run, time.Minute, func(p progress) bool { return p.Progress.Logs >= 100 })
		cancelled := time.Now()
		e.must(t, http.MethodPatch, "/v5/evaluations/"+e.id+"/runs/"+run, object{"status": "cancelled"}, nil)
		asked := time.Since(cancelled)
		time.Sleep(5 * time.Second)
		late := u.Last().Sub(cancelled)
		if got := e.progress(t, run); late > 2*time.Second || got.Status != "cancelled" {
			t.Errorf("a call began %s after the Run was cancelled: %+v", late, got)
		}
		stop(t, p)
		t.Logf("cancelled in %s: the last call began %s after the request, of %d", asked.Round(time.Millisecond), late.Round(time.Millisecond), u.Called())
	})
}

// TestProofOfABudget has a Run that may spend a dollar. A call of gpt-4o with the tokens of the stand-in costs 1.25 cents, and 16 are in flight at most.
func TestProofOfABudget(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		const limit, call, inFlight = 1.0, 0.0125, 16
		for _, latency := range []time.Duration{0, 100 * time.Millisecond} {
			u := standin.New(t, standin.After(latency))
			s.asks(u)
			p := s.serve(t)
			p.dataset(t, "d", 1000)
			e := p.exam(t, "openai:gpt-4o", "Latency")
			e.until(t, e.run(t, "d"), time.Minute, func(p progress) bool { return p.Progress.Logs >= 300 }) // so that all are in flight that may be
			e.must(t, http.MethodPatch, "/v5/evaluations/"+e.id+"/runs/"+e.progress(t, "").ID, object{"status": "cancelled"}, nil)
			run := e.run(t, "d", object{"max_cost": limit})
			got, took := e.until(t, run, time.Minute, complete)
			over := (got.Progress.Cost - limit) / call
			if over > inFlight || got.Progress.Stopped != "budget_exceeded" || got.Progress.Cost < limit {
				t.Errorf("%s: %+v", latency, got)
			}
			stop(t, p)
			t.Logf("max_cost 1 $, calls of %s: spent %.4f $, %.0f calls over, of %d that may be in flight; completed after %s", latency, got.Progress.Cost, over,
				inFlight, took.Round(10*time.Millisecond))
		}
	})
}

// TestProofOfFairness has a Run of 20 by itself, and then beside one of 3,000.
func TestProofOfFairness(t *testing.T) {
	proofs(t, func(t *testing.T, s *site) {
		u := standin.New(t, standin.After(100*time.Millisecond))
		s.asks(u)
		p := s.serve(t)
		p.dataset(t, "small", 20)
		p.dataset(t, "large", 3000)
		e := p.exam(t, "openai:gpt-4o", "Latency", "e")
		e.until(t, e.run(t, "small"), time.Minute, complete) // so that Python is there
		_, alone := e.until(t, e.run(t, "small"), time.Minute, complete)
		large := e.run(t, "large")
		e.until(t, large, time.Minute, func(p progress) bool { return p.Progress.Logs >= 200 })
		_, beside := e.until(t, e.run(t, "small"), time.Minute, complete)
		left := e.progress(t, large)
		if beside > 2*alone || left.Status != "running" {
			t.Errorf("alone %s, beside another %s: %+v", alone, beside, left)
		}
		p.must(t, http.MethodPatch, "/v5/evaluations/"+e.id+"/runs/"+large, object{"status": "cancelled"}, nil)
		stop(t, p)
		t.Logf("a Run of 20: %s alone, %s beside a Run that had %d of 3000 Logs", alone.Round(10*time.Millisecond), beside.Round(10*time.Millisecond), left.Progress.Logs)
	})
}
