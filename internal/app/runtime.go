package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/openloop-server/openloop/internal/admit"
)

// collectRarely lets the heap grow to five times its live data between collections, because calls are short and leave little behind. The
// operator's GOGC takes precedence.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

const gcPercent = 400

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
