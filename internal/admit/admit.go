// Package admit decides which requests are let in while the server has more to do than it can. A [Controller] watches what is scarce: how long
// Logs wait to be stored, how long goroutines wait for a processor, memory, and how much is in progress. Each is a [Signal] with a target. The
// pressure is the worst of them, measured by its target. Up to 1 everybody is let in; above it fewer are, those of the lowest priority first.
// What was let in is never interrupted.
//
// It counts no calls in flight against a limit: a call mostly waits for its model, and 5,000 that wait are no load.
package admit

import (
	"cmp"
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
)

// Options configures a [Controller]. The zero value has no signals, so that everybody is let in.
type Options struct {
	Signals []Signal
	Draw    func() float64 // a number from 0 up to 1, by chance; nil means [rand.Float64]
	Tell    func(Report)   // called when requests begin to be turned away, each ten seconds of it, and at its end; nil means nobody listens
}

const (
	// Every is how often signals are read.
	Every = 50 * time.Millisecond
	// smooth is the time over which the pressure follows its signals.
	smooth = 250 * time.Millisecond
	// most is the largest pressure of a signal. It bounds how long the pressure takes to fall when a signal does: a second to 1.
	most = 50
)

// limits are the pressures up to which all of a class are let in. That of critical is the one at which waits begin to count: what is critical is turned away when
// it alone is more than the server can do.
var limits = [...]float64{batch: 1, interactive: 1.5, critical: begins}

// The places of classes in arrays.
const (
	batch = iota
	interactive
	critical
	classes
)

func classOf(p auth.Priority) int {
	switch p {
	case auth.Batch:
		return batch
	case auth.Critical:
		return critical
	case auth.Interactive:
	}
	return interactive
}

// share is the part of the arrivals of a class that is let in at a pressure. With the square, the pressure that a load settles at grows with the
// square root of the load: three times the load that the server can do makes 1.7 times the pressure.
func share(class int, pressure float64) float64 {
	if pressure <= limits[class] {
		return 1
	}
	ratio := limits[class] / pressure
	return ratio * ratio
}

// Controller lets requests in. Its methods are safe for concurrent use, but for [Controller.Sample].
type Controller struct {
	o Options

	over  atomic.Uint64 // the pressure as [math.Float64bits], 0 while it is 1 or less
	few   atomic.Int64  // [Signal.Few] of the signals with a pressure above 1, the least of them
	shed  [classes]atomic.Int64
	open  atomic.Int64
	edits bucket

	gauges  []gauge
	sampled time.Time
	told    telling
}

// New returns a Controller. Nobody is turned away before [Controller.Sample] was called.
func New(o Options) *Controller {
	if o.Draw == nil {
		o.Draw = rand.Float64
	}
	c := &Controller{o: o, gauges: make([]gauge, len(o.Signals))}
	for i, s := range o.Signals {
		c.gauges[i].Signal = s
	}
	return c
}

// Sample reads the signals, and sets the pressure by them. One goroutine calls it, each [Every].
func (c *Controller) Sample(now time.Time) {
	passed := Every // before the first one
	if !c.sampled.IsZero() {
		passed = max(0, now.Sub(c.sampled))
	}
	c.sampled = now
	weight, open := weightOf(passed), c.open.Load()
	worst, of, few := 0.0, -1, int64(math.MaxInt64)
	for i := range c.gauges {
		g := &c.gauges[i]
		p := g.sample(now, weight, open)
		if p > worst {
			worst, of = p, i
		}
		if p > 1 {
			few = min(few, g.Few)
		}
	}
	bits := uint64(0)
	if worst > 1 {
		bits = math.Float64bits(worst)
		c.few.Store(few)
	}
	if c.over.Load() != bits {
		c.over.Store(bits)
	}
	c.tell(now, worst, of)
}

// Pressure returns the present pressure if it is above 1, and 0 otherwise.
func (c *Controller) Pressure() float64 {
	return math.Float64frombits(c.over.Load())
}

// Open returns how many requests were let in and have not ended, for a signal.
func (c *Controller) Open() int64 { return c.open.Load() }

// Pass is what a request that was let in holds. The zero Pass holds nothing.
type Pass struct {
	c     *Controller
	class int
	draw  float64 // that the request was let in with; 0 while nothing was drawn
}

// Enter asks for a request of a priority to be let in. If ok is false it is turned away. Otherwise it ends with [Pass.Leave].
func (c *Controller) Enter(p auth.Priority) (pass Pass, ok bool) {
	pass = Pass{c: c, class: classOf(p)}
	if c.over.Load() != 0 && c.open.Load() >= c.fewOf(pass.class) && !pass.holds() {
		return Pass{}, false
	}
	c.open.Add(1)
	return pass, true
}

// EnterEdit is [Controller.Enter] for a change that an admin makes. The first twenty a second are always let in: they may be what ends the overload.
func (c *Controller) EnterEdit(p auth.Priority, now time.Time) (pass Pass, ok bool) {
	if c.over.Load() != 0 && c.edits.take(now) {
		c.open.Add(1)
		return Pass{c: c, class: critical}, true
	}
	return c.Enter(p)
}

// Lower makes the request one of the priority to, unless its own is lower already. It reports whether it would have been let in with that one too;
// if not, it is turned away, and must do nothing further but leave.
func (p *Pass) Lower(to auth.Priority) (ok bool) {
	class := classOf(to)
	if p.c == nil || class >= p.class {
		return true
	}
	p.class = class
	return p.c.over.Load() == 0 || p.c.open.Load() <= p.c.fewOf(class) || p.holds()
}

// fewOf is [Signal.Few] for a class. What is critical finds room beside the others, and batch leaves some.
func (c *Controller) fewOf(class int) int64 {
	switch few := c.few.Load(); class {
	case critical:
		return moreIfCritical * few
	case batch:
		return few / 2
	default:
		return few
	}
}

const moreIfCritical = 4 // times Few

// Leave ends the request. It may be called again.
func (p *Pass) Leave() {
	if p.c != nil {
		p.c.open.Add(-1)
		p.c = nil
	}
}

// holds reports whether a request of the class is let in, and counts those that are not. A request draws once, so that a class which it is lowered
// to lets in just its share.
func (p *Pass) holds() bool {
	if p.draw == 0 {
		p.draw = cmp.Or(p.c.o.Draw(), math.SmallestNonzeroFloat64)
	}
	if p.draw < share(p.class, p.c.Pressure()) {
		return true
	}
	p.c.shed[p.class].Add(1)
	return false
}

// RetryAfter returns when a request that was turned away may come again: after one to three seconds by chance, so that not all come at once. It is
// whole seconds, since clients round it.
func (c *Controller) RetryAfter() time.Duration {
	return time.Second * time.Duration(1+int(3*c.o.Draw()))
}

// Level is the pressure of a signal.
type Level struct {
	Signal   string
	Pressure float64
}

// Levels returns the pressures of all signals, as of the last sample.
func (c *Controller) Levels() []Level {
	out := make([]Level, len(c.o.Signals))
	for i := range c.gauges {
		out[i] = Level{c.gauges[i].Name, math.Float64frombits(c.gauges[i].at.Load())}
	}
	return out
}

// Shed returns how many requests of a priority were turned away.
func (c *Controller) Shed(p auth.Priority) int64 { return c.shed[classOf(p)].Load() }
