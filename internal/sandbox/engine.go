package sandbox

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/openloop-server/openloop/internal/sandbox/image"
)

//go:embed network.py
var network string

//go:embed runner.py
var steps string

// runner is the text that an interpreter boots with.
var runner = network + steps

// engine is CPython as machine code, and the memory that every run begins with.
type engine struct {
	runtime wazero.Runtime
	cache   wazero.CompilationCache // has the machine code
	code    wazero.CompiledModule
	start   *snapshot
	limit   int64 // bytes of memory of an interpreter
}

const pageSize = 64 << 10 // of WebAssembly

// compile makes an engine without a snapshot from a module. Machine code is kept in, and taken from, the folder dir. That code runs as our own, so nobody
// else may be able to write there. Compiling takes seconds, which nothing can shorten.
func compile(ctx context.Context, module []byte, dir string, limit int64) (*engine, error) {
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, err
	}
	pages := uint32(limit / pageSize) //nolint:gosec // memories have at most 4 GiB
	config := wazero.NewRuntimeConfigCompiler().WithCompilationCache(cache).WithMemoryLimitPages(pages).
		WithDebugInfoEnabled(false).WithCloseOnContextDone(true) // which also lets the collector of garbage interrupt the code
	e := &engine{runtime: wazero.NewRuntimeWithConfig(ctx, config), cache: cache, limit: limit}
	if err = system(ctx, e.runtime); err == nil {
		e.code, err = e.runtime.CompileModule(ctx, module)
	}
	if err == nil {
		err = e.complete()
	}
	if err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// complete fails if the module lacks an export that a run needs.
func (e *engine) complete() error {
	functions := e.code.ExportedFunctions()
	for _, name := range []string{"_start", image.Run} {
		if _, ok := functions[name]; !ok {
			return fmt.Errorf("the module does not export the function %s", name)
		}
	}
	if len(e.code.ExportedMemories()) != 1 {
		return errors.New("the module does not export its memory")
	}
	return nil
}

// close gives back the memory. No interpreter of the engine may be in use.
func (e *engine) close() {
	_ = e.runtime.Close(context.Background()) // they hold nothing but memory
	_ = e.cache.Close(context.Background())
	if e.start != nil {
		e.start.memory.free()
	}
}

// boot starts an interpreter and takes its memory when the runner has prepared everything.
func (e *engine) boot(ctx context.Context) error {
	memory, err := newLinear(e.limit)
	if err != nil {
		return err
	}
	defer memory.free()
	i := &interpreter{ctx: ctx, out: output{most: maxAnswer}}
	config := i.config().WithArgs("python", "-I", "-S", "-B", "-X", "utf8", "-c", runner).WithEnv("PYTHONHASHSEED", "0").WithStartFunctions("_start")
	_, err = e.runtime.InstantiateModule(context.WithValue(experimental.WithMemoryAllocator(ctx, memory), interpreterKey{}, i), e.code, config)
	if i.taken == nil {
		return fmt.Errorf("the interpreter ended before it was ready: %w (%.300q)", err, i.out.line)
	}
	e.start = i.taken
	return nil
}
