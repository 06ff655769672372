package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/sandbox"
)

// PythonOptions are the options for running users' code that the configuration contains.
func PythonOptions(cfg *config.Config, log *slog.Logger) sandbox.Options {
	workers := cfg.PythonWorkers
	if workers == 0 { // code that computes on all processors would be felt by calls
		workers = max(1, runtime.GOMAXPROCS(0)-1)
	}
	o := sandbox.Options{Image: cfg.PythonImage, Dir: cfg.DataDir, Workers: workers, Timeout: cfg.Timeouts.Python, Memory: cfg.PythonMemory, Logger: log}
	if cfg.Program != "" {
		o.Prepare = func(ctx context.Context) error { return warmPython(ctx, cfg) }
	}
	return o
}

// warmPython prepares the cache in a process of its own, which gives its memory back, by the hidden command `openloop python warm`. The process gets no
// secrets, and gives way to calls.
func warmPython(ctx context.Context, cfg *config.Config) error {
	cmd := exec.CommandContext(ctx, cfg.Program, "python", "warm") //nolint:gosec // this program
	cmd.Env = []string{"GOMAXPROCS=1", "OPENLOOP_DATA_DIR=" + cfg.DataDir, "OPENLOOP_PYTHON_IMAGE=" + cfg.PythonImage, fmt.Sprintf("OPENLOOP_PYTHON_MEMORY=%d", cfg.PythonMemory)}
	for _, name := range []string{"PATH", "TMPDIR", "SYSTEMROOT"} {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	apart(cmd)
	err := cmd.Start()
	if err == nil {
		giveWay(cmd.Process.Pid)
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("python warm: %w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}
