package other // want revive

import (
	"github.com/openloop-server/openloop/faults"
	"os" // want gci
)

func init() { faults.Exported() } // want gochecknoinits

// Name is that of the machine.
func Name() (string, error) { return os.Hostname() }
