package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/openloop-server/openloop/internal/sandbox/image"
)

// interpreter is an instance of CPython. It makes one run at a time.
type interpreter struct {
	start  *snapshot
	module api.Module
	call   api.Function
	sp     api.MutableGlobal
	memory *linear

	ctx   context.Context // of the run in progress
	in    input
	out   output
	taken *snapshot // made while booting
	fault error     // of making it

	used  bool // its memory is no longer that of start
	ended bool // by an error
}

// interpreterKey is the key in the context of calls under which functions of the system find their interpreter.
type interpreterKey struct{}

// errTaken ends a booting interpreter whose memory was taken.
var errTaken = errors.New("the memory was taken")

// config is what all interpreters have: standard streams of our own, real clocks and real randomness, and no files.
func (i *interpreter) config() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithName("").WithStdin(&i.in).WithStdout(&i.out).WithStderr(io.Discard).
		WithSysWalltime().WithSysNanotime().WithNanosleep(i.sleep).WithRandSource(rand.Reader).WithStartFunctions()
}

// errStopped ends a run that sleeps when its time is over.
var errStopped = errors.New("the run is over")

// sleep waits, but not longer than the run may last.
func (i *interpreter) sleep(nanoseconds int64) {
	timer := time.NewTimer(time.Duration(nanoseconds))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-i.ctx.Done():
		panic(errStopped)
	}
}

// worker makes an interpreter that is ready for a run.
func (e *engine) worker(ctx context.Context) (worker, error) {
	memory, err := newLinear(e.limit)
	if err != nil {
		return nil, err
	}
	memory.whole[:len(e.start.memory)].large()
	i := &interpreter{start: e.start, memory: memory, out: output{most: maxAnswer}}
	i.module, err = e.runtime.InstantiateModule(experimental.WithMemoryAllocator(ctx, memory), e.code, i.config())
	if err != nil {
		memory.free()
		return nil, err
	}
	i.call = i.module.ExportedFunction(image.Run)
	for _, name := range image.StackPointers() {
		if i.sp == nil {
			i.sp, _ = i.module.ExportedGlobal(name).(api.MutableGlobal)
		}
	}
	missing := i.size() - i.module.Memory().Size()
	if _, ok := i.module.Memory().Grow(missing / pageSize); !ok || i.sp == nil {
		i.close()
		return nil, errors.New("the image and the limit of memory do not fit")
	}
	i.used = true
	return i, nil
}

// run gives a line to the runner and returns its answer. The requests of the code are made by fetch, which may be nil.
func (i *interpreter) run(ctx context.Context, line []byte, fetch Fetch) ([]byte, error) {
	i.restore()
	i.ctx, i.used = ctx, true
	i.in.rest, i.out.line, i.out.last = line, i.out.line[:0], nil
	if fetch != nil {
		w := &wire{ctx: ctx, out: &i.out, fetch: fetch}
		i.in.more = func() []byte {
			out := w.answer()
			if ctx.Err() != nil {
				panic(errStopped) // ends the run, as in sleep
			}
			return out
		}
	}
	_, err := i.call.Call(context.WithValue(ctx, interpreterKey{}, i), uint64(i.start.step), 0)
	i.in = input{}
	if err != nil {
		i.ended = true
		return nil, err
	}
	if i.out.last == nil {
		return nil, errNoAnswer
	}
	return i.out.last, nil
}

var errNoAnswer = errors.New("the code ended without an answer")

// stackSize is the stack of a run. It lies above the memory of the snapshot, since the one that the interpreter has booted on is too small for code that
// recurses through functions in C, as those with functools.cache do. This one holds more than the depth at which Python raises RecursionError.
const stackSize = 16 << 20

// size is that of the memory at the start of a run.
func (i *interpreter) size() uint32 { return uint32(len(i.start.memory)) + stackSize } //nolint:gosec // memories have at most 4 GiB

// restore makes the memory that of the snapshot, with an empty stack.
func (i *interpreter) restore() {
	if i.used {
		overwrite(i.memory.data, i.start.memory)
		i.memory.whole[len(i.start.memory):i.size()].zero()
		i.used = false
	}
	i.sp.Set(uint64(i.size()))
}

// overwrite copies memory. The race detector does not see what machine code does with it, so to check each byte here would find nothing.
//
//go:norace
func overwrite(to, from []byte) { copy(to, from) }

// clean reports whether the next run can have the interpreter. Memory never shrinks. So one that has grown is not used again: each of its runs would
// find less left of the limit than the one before.
func (i *interpreter) clean() bool { return !i.ended && i.module.Memory().Size() == i.size() }

func (i *interpreter) close() {
	_ = i.module.Close(context.Background()) // it holds nothing but memory
	i.memory.free()
}

// input is standard input: one line, and then the answers to requests.
type input struct {
	rest []byte
	more func() []byte // nil if there are none
}

func (in *input) Read(p []byte) (int, error) {
	if len(in.rest) == 0 && in.more != nil {
		in.rest = in.more()
	}
	if len(in.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

// output is standard output, of which only the last whole line matters. A line that is too long counts as empty.
type output struct {
	most int    // bytes of a line
	line []byte // that is not whole yet
	long bool   // and is longer than most
	last []byte
}

func (o *output) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		part, after, whole := cutLine(rest)
		rest = after
		if o.long = o.long || len(o.line)+len(part) > o.most; o.long {
			o.line = o.line[:0]
		} else {
			o.line = append(o.line, part...)
		}
		if whole {
			o.last, o.line, o.long = append(o.last[:0], o.line...), o.line[:0], false
		}
	}
	return len(p), nil
}

func cutLine(p []byte) (line, rest []byte, whole bool) {
	for at, c := range p {
		if c == '\n' {
			return p[:at], p[at+1:], true
		}
	}
	return p, nil, false
}
