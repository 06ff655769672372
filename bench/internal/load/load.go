// Package load calls a server in two ways: a closed loop, where each connection calls again as soon as it is answered, which finds the
// throughput; and an open loop, where calls arrive at a constant rate whatever the server does, which finds the latency that callers would
// see.
package load

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Caller makes one call at a time over one connection.
type Caller interface {
	// Call makes one call and returns when its answer is complete and right, with the number of its pieces of content. It calls first once,
	// when the first piece arrives.
	Call(first func()) (tokens int, err error)
}

// Result is what a run saw. Durations are sorted in ascending order.
type Result struct {
	Calls    int // right answers
	Failures int
	Tokens   int
	Err      error // one of the failures
	Elapsed  time.Duration
	// Latency is from a call's start to the end of its answer; in an open loop the start is when the call was due, not when it was sent, so
	// a stalled server shows in every call that it kept waiting.
	Latency []time.Duration
	// FirstToken is from the same start to the first content.
	FirstToken []time.Duration
}

// Closed lets every caller call again and again until d has passed or ctx is done, and waits for the calls in progress. A caller stops at
// its first failure.
func Closed(ctx context.Context, callers []Caller, d time.Duration) Result {
	start := time.Now()
	return run(start, callers, func(c Caller, own *Result) {
		for own.Failures == 0 && time.Since(start) < d && ctx.Err() == nil {
			own.record(time.Now(), c, func() {})
		}
	})
}

// Open makes rate calls a second for d, evenly spaced, and waits until all are answered. A call that is due while every caller is busy
// waits for one, and its wait counts. Sleep pauses the schedule; give [Sleep], or time.Sleep in tests. It stops early when ctx is done.
func Open(ctx context.Context, callers []Caller, rate float64, d time.Duration, sleep func(time.Duration)) Result {
	calls := int(rate * d.Seconds())
	due := make(chan time.Time, calls)
	start := time.Now()
	go func() {
		defer close(due)
		for i := range calls {
			at := start.Add(time.Duration(float64(i) / rate * float64(time.Second)))
			if wait := time.Until(at); wait > 0 {
				sleep(wait)
			}
			if ctx.Err() != nil {
				return
			}
			due <- at
		}
	}()
	return run(start, callers, func(c Caller, own *Result) {
		for at := range due {
			own.record(at, c, func() {})
		}
	})
}

// Held lets every caller call once, at most opening of them at a time until their answers begin. Once all have begun it calls full, which lets
// the answers go on, and waits for their ends.
func Held(callers []Caller, opening int, full func()) Result {
	slots := make(chan struct{}, opening)
	var begun, ended sync.WaitGroup
	begun.Add(len(callers))
	ended.Go(func() {
		begun.Wait()
		full()
	})
	result := run(time.Now(), callers, func(c Caller, own *Result) {
		slots <- struct{}{}
		first := sync.OnceFunc(func() {
			<-slots
			begun.Done()
		})
		own.record(time.Now(), c, first)
		first() // a failure may come without
	})
	ended.Wait()
	return result
}

// run gives each caller a goroutine and a result of its own and adds up the results when all have ended.
func run(start time.Time, callers []Caller, work func(Caller, *Result)) Result {
	results := make([]Result, len(callers))
	var group sync.WaitGroup
	for i, c := range callers {
		group.Go(func() { work(c, &results[i]) })
	}
	group.Wait()

	total := Result{Elapsed: time.Since(start)}
	for _, r := range results {
		total.add(r)
	}
	slices.Sort(total.Latency)
	slices.Sort(total.FirstToken)
	return total
}

// record makes one call that was due at start. It calls begun when the answer begins.
func (r *Result) record(start time.Time, c Caller, begun func()) {
	var first time.Time
	tokens, err := c.Call(func() {
		first = time.Now()
		begun()
	})
	if err != nil {
		r.Failures++
		r.Err = err
		return
	}
	r.Calls++
	r.Tokens += tokens
	r.Latency = append(r.Latency, time.Since(start))
	r.FirstToken = append(r.FirstToken, first.Sub(start))
}

func (r *Result) add(other Result) {
	r.Calls += other.Calls
	r.Failures += other.Failures
	r.Tokens += other.Tokens
	if other.Err != nil {
		r.Err = other.Err
	}
	r.Latency = append(r.Latency, other.Latency...)
	r.FirstToken = append(r.FirstToken, other.FirstToken...)
}
