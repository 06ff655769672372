package suite

import (
	"context"
	"errors"
	"time"

	"github.com/openloop-server/openloop/bench/internal/load"
	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/stats"
)

// figures are what one run of one target gave, by the metric's name. What could not be measured is absent.
type figures map[string]float64

// Names of the figures that are not percentiles.
const (
	nameCalls      = "throughput"
	nameCallCPU    = "CPU per 10,000 calls"
	nameChunks     = "chunk throughput"
	nameChunkCPU   = "CPU per chunk"
	nameIdle       = "idle"
	nameAfterLoad  = "after load"
	namePeak       = "peak"
	nameFirstStart = "first start"
	nameRestart    = "second start"
	nameStream     = "memory per stream"
)

// The prefix of a figure that is the difference to direct calls.
const added = "added "

// closed measures a closed loop over conns connections.
func (b *Bench) closed(conns int, stream bool) measure {
	return b.loaded(conns, stream, func(ctx context.Context, callers []load.Caller, d time.Duration) load.Result {
		return load.Closed(ctx, callers, d)
	})
}

// open measures an open loop of rate calls a second.
func (b *Bench) open(rate float64, stream bool) measure {
	return b.loaded(openConns, stream, func(ctx context.Context, callers []load.Caller, d time.Duration) load.Result {
		return load.Open(ctx, callers, rate, d, load.Sleep)
	})
}

// loaded measures a target under load, after a fifth of the time to warm up.
func (b *Bench) loaded(conns int, stream bool, work func(context.Context, []load.Caller, time.Duration) load.Result) measure {
	return func(ctx context.Context, s *stack, t *target) (figures, error) {
		var cpu time.Duration
		var cpuErr error
		result, err := s.load(ctx, t, conns, stream, func(callers []load.Caller) load.Result {
			warm := work(ctx, callers, b.Duration/5)
			t.right += warm.Calls
			if warm.Failures > 0 {
				return load.Result{Failures: warm.Failures, Err: warm.Err}
			}
			var result load.Result
			cpu, cpuErr = t.cost(ctx, func() { result = work(ctx, callers, b.Duration) })
			return result
		})
		if err != nil {
			return nil, err
		}
		out := describe(result)
		if cpuErr != nil && !errors.Is(cpuErr, process.ErrNoFigures) {
			return nil, cpuErr
		}
		if t.server != nil && cpuErr == nil {
			out[nameCallCPU] = cpu.Seconds() / float64(result.Calls) * 10_000
			out[nameChunkCPU] = micros(cpu) / float64(result.Tokens)
		}
		return out, nil
	}
}

// describe turns a load's result into all figures it holds.
func describe(r load.Result) figures {
	out := figures{
		nameCalls:  float64(r.Calls) / r.Elapsed.Seconds(),
		nameChunks: float64(r.Tokens) / r.Elapsed.Seconds(),
	}
	for name, p := range map[string]float64{"p50": 50, "p90": 90, "p99": 99} {
		out[name] = millis(stats.Percentile(r.Latency, p))
		out["first token "+name] = millis(stats.Percentile(r.FirstToken, p))
	}
	return out
}

// addDifferences fills in, for every target but direct calls, how much more
// each of its figures is than that of direct calls in the same round.
func addDifferences(round map[string]figures) {
	direct, ok := round[report.Direct]
	if !ok {
		return
	}
	for name, own := range round {
		if name == report.Direct {
			continue
		}
		for metric, base := range direct {
			own[added+metric] = own[metric] - base
		}
	}
}

// cost runs work and returns the processor time that the target's server spent on it, with what it did afterwards until it came to rest: a
// server that puts work off shall not look cheaper.
func (t *target) cost(ctx context.Context, work func()) (time.Duration, error) {
	if t.server == nil {
		work()
		return 0, nil
	}
	before, err := t.server.CPU()
	if err != nil {
		work()
		return 0, err
	}
	work()
	after, err := t.atRest(ctx)
	return after - before, err
}

// atRest waits until the server has used no more than one clock tick in a
// fifth of a second, for at most five seconds, and returns its processor time.
func (t *target) atRest(ctx context.Context) (time.Duration, error) {
	const step, tick = 200 * time.Millisecond, 10 * time.Millisecond
	last, err := t.server.CPU()
	for range 25 {
		if err != nil {
			return 0, err
		}
		select {
		case <-time.After(step):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		before := last
		if last, err = t.server.CPU(); last-before <= tick {
			break
		}
	}
	return last, err
}

// occupied measures memory.
func (b *Bench) occupied(ctx context.Context, s *stack, t *target) (figures, error) {
	if t.server == nil {
		return figures{}, nil
	}
	idle, err := t.restingMemory(ctx)
	if errors.Is(err, process.ErrNoFigures) {
		return figures{}, nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := b.closed(64, false)(ctx, s, t); err != nil {
		return nil, err
	}
	after, err := t.restingMemory(ctx)
	return figures{
		nameIdle: megabytes(idle.Resident), nameAfterLoad: megabytes(after.Resident), namePeak: megabytes(after.Peak),
	}, err
}

func (t *target) restingMemory(ctx context.Context) (process.Memory, error) {
	if _, err := t.atRest(ctx); err != nil {
		return process.Memory{}, err
	}
	return t.server.Memory()
}

// started measures how long a server takes to be ready, on nothing and again on what it left behind.
func (b *Bench) started(ctx context.Context, s *stack, t *target) (figures, error) {
	start := func() (*process.Process, string, time.Duration, error) { return s.startProxy(ctx) }
	switch t.name {
	case report.Direct:
		return figures{}, nil
	case report.Openloop:
		home, err := s.newHome(ctx)
		if err != nil {
			return nil, err
		}
		start = func() (*process.Process, string, time.Duration, error) { return s.startOpenloop(ctx, home) }
	}
	out := figures{}
	for _, name := range []string{nameFirstStart, nameRestart} {
		p, _, took, err := start()
		if err != nil {
			return nil, err
		}
		if err := s.stop(p); err != nil {
			return nil, err
		}
		out[name] = millis(took)
	}
	return out, nil
}

func millis(d time.Duration) float64 { return d.Seconds() * 1e3 }
func micros(d time.Duration) float64 { return d.Seconds() * 1e6 }
func megabytes(n int64) float64      { return float64(n) / (1 << 20) }
