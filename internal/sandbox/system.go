package sandbox

import (
	"context"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// Numbers of errors and clocks, as WASI has them.
const (
	success = 0
	badFile = 8
	invalid = 28
	fault   = 21

	realtime = 0
	clocks   = 4 // the others count from the start of the process
)

// system gives a runtime the functions of WASI, with two changes. The clock also takes the memory of an interpreter that has booted: Python asks for the
// time while it holds its global lock, which is not so for reading and writing. And files cannot be closed or renumbered. There are only the standard
// streams, and the next run needs them.
func system(ctx context.Context, r wazero.Runtime) error {
	b := r.NewHostModuleBuilder(wasi_snapshot_preview1.ModuleName)
	wasi_snapshot_preview1.NewFunctionExporter().ExportFunctions(b)
	zero := time.Now()
	clock := api.GoModuleFunc(func(ctx context.Context, m api.Module, stack []uint64) {
		if i, ok := ctx.Value(interpreterKey{}).(*interpreter); ok {
			i.booted(m)
		}
		stack[0] = tell(m, uint32(stack[0]), uint32(stack[2]), zero) //nolint:gosec // their types
	})
	b.NewFunctionBuilder().WithGoModuleFunction(clock, []api.ValueType{api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeI32}, []api.ValueType{api.ValueTypeI32}).
		Export("clock_time_get")
	b.NewFunctionBuilder().WithFunc(func(context.Context, uint32) uint32 { return badFile }).Export("fd_close")
	b.NewFunctionBuilder().WithFunc(func(context.Context, uint32, uint32) uint32 { return badFile }).Export("fd_renumber")
	b.NewFunctionBuilder().WithFunc(func(context.Context, uint32, uint32) uint32 { return badFile }).Export("fd_fdstat_set_flags")
	_, err := b.Instantiate(ctx)
	return err
}

// tell writes the time of a clock to an address.
func tell(m api.Module, id, address uint32, zero time.Time) uint64 {
	now := time.Since(zero).Nanoseconds()
	switch {
	case id == realtime:
		now = time.Now().UnixNano()
	case id >= clocks:
		return invalid
	}
	if !m.Memory().WriteUint64Le(address, uint64(now)) {
		return fault
	}
	return success
}

// booted takes the memory of a booting interpreter once its runner has told the address, and ends it.
func (i *interpreter) booted(m api.Module) {
	if i.start != nil || i.out.last == nil {
		return
	}
	step, ok := address(i.out.last)
	if !ok {
		return
	}
	i.taken, i.fault = take(m, step)
	panic(errTaken)
}
