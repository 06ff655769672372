//go:build slowdisk

package sqldb

import (
	"os"
	"time"
)

// slowly waits before each sync as long as OPENLOOP_TEST_SLOW_SYNC says, as a disk does that takes so long. It is in no released program.
func slowly() { time.Sleep(slowSync) }

var slowSync, _ = time.ParseDuration(os.Getenv("OPENLOOP_TEST_SLOW_SYNC"))
