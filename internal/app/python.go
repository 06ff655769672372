package app

import (
	"log/slog"
	"runtime"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// PythonOptions are the options for running users' code that the configuration contains.
func PythonOptions(cfg *config.Config, log *slog.Logger) sandbox.Options {
	return sandbox.Options{Dir: cfg.DataDir, Workers: max(1, runtime.GOMAXPROCS(0)-1), Logger: log}
}
