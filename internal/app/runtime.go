package app

import (
	"os"
	"runtime/debug"
)

// collectRarely lets the heap grow to five times its live data between collections, because calls are short and leave little behind. The
// operator's GOGC takes precedence.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

const gcPercent = 400
