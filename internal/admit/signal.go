package admit

import (
	"math"
	"sync/atomic"
	"time"
)

// Signal is something scarce.
type Signal struct {
	Name   string  // a label of metrics, as "memory"
	Target float64 // more than 0; above it there is too much to do
	// Begins is the pressure at which requests begin to be turned away. They are then turned away at any pressure above 1, until there was none for two
	// seconds. 0 means that they are at any pressure above 1.
	Begins float64
	// Few requests in progress are never the reason why there is too much to do: something else has the machine then, and to turn them away helps
	// nobody. So up to four times as many requests never make turning away begin, where Begins is set. While it goes on, a request is let in whatever the signal
	// says if there are less than Few in progress: than half of it for batch, than four times of it for what is critical.
	Few int64
	// Read returns how much there is, in the unit of Target. One goroutine calls it, each [Every].
	Read func(now time.Time) float64
}

const (
	// begins is how many times its target a wait must be for requests to be turned away.
	begins = 8
	// few requests are let in however long they wait.
	few = 256
)

// Waiting returns a signal of a wait, in seconds. A burst of requests waits, and clients of which each calls again once it was answered wait for each other. Neither
// goes on growing, and to turn them away only makes them come again. So that begins when a wait has become eight times target while more than 1,024
// requests are in progress. What is let in from then on waits for about target, as nobody gains by a longer queue.
func Waiting(name string, target time.Duration, read func(now time.Time) float64) Signal {
	return Signal{Name: name, Target: target.Seconds(), Begins: begins, Few: few, Read: read}
}

// gauge is a signal and its pressure.
type gauge struct {
	Signal

	at       atomic.Uint64 // the pressure that counts, as [math.Float64bits]
	smoothed float64
	last     float64   // pressure that was read
	strained bool      // requests are turned away because of it, though Begins may be far
	strain   time.Time // when the pressure was above 1 last
}

// sample reads the signal and returns the pressure that counts: at most 1 until it has begun to.
func (g *gauge) sample(now time.Time, weight float64, open int64) float64 {
	p := min(max(g.Read(now)/g.Target, 0), most)
	g.smoothed += (p - g.smoothed) * weight
	if g.smoothed > 1 {
		g.strain = now
	}
	switch {
	case g.Begins == 0:
	case !g.strained && p >= g.Begins && g.last >= g.Begins && open > g.Few*moreIfCritical:
		// Not when the smoothed one is there: at ten times of what the server can do, a quarter of a second is two seconds of work.
		g.strained, g.smoothed = true, max(p, g.smoothed)
	case now.Sub(g.strain) >= calm:
		g.strained = false
	}
	g.last = p
	counts := g.smoothed
	if g.Begins > 0 && !g.strained {
		counts = min(counts, 1)
	}
	g.at.Store(math.Float64bits(counts))
	return counts
}
