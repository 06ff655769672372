package app

import (
	"os"
	"runtime/debug"
)

// collectRarely lets the heap grow to five times what lives in it before it is collected: a call lives short, and little stays. An
// operator's own GOGC wins.
func collectRarely() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

const gcPercent = 400
