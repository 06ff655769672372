package load

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// server answers its calls after the given times, in order, then after the last one for ever.
type server struct {
	answers []time.Duration
	err     error
	started []time.Time
}

func (s *server) Call(first func()) (int, error) {
	s.started = append(s.started, time.Now())
	took := s.answers[min(len(s.started), len(s.answers))-1]
	time.Sleep(took / 2)
	first()
	time.Sleep(took - took/2)
	return 3, s.err
}

const ms = time.Millisecond

// since turns moments into distances from the first.
func since(start time.Time, times []time.Time) []time.Duration {
	var out []time.Duration
	for _, at := range times {
		out = append(out, at.Sub(start))
	}
	return out
}

func TestClosedCallsAgainOnceAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		one, two := &server{answers: []time.Duration{40 * ms}}, &server{answers: []time.Duration{60 * ms}}
		got := Closed(t.Context(), []Caller{one, two}, 100*ms)
		want := Result{
			Calls: 5, Tokens: 15, Elapsed: 120 * ms,
			Latency:    []time.Duration{40 * ms, 40 * ms, 40 * ms, 60 * ms, 60 * ms},
			FirstToken: []time.Duration{20 * ms, 20 * ms, 20 * ms, 30 * ms, 30 * ms},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]time.Duration{0, 40 * ms, 80 * ms}, since(start, one.started)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestClosedCallerStopsAtItsFirstFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("broken")
		bad := &server{answers: []time.Duration{10 * ms}, err: broken}
		good := &server{answers: []time.Duration{50 * ms}}
		got := Closed(t.Context(), []Caller{bad, good}, 100*ms)
		if got.Calls != 2 || got.Failures != 1 || !errors.Is(got.Err, broken) {
			t.Errorf("%d calls, %d failures, %v; want 2, 1, broken", got.Calls, got.Failures, got.Err)
		}
	})
}

func TestOpenKeepsTheScheduleAndSpreadsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		callers := make([]Caller, 8)
		for i := range callers {
			callers[i] = &server{answers: []time.Duration{25 * ms}}
		}
		got := Open(t.Context(), callers, 100, 60*ms, time.Sleep)

		var started []time.Time
		for _, c := range callers {
			started = append(started, c.(*server).started...)
		}
		slices.SortFunc(started, time.Time.Compare)
		if diff := cmp.Diff([]time.Duration{0, 10 * ms, 20 * ms, 30 * ms, 40 * ms, 50 * ms}, since(start, started)); diff != "" {
			t.Error(diff)
		}
		want := Result{
			Calls: 6, Tokens: 18, Elapsed: 75 * ms,
			Latency:    slices.Repeat([]time.Duration{25 * ms}, 6),
			FirstToken: slices.Repeat([]time.Duration{12*ms + ms/2}, 6),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOpenCountsTheWaitBehindAStalledCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stalled := &server{answers: []time.Duration{35 * ms, 5 * ms}}
		got := Open(t.Context(), []Caller{stalled}, 100, 60*ms, time.Sleep)
		// Due at 0, 10, … 50 ms; answered at 35, 40, 45, 50, 55, 60 ms.
		want := []time.Duration{10 * ms, 15 * ms, 20 * ms, 25 * ms, 30 * ms, 35 * ms}
		if diff := cmp.Diff(want, got.Latency); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOpenIsNotHeldUpByALateSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &server{answers: []time.Duration{0}}
		late := func(d time.Duration) { time.Sleep(d + 15*ms) }
		got := Open(t.Context(), []Caller{s}, 100, 50*ms, late)
		if diff := cmp.Diff([]time.Duration{0, 25 * ms, 25 * ms, 45 * ms, 45 * ms}, since(start, s.started)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]time.Duration{0, 5 * ms, 5 * ms, 15 * ms, 15 * ms}, got.Latency); diff != "" {
			t.Error(diff)
		}
	})
}

func TestHeldStreamsGoOnOnceAllHaveBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		callers := []Caller{
			&server{answers: []time.Duration{20 * ms}}, &server{answers: []time.Duration{40 * ms}},
			&server{answers: []time.Duration{40 * ms}}, &server{answers: []time.Duration{0}, err: errors.New("broken")},
		}
		var full time.Duration
		got := Held(callers, 4, func() { full = time.Since(start) })
		if got.Calls != 3 || got.Failures != 1 || full != 20*ms {
			t.Errorf("%d calls, %d failures, full after %v; want 3, 1, 20ms", got.Calls, got.Failures, full)
		}
	})
}

func TestHeldOpensAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		callers := make([]Caller, 6)
		for i := range callers {
			callers[i] = &server{answers: []time.Duration{20 * ms}}
		}
		var full time.Time
		start := time.Now()
		Held(callers, 2, func() { full = time.Now() })
		if diff := cmp.Diff(30*ms, full.Sub(start)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestLoopsEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 35*ms)
		defer cancel()
		closed := Closed(ctx, []Caller{&server{answers: []time.Duration{10 * ms}}}, time.Hour)
		if closed.Calls != 4 || closed.Elapsed != 40*ms {
			t.Errorf("closed: %d calls in %v, want 4 in 40ms", closed.Calls, closed.Elapsed)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 35*ms)
		defer cancel()
		open := Open(ctx, []Caller{&server{answers: []time.Duration{ms}}}, 100, time.Hour, time.Sleep)
		if open.Calls != 4 || open.Elapsed != 40*ms {
			t.Errorf("open: %d calls in %v, want 4 in 40ms", open.Calls, open.Elapsed)
		}
	})
}

func TestSleepLastsAtLeastAsLongAsAsked(t *testing.T) {
	start := time.Now()
	Sleep(3 * ms)
	if took := time.Since(start); took < 3*ms {
		t.Errorf("slept %v", took)
	}
}
