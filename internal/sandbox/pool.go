package sandbox

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// Pool runs jobs on a fixed number of interpreters. Nothing is loaded before the first run, and all is given back when there was none for a while. A
// Pool is safe for concurrent use. Close it after use.
type Pool struct {
	o       Options
	command *Pool // runs what asks for the command; nil if there is none, and in that Pool itself

	open    func(ctx context.Context, o *Options) (source, error)
	free    chan *seat    // those that no run has
	waiting chan struct{} // one for each run that has lent its place
	life    context.Context
	close   context.CancelFunc

	mu     sync.Mutex
	loaded *loading    // nil before the first run and after a pause
	users  int         // runs that have or wait for a source
	idle   *time.Timer // runs while there is a source without users
	closed bool
	work   sync.WaitGroup // runs and loading
}

// source makes workers.
type source interface {
	worker(ctx context.Context) (worker, error)
	close() // when none of its workers is in use
}

// worker is an interpreter that makes one run at a time.
type worker interface {
	// run gives a line to the runner and returns its answer. The requests of the code are made by fetch, which may be nil.
	run(ctx context.Context, line []byte, fetch Fetch) ([]byte, error)
	// clean reports whether the next run can have it.
	clean() bool
	close()
}

// seat is a place for a worker. It is used by one run at a time.
type seat struct{ worker worker }

// settle drops a worker that the next run cannot have.
func (s *seat) settle() {
	if s.worker != nil && !s.worker.clean() {
		s.close()
	}
}

// loading is a source that is there once done is closed, or err.
type loading struct {
	done   chan struct{}
	source source
	err    error
	failed time.Time // when err came about
}

// retryAfter is how long it takes after a failure until a source is loaded again.
const retryAfter = time.Minute

// New returns a Pool that has loaded nothing yet.
func New(o Options) *Pool {
	o.complete()
	p := newPool(o, open)
	if o.Command != nil {
		o.Memory = 0 // which is the command's to limit
		p.command = newPool(o, openCommand)
	}
	return p
}

func newPool(o Options, open func(context.Context, *Options) (source, error)) *Pool {
	p := &Pool{o: o, open: open, free: make(chan *seat, o.Workers), waiting: make(chan struct{}, maxWaiting)}
	p.life, p.close = context.WithCancel(context.Background())
	for range o.Workers {
		p.free <- new(seat)
	}
	return p
}

// Run runs a job once an interpreter is free. The Result is never nil. The error is classified: code_failed, code_timeout, code_out_of_memory and
// evaluator_invalid are about the job, runtime_unavailable is about the server, and shutting_down says that the Pool was closed. It is the error of ctx
// if ctx ended first.
func (p *Pool) Run(ctx context.Context, j Job) (*Result, error) {
	p, err := p.of(j.Runtime)
	if err != nil {
		return &Result{}, err
	}
	line, err := j.line()
	if err != nil {
		return &Result{}, err
	}
	from, err := p.enter(ctx)
	if err != nil {
		return &Result{}, err
	}
	defer p.leave()
	select {
	case s := <-p.free:
		t := &turn{pool: p, seat: s}
		defer t.end()
		return p.run(ctx, from, t, line, &j)
	case <-ctx.Done():
		return &Result{}, context.Cause(ctx)
	case <-p.life.Done():
		return &Result{}, errClosed()
	}
}

// Ready reports whether a job of the default runtime can begin as soon as an interpreter is free. Otherwise it begins to load what is missing. Once that
// has failed, or the Pool was closed, it is true as well: a run says what is wrong.
func (p *Pool) Ready() bool {
	p, err := p.of("")
	if err != nil {
		return true
	}
	l := p.load()
	if l == nil {
		return true
	}
	defer p.leave()
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

// of returns the part of p that runs what asks for a runtime.
func (p *Pool) of(r Runtime) (*Pool, error) {
	if r == "" {
		r = p.o.Default
	}
	if r != Command {
		return p, nil
	}
	if p.command == nil {
		return nil, errs.New(errs.RuntimeUnavailable, "The code asks for the runtime `command`, and this server has none. OPENLOOP_PYTHON_COMMAND sets it.")
	}
	return p.command, nil
}

// run runs a line on the worker of a seat, which is made if there is none and dropped if it cannot be used again.
func (p *Pool) run(ctx context.Context, from source, t *turn, line []byte, j *Job) (*Result, error) {
	alive, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	s, err := t.seat, error(nil)
	if s.settle(); s.worker == nil {
		s.worker, err = from.worker(alive)
	}
	timeout := cmp.Or(j.Timeout, p.o.Timeout)
	limited, end := context.WithTimeout(alive, timeout)
	defer end()
	t.ctx = limited
	var answer []byte
	if err == nil {
		answer, err = s.worker.run(limited, line, t.fetcher(j.Fetch))
	}
	s.settle()
	switch {
	case err == nil:
		return read(answer, p.o.Memory)
	case ctx.Err() != nil:
		return &Result{}, context.Cause(ctx)
	case p.life.Err() != nil:
		return &Result{}, errClosed()
	case errs.Is(err, errs.CodeFailed, errs.RuntimeUnavailable):
		return &Result{}, err
	case limited.Err() != nil:
		return &Result{}, errs.New(errs.CodeTimeout, "The code did not end within %v, and was stopped.", timeout)
	default:
		return &Result{}, p.crashed(err)
	}
}

func errClosed() error {
	return errs.New(errs.ShuttingDown, "The server was stopped before the code had run.")
}

// enter returns the source, which is loaded if need be, and keeps it until leave.
func (p *Pool) enter(ctx context.Context) (source, error) {
	l := p.load()
	if l == nil {
		return nil, errClosed()
	}
	select {
	case <-l.done:
		if l.err == nil {
			return l.source, nil
		}
		p.leave()
		return nil, l.err
	case <-ctx.Done():
		p.leave()
		return nil, context.Cause(ctx)
	}
}

// load begins to load a source unless there is one, and counts its user. It returns nil if the Pool is closed.
func (p *Pool) load() *loading {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.work.Add(1)
	p.users++
	if p.idle != nil {
		p.idle.Stop()
		p.idle = nil
	}
	if p.loaded != nil && p.loaded.stale() {
		p.loaded = nil
	}
	if p.loaded == nil {
		l := &loading{done: make(chan struct{})}
		p.loaded = l
		p.work.Go(func() {
			defer close(l.done)
			if l.source, l.err = p.open(p.life, &p.o); l.err != nil {
				l.failed = time.Now()
				p.o.Logger.Error("Python is not available", "error", l.err)
			}
		})
	}
	return p.loaded
}

// stale reports whether l failed so long ago that it is worth another try.
func (l *loading) stale() bool {
	select {
	case <-l.done:
		return l.err != nil && time.Since(l.failed) > retryAfter
	default:
		return false
	}
}

func (p *Pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users--
	if p.users == 0 && !p.closed {
		p.idle = time.AfterFunc(p.o.Idle, p.rest)
	}
	p.work.Done()
}

// rest gives back all memory unless a run has begun meanwhile.
func (p *Pool) rest() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.users > 0 || p.closed || p.loaded == nil {
		return
	}
	p.drop()
}

// drop closes workers and their source, which nobody uses.
func (p *Pool) drop() {
	if p.loaded == nil {
		return
	}
	<-p.loaded.done
	for range p.o.Workers {
		s := <-p.free
		s.close()
		p.free <- s
	}
	if p.loaded.source != nil {
		p.loaded.source.close()
	}
	p.loaded = nil
}

// Close ends the runs in progress, which fail with shutting_down, and gives back all memory. It may be called again.
func (p *Pool) Close() {
	if p.command != nil {
		p.command.Close()
	}
	p.mu.Lock()
	p.closed = true
	if p.idle != nil {
		p.idle.Stop()
	}
	p.mu.Unlock()
	p.close()
	p.work.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop()
}
