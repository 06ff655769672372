package app

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/admit"
)

// collectRarely lets the heap grow to five times its live data between collections, because calls are short and leave little behind. The
// operator's GOGC takes precedence.
func collectRarely() {
	if ownPace() {
		debug.SetGCPercent(rarest)
	}
}

// ownPace reports whether the operator leaves it to the server how often garbage is collected.
func ownPace() bool { return os.Getenv("GOGC") == "" }

// pace returns a chore that has garbage be collected more often when much is live: the heap grows by room at most, or to twice of what is live. Many open
// streams would else take five times what they hold.
func pace() func(context.Context) time.Duration {
	live, last := admit.LiveHeap(), rarest
	return func(context.Context) time.Duration {
		if now := gcPercent(live(time.Time{})); ownPace() && (now < last*3/4 || now > last*4/3) { // to change it stops the world
			debug.SetGCPercent(now)
			last = now
		}
		return paceEvery
	}
}

const (
	rarest    = 400
	often     = 100
	room      = 64 << 20
	paceEvery = 100 * time.Millisecond
)

// gcPercent is how much the heap may grow between two collections, in percent of so many bytes that are live.
func gcPercent(live float64) int {
	return int(min(max(100*room/max(live, 1), often), rarest))
}

// limitMemory lets the heap grow, however rarely it is collected, only to nine tenths of the memory that the container or the machine has. The
// operator's GOMEMLIMIT takes precedence.
func limitMemory() {
	if n := admit.Memory(os.DirFS("/")); n > 0 && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(n / 10 * 9)
	}
}

// besidePython lets as many goroutines run beside those that run Python as the machine has processors. While Python computes, the scheduler of Go
// cannot take its turn away, and calls would wait for its end; the operating system can.
func besidePython(workers int) {
	withPython.Do(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + workers) })
}

var withPython sync.Once // in a process
