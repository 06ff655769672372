package app

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// collectRarely lets the heap grow to five times its live data between collections, because calls are short and leave little behind. The
// operator's GOGC takes precedence.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

const gcPercent = 400

// besidePython lets as many goroutines run beside those that run Python as the machine has processors. While Python computes, the scheduler of Go
// cannot take its turn away, and calls would wait for its end; the operating system can.
func besidePython(workers int) {
	withPython.Do(func() { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + workers) })
}

var withPython sync.Once // in a process
