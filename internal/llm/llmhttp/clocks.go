package llmhttp

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// clocks ends a call that takes too long. One timer serves all clocks. When it fires, it checks when each clock was last fed and sets
// itself to the next moment at which one can expire. So feeding a clock costs one atomic store. A call without clocks has neither a timer
// nor a context of its own.
type clocks struct {
	epoch   time.Time
	wire    atomic.Int64 // nanoseconds from epoch to the last byte, or to the headers
	spoken  atomic.Int64 // nanoseconds from epoch to the last mark of output
	waiting atomic.Bool  // the body is being read; otherwise our own reader is slow, which is not the provider's fault

	mu      sync.Mutex // guards the fields below
	limits  [3]time.Duration
	cancel  context.CancelFunc
	timer   *time.Timer
	over    bool // stopped or expired
	fired   bool
	culprit failure.Clock
}

// start starts the clock of the headers and returns the context that an expired clock cancels.
func (c *clocks) start(ctx context.Context, k *Client) context.Context {
	if k.HeaderTimeout <= 0 && k.IdleTimeout <= 0 && k.OutputTimeout <= 0 {
		return ctx
	}
	c.epoch = time.Now()
	c.waiting.Store(true)
	c.mu.Lock()
	defer c.mu.Unlock()
	ctx, c.cancel = context.WithCancel(ctx)
	c.limits[failure.Headers] = k.HeaderTimeout
	c.arm(0)
	return ctx
}

// body stops the clock of the headers. It starts the clock of silence and, if idle is not 0, the clock of output.
func (c *clocks) body(silence, idle time.Duration) {
	if c.cancel == nil {
		return
	}
	now := c.now()
	c.wire.Store(now)
	c.spoken.Store(now)
	c.waiting.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limits = [...]time.Duration{failure.Headers: 0, failure.Silence: silence, failure.Idle: idle}
	c.arm(now)
}

// wait records that a read of the body begins.
func (c *clocks) wait() { c.waiting.Store(true) }

// arrived records that a read of the body returned n bytes.
func (c *clocks) arrived(n int) {
	c.waiting.Store(false)
	if n > 0 && c.cancel != nil {
		c.wire.Store(c.now())
	}
}

// output records output at the time when its bytes arrived.
func (c *clocks) output() { c.spoken.Store(c.wire.Load()) }

func (c *clocks) now() int64 { return int64(time.Since(c.epoch)) }

// check runs when the timer fires.
func (c *clocks) check() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	now := c.now()
	if !c.waiting.Load() {
		c.wire.Store(now)
		c.spoken.Store(now)
	}
	for clock, limit := range c.limits {
		if limit > 0 && c.left(failure.Clock(clock), now) <= 0 {
			c.over, c.fired, c.culprit = true, true, failure.Clock(clock)
			c.cancel()
			return
		}
	}
	c.arm(now)
}

// arm sets the timer to the next moment at which a clock can expire.
func (c *clocks) arm(now int64) {
	var soonest time.Duration
	for clock, limit := range c.limits {
		if limit <= 0 {
			continue
		}
		if left := max(c.left(failure.Clock(clock), now), 1); soonest == 0 || left < soonest {
			soonest = left
		}
	}
	switch {
	case soonest > 0 && c.timer == nil:
		c.timer = time.AfterFunc(soonest, c.check)
	case soonest > 0:
		c.timer.Reset(soonest)
	case c.timer != nil:
		c.timer.Stop()
	}
}

// left returns how long a clock may still run.
func (c *clocks) left(clock failure.Clock, now int64) time.Duration {
	var fed int64
	switch clock {
	case failure.Silence:
		fed = c.wire.Load()
	case failure.Idle:
		fed = c.spoken.Load()
	case failure.Headers, failure.Total:
	}
	return c.limits[clock] - time.Duration(now-fed)
}

// expired returns the clock that ended the call and its limit. It reports false if none did.
func (c *clocks) expired() (failure.Clock, time.Duration, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.culprit, c.limits[c.culprit], c.fired
}

// stop ends all clocks and releases the context. expired still works afterwards.
func (c *clocks) stop() {
	if c.cancel == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.timer != nil {
		c.timer.Stop()
	}
	c.cancel()
}
