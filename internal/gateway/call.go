package gateway

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
)

// Call runs a Prompt and returns its answers. If all samples fail, it returns the error of the first. If only some fail, their Logs hold
// the errors.
func (g *Gateway) Call(ctx context.Context, in *CallInput) (*Result, error) {
	c, err := g.prepare(ctx, in)
	if err != nil {
		return nil, err
	}
	samples := g.samples(c)
	if len(samples) == 1 {
		g.generate(ctx, samples[0])
	} else {
		g.generateAll(ctx, samples)
	}
	return c.result(samples)
}

func (g *Gateway) generateAll(ctx context.Context, samples []*sample) {
	var running sync.WaitGroup
	for _, s := range samples {
		running.Go(func() {
			defer s.guard()
			g.generate(ctx, s)
		})
	}
	running.Wait()
}

// guard turns a panic in a goroutine into a failure of the call, so that it does not end the process.
func (s *sample) guard() {
	if v := recover(); v != nil {
		s.broken = errs.Wrap("gateway.sample", fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}
}

func (c *Call) result(samples []*sample) (*Result, error) {
	out, failed := &Result{Call: c, Cache: samples[0].cache, Age: samples[0].age}, 0
	for _, s := range samples {
		if s.broken != nil {
			return nil, s.broken
		}
		if s.failure != nil {
			failed++
		}
		out.Logs = append(out.Logs, s.log)
	}
	out.Native = samples[0].native
	if failed == len(samples) {
		return nil, samples[0].failure
	}
	return out, nil
}

// generate makes one call without streaming and records it.
func (g *Gateway) generate(ctx context.Context, s *sample) {
	o := g.recall(ctx, s, s.call.Input.Native)
	if o == nil {
		o = g.o.Relay.Generate(ctx, s.call.plan)
		g.remember(s, o)
	}
	g.record(ctx, s, o)
}
