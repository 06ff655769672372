package sandbox

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// command starts Python in processes, as the operator says. Their jail is the command's.
type command struct {
	words   []string
	reuse   bool
	timeout time.Duration // of a start
	log     *slog.Logger
}

// starts is how many times as long as a run a start may take.
const starts = 3

func openCommand(_ context.Context, o *Options) (source, error) {
	words := append(slices.Clone(o.Command[:len(o.Command)-1]), "-c", runner)
	return &command{words: words, reuse: o.Reuse, timeout: starts * o.Timeout, log: o.Logger}, nil
}

func (c *command) close() {}

// worker starts a process and waits until it is ready for a run.
func (c *command) worker(ctx context.Context) (worker, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	p, err := start(c.words)
	if err == nil {
		p.reuse = c.reuse
		if err = p.read(ctx); err == nil {
			return p, nil
		}
		p.close()
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		c.log.ErrorContext(ctx, "the command in OPENLOOP_PYTHON_COMMAND did not start Python", "error", err, "said", p.said.String())
	}
	return nil, &errs.Error{Reason: errs.RuntimeUnavailable, Op: "sandbox.start", Err: err,
		Message: "This server cannot run Python by its command: no interpreter was started. The server's log has the details."}
}

// process is an interpreter in a process of its own. It answers each line that it is given with a line.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.ReadCloser
	said notes // on standard error
	kill func()
	wait func() error

	lines output // what came of out
	part  []byte // of it
	reuse bool
	used  bool
	ended bool // it did not answer

	connected bool // its run had a network, whose parts it keeps
}

// ending is the time in which a process that was killed, or has nothing more to say, ends.
const ending = time.Second

// start starts a process without an environment, as the leader of a group. The process that it returns is never nil.
func start(words []string) (*process, error) {
	p := &process{lines: output{most: maxAnswer}, part: make([]byte, 32<<10)}
	p.cmd = exec.Command(words[0], words[1:]...) //nolint:gosec,noctx // the operator's words; contexts end the whole group
	p.cmd.Env, p.cmd.Dir, p.cmd.Stderr, p.cmd.WaitDelay = []string{}, "/", &p.said, ending
	lead(p.cmd)
	p.kill, p.wait = sync.OnceFunc(p.end), sync.OnceValue(p.cmd.Wait)
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return p, err
	}
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return p, err
	}
	return p, p.cmd.Start()
}

// end ends all processes of the group, and whoever reads or writes here.
func (p *process) end() {
	killGroup(p.cmd)
	_ = p.in.Close()
	_ = p.out.Close()
}

// run implements [worker].
func (p *process) run(ctx context.Context, line []byte, fetch Fetch) ([]byte, error) {
	p.used, p.connected = true, fetch != nil
	w := wire{ctx: ctx, out: &p.lines, fetch: fetch}
	for {
		if err := p.exchange(ctx, line); err != nil {
			p.ended = true
			if ctx.Err() != nil {
				return nil, err
			}
			return nil, p.death()
		}
		if !p.connected {
			return p.lines.last, nil
		}
		if line = w.answer(); line == nil {
			return p.lines.last, nil
		}
	}
}

// exchange writes a line, and reads the next one.
func (p *process) exchange(ctx context.Context, line []byte) error {
	stop := context.AfterFunc(ctx, p.kill)
	_, err := p.in.Write(line)
	stop()
	if err != nil {
		return err
	}
	return p.read(ctx)
}

// read reads the next line that is not empty.
func (p *process) read(ctx context.Context) error {
	defer context.AfterFunc(ctx, p.kill)()
	p.lines.line, p.lines.last, p.lines.long = p.lines.line[:0], nil, false
	for len(p.lines.last) == 0 {
		n, err := p.out.Read(p.part)
		_, _ = p.lines.Write(p.part[:n]) // it takes all
		if err != nil && len(p.lines.last) == 0 {
			return err
		}
	}
	return nil
}

// death says why there was no answer.
func (p *process) death() error {
	overdue := time.AfterFunc(ending, p.kill)
	_ = p.wait() // the state says more
	state := p.cmd.ProcessState
	switch code := state.ExitCode(); {
	case !overdue.Stop():
		return noAnswer()
	case code == killed || strings.HasSuffix(state.String(), ": killed"):
		return errs.New(errs.CodeFailed, "The interpreter was killed, as it may be when code needs more memory than it may have.")
	case code < 0 || code > signalled:
		return errs.New(errs.CodeFailed, "The code crashed the interpreter.")
	default:
		return errs.New(errs.CodeFailed, "The code ended the interpreter with exit code %d.", code)
	}
}

// The exit codes by which jails and shells tell that a signal ended their process.
const (
	signalled = 128
	killed    = signalled + 9
)

// clean reports whether the next run can have the process: it is there, and says nothing unasked.
func (p *process) clean() bool {
	if p.ended || p.connected || p.used && !p.reuse {
		return false
	}
	out, ok := p.out.(*os.File)
	return ok && silent(out)
}

// close ends the process and all others of its group.
func (p *process) close() {
	if p.cmd.Process == nil {
		return
	}
	p.kill()
	_ = p.wait() // it was killed
}

// notes keeps the start of what is written.
type notes struct{ strings.Builder }

func (n *notes) Write(data []byte) (int, error) {
	if room := maxMessage - n.Len(); room > 0 {
		_, _ = n.Builder.Write(data[:min(room, len(data))]) // never fails
	}
	return len(data), nil
}
