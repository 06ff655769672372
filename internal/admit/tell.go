package admit

import "time"

// Report says what was turned away, for the operator.
type Report struct {
	Signal   string        // the worst; "" when all are below their targets again
	Pressure float64       // of that signal
	Shed     int64         // requests that were turned away since the last report
	Lasted   time.Duration // since requests began to be turned away
	Over     bool          // nothing is turned away any more
}

const (
	tellEvery = 10 * time.Second
	calm      = 2 * time.Second // without pressure, after which it is over
)

// telling is what the operator knows.
type telling struct {
	shed   int64     // of all classes, by the last report
	since  time.Time // requests are turned away; zero while none are
	last   time.Time // report
	strain time.Time // when there was pressure last
}

// tell reports a beginning, what goes on, and an end.
func (c *Controller) tell(now time.Time, pressure float64, of int) {
	if c.o.Tell == nil {
		return
	}
	t := &c.told
	if pressure > 1 {
		t.strain = now
	}
	total := int64(0)
	for i := range c.shed {
		total += c.shed[i].Load()
	}
	r := Report{Pressure: pressure, Shed: total - t.shed}
	if of >= 0 && pressure > 1 {
		r.Signal = c.o.Signals[of].Name
	}
	switch {
	case t.since.IsZero() && r.Shed > 0:
		t.since = now
	case t.since.IsZero():
		return
	case now.Sub(t.strain) >= calm:
		r.Over = true
	case now.Sub(t.last) < tellEvery:
		return
	}
	r.Lasted = now.Sub(t.since)
	t.shed, t.last = total, now
	if r.Over {
		t.since = time.Time{}
	}
	c.o.Tell(r)
}
