package suite

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/openloop-server/openloop/bench/internal/http1"
	"github.com/openloop-server/openloop/bench/internal/load"
	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/stats"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// Settings of overloads.
const (
	overloadConns = 2048
	besideConns   = 512         // of calls beside slow readers
	atCapacity    = 64          // connections of the closed loop that finds the capacity
	patience      = time.Second // of a client; a later answer is of no use to it
	slice         = 250 * time.Millisecond
	recoverWithin = 30 * time.Second // after which a server is taken for lost
	slowSync      = "50ms"
)

// priorities are the classes of calls, in their order in patterns.
var priorities = []string{"critical", "interactive", "batch"}

// mixed has of twenty calls one that is critical, thirteen that are interactive and six of batch.
var mixed = []int{1, 2, 1, 1, 2, 1, 0, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1}

// overloads are the situations that only run when they are asked for by name: some take as long as the flag says.
func (b *Bench) overloads() []benchCase {
	percent := func(name string, aim report.Aim) report.Metric {
		return report.Metric{Name: name, Unit: "%", Digits: 1, Aim: aim}
	}
	metrics := []report.Metric{
		{Name: "capacity", Unit: "calls/s"}, {Name: "offered", Unit: "calls/s"}, {Name: "answered in time", Unit: "calls/s"},
		percent("of the capacity", report.Aim{AtLeast: 90}),
		milliseconds("p99 at capacity"), milliseconds("p50"), milliseconds("p99"), {Name: "p99 of that at capacity", Digits: 2, Aim: report.Aim{AtMost: 3}},
		percent("critical answered", report.Aim{AtLeast: 99.9}), percent("interactive answered", report.Aim{}), percent("batch answered", report.Aim{}),
		percent("turned away", report.Aim{}), percent("late or lost", report.Aim{}),
		{Name: "CPU of a call", Unit: "µs"}, {Name: "CPU of one turned away", Unit: "µs"},
		{Name: "memory at a tenth", Unit: "MB", Digits: 1}, {Name: "memory at the end", Unit: "MB", Digits: 1}, percent("memory grew by", report.Aim{AtMost: 20}),
		{Name: "recovery", Unit: "s", Digits: 2, Aim: report.Aim{AtMost: 5}},
	}
	var out []benchCase
	for _, times := range []float64{3, 5} {
		out = append(out, benchCase{
			name: fmt.Sprintf("overload/%g", times), title: fmt.Sprintf("%g times the calls that 64 connections get answered, whatever becomes of them", times),
			work: prompted(), measure: b.overloaded(times, callRequests), metrics: metrics,
		})
	}
	return append(out,
		benchCase{
			name: "overload/coding", title: fmt.Sprintf("three times the capacity, with bodies of %d KB", codingSize>>10),
			work: work{chat: codingRequests, openloop: nativeCoding, path: directPath, lane: "native"}, measure: b.overloaded(3, nativeCoding), metrics: metrics,
		},
		benchCase{
			name: "overload/slow-disk", title: "three times the capacity, on a disk that takes " + slowSync + " to sync", slowDisk: true,
			work: prompted(), measure: b.overloaded(3, callRequests), metrics: metrics,
		},
		benchCase{
			name: "overload/slow-readers", title: "200 clients that read long streams at 8 KB/s, beside calls at a quarter of the capacity",
			upstream: upstream.Config{Chunks: 50_000, ChunkText: 512}, work: prompted(), measure: b.slowReaders,
			metrics: []report.Metric{
				{Name: "calls", Unit: "calls/s"}, percent("answered in time", report.Aim{AtLeast: 99}), milliseconds("p99"),
				{Name: "memory before", Unit: "MB", Digits: 1}, {Name: "memory at a tenth", Unit: "MB", Digits: 1}, {Name: "memory at the end", Unit: "MB", Digits: 1},
				{Name: "memory of a stream", Unit: "KB", Digits: 1, Aim: report.Aim{AtMost: 512}}, percent("memory grew by", report.Aim{AtMost: 20}),
			},
		},
	)
}

// overloaded finds the capacity of a target, offers times as many calls, and waits until it is well again. The calls of a key are those that by makes.
func (b *Bench) overloaded(times float64, by func(key string) (requests, error)) measure {
	return func(ctx context.Context, s *stack, t *target) (figures, error) {
		keys, err := t.prioritized(ctx, by)
		if err != nil {
			return nil, err
		}
		crowd, hangUp, err := newCrowd(ctx, t, keys, overloadConns)
		if err != nil {
			return nil, err
		}
		defer hangUp()
		crowd.closed(ctx, max(b.Duration/20, time.Second)) // warms up
		began := t.used()
		best := crowd.closed(ctx, max(b.Duration/10, 3*time.Second))
		loaded := t.used()
		rate := float64(best.Calls) / best.Elapsed.Seconds()
		early, late, classes := memoryDuring(t, b.Duration, func() []load.Arrivals { return crowd.offer(ctx, times*rate, b.Duration) })
		ended := t.used()
		back, err := crowd.recovered(ctx, rate/4)
		if err != nil {
			return nil, err
		}
		t.right += crowd.right()
		out := describeOverload(classes, b.Duration)
		atBest := millis(stats.Percentile(best.Latency, 99))
		out["capacity"], out["of the capacity"] = rate, 100*out["answered in time"]/rate
		out["p99 at capacity"], out["p99 of that at capacity"] = atBest, out["p99"]/atBest
		out["recovery"] = back.Seconds()
		out.memory(early, late)
		out.processors(loaded-began, ended-loaded, best.Calls, load.Sum(classes))
		return out, ctx.Err()
	}
}

// used is the processor time that the target has used until now, 0 for unknown.
func (t *target) used() time.Duration {
	if t.server == nil {
		return 0
	}
	d, err := t.server.CPU()
	if err != nil {
		return 0
	}
	return d
}

// processors fills in what a call costs by the time of so many, and what one costs that was turned away by what an overload used beside its answers.
func (f figures) processors(atBest, overloaded time.Duration, calls int, all load.Arrivals) {
	away, answered := all.Of[load.TurnedAway], all.Of[load.Answered]+all.Of[load.Late]
	if atBest == 0 || overloaded == 0 || calls == 0 {
		return
	}
	f["CPU of a call"] = micros(atBest) / float64(calls)
	if away > 0 {
		f["CPU of one turned away"] = max(0, micros(overloaded)-float64(answered)*f["CPU of a call"]) / float64(away)
	}
}

// describeOverload turns what became of calls into figures.
func describeOverload(classes []load.Arrivals, d time.Duration) figures {
	all := load.Sum(classes)
	out := figures{
		"offered": float64(all.Offered) / d.Seconds(), "answered in time": float64(all.Of[load.Answered]) / d.Seconds(),
		"p50": millis(stats.Percentile(all.Latency, 50)), "p99": millis(stats.Percentile(all.Latency, 99)),
		"turned away": 100 * all.Share(load.TurnedAway), "late or lost": 100 * (all.Share(load.Late) + all.Share(load.Lost)),
	}
	for i, name := range priorities {
		out[name+" answered"] = 100 * classes[i].Share(load.Answered)
	}
	return out
}

// memory fills in the figures of resident memory, as far as the system tells it.
func (f figures) memory(early, late int64) {
	if early > 0 && late > 0 {
		f["memory at a tenth"], f["memory at the end"] = megabytes(early), megabytes(late)
		f["memory grew by"] = 100 * (float64(late)/float64(early) - 1)
	}
}

// memoryDuring runs work, which takes d, and returns the resident memory of the target after a tenth of it and at its end; 0 for unknown.
func memoryDuring[T any](t *target, d time.Duration, work func() T) (early, late int64, result T) {
	resident := func() int64 {
		if t.server == nil {
			return 0
		}
		m, err := t.server.Memory()
		if err != nil {
			return 0
		}
		return m.Resident
	}
	first := make(chan int64, 1)
	timer := time.AfterFunc(d/10, func() { first <- resident() })
	result = work()
	late = resident()
	if !timer.Stop() {
		early = <-first
	}
	return early, late, result
}

// prioritized returns the requests to a target with a key of each priority. The proxy knows none.
func (t *target) prioritized(ctx context.Context, by func(key string) (requests, error)) ([]requests, error) {
	var out []requests
	for _, p := range priorities {
		if t.api == nil {
			out = append(out, t.requests)
			continue
		}
		key, err := t.api.makeKey(ctx, p)
		if err != nil {
			return nil, err
		}
		calls, err := by(key)
		if err != nil {
			return nil, err
		}
		out = append(out, calls)
	}
	return out, nil
}

// crowd are clients that call whatever the server does.
type crowd struct {
	members []*member
	calls   [][]load.Tried
}

// member is one connection of a crowd. It is made again after a failure.
type member struct {
	ctx   context.Context // of the whole run
	addr  string
	conn  *http1.Conn
	right int // answers with 200
}

func newCrowd(ctx context.Context, t *target, keys []requests, conns int) (*crowd, func(), error) {
	c := &crowd{}
	hangUp := func() {
		for _, m := range c.members {
			m.hangUp()
		}
	}
	for range conns {
		m := &member{ctx: ctx, addr: t.addr}
		var calls []load.Tried
		for _, k := range keys {
			calls = append(calls, func() load.Outcome { return m.call(k.plain) })
		}
		c.members, c.calls = append(c.members, m), append(c.calls, calls)
		if err := m.dial(); err != nil {
			hangUp()
			return nil, nil, err
		}
	}
	return c, hangUp, nil
}

func (m *member) dial() (err error) {
	m.conn, err = http1.Dial(m.ctx, m.addr)
	return err
}

func (m *member) hangUp() {
	if m.conn != nil {
		_ = m.conn.Close()
		m.conn = nil
	}
}

func (m *member) call(request []byte) load.Outcome {
	if m.conn == nil && m.dial() != nil {
		return load.Lost
	}
	h, err := m.conn.Do(request, func([]byte) {})
	if err != nil {
		m.hangUp()
		return load.Lost
	}
	switch h.Status() {
	case http.StatusOK:
		m.right++
		return load.Answered
	case http.StatusServiceUnavailable:
		return load.TurnedAway
	}
	return load.Lost
}

func (c *crowd) right() (n int) {
	for _, m := range c.members {
		n += m.right
	}
	return n
}

// closed has some members make critical calls again and again, also after one was turned away, which does not count.
func (c *crowd) closed(ctx context.Context, d time.Duration) load.Result {
	callers := make([]load.Caller, atCapacity)
	for i := range callers {
		callers[i] = insistent{ctx, c.calls[i][0]}
	}
	return load.Closed(ctx, callers, d)
}

// insistent is a [load.Caller] that calls until it is answered.
type insistent struct {
	ctx  context.Context // of the whole run
	call load.Tried
}

// Call implements [load.Caller].
func (i insistent) Call(first func()) (int, error) {
	for i.ctx.Err() == nil {
		switch i.call() {
		case load.Answered:
			first()
			return 1, nil
		case load.Lost:
			return 0, errLost
		case load.TurnedAway, load.Late:
		}
	}
	return 0, i.ctx.Err()
}

func (c *crowd) offer(ctx context.Context, rate float64, d time.Duration) []load.Arrivals {
	return load.Overload(ctx, c.calls, mixed, rate, d, patience, load.Sleep)
}

var (
	errLost = errors.New("a call got another answer, or none")
	errIll  = errors.New("it did not get well after the load")
)

// recovered offers a light load, and returns the time until all of it is answered in time for a second.
func (c *crowd) recovered(ctx context.Context, rate float64) (time.Duration, error) {
	start := time.Now()
	well := time.Duration(0)
	for time.Since(start) < recoverWithin && ctx.Err() == nil {
		all := load.Sum(c.offer(ctx, rate, slice))
		if well += slice; all.Share(load.Answered) < 1 {
			well = 0
		}
		if well >= time.Second {
			return time.Since(start) - well, nil
		}
	}
	return 0, errors.Join(errIll, ctx.Err())
}

const (
	readers  = 200
	sip      = 1 << 10 // bytes that a slow reader takes
	sipEvery = 125 * time.Millisecond
)

// slowReaders measures what clients cost that read slower than the model writes.
func (b *Bench) slowReaders(ctx context.Context, s *stack, t *target) (figures, error) {
	crowd, hangUp, err := newCrowd(ctx, t, []requests{t.requests, t.requests, t.requests}, besideConns)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	best := crowd.closed(ctx, time.Second)
	rate := float64(best.Calls) / best.Elapsed.Seconds() / 4
	before, err := t.restingMemory(ctx)
	if err != nil && !errors.Is(err, process.ErrNoFigures) {
		return nil, err
	}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	for range readers {
		if err := http1.Sip(reading, t.addr, t.requests.stream, sip, sipEvery); err != nil {
			return nil, err
		}
	}
	early, late, classes := memoryDuring(t, b.Duration, func() []load.Arrivals { return crowd.offer(ctx, rate, b.Duration) })
	t.right = 0 // its Logs cannot be counted: the streams are not read to their ends
	all := describeOverload(classes, b.Duration)
	out := figures{"calls": all["offered"], "answered in time": 100 * all["answered in time"] / all["offered"], "p99": all["p99"]}
	out.memory(early, late)
	if before.Resident > 0 {
		out["memory before"] = megabytes(before.Resident)
		out["memory of a stream"] = float64(late-before.Resident) / readers / 1024
	}
	return out, ctx.Err()
}
