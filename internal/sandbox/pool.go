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
	free    chan *seat    // those that no run has
	waiting chan struct{} // one for each run that has lent its place
	life    context.Context
	close   context.CancelFunc

	mu     sync.Mutex
	engine *loading    // nil before the first run and after a pause
	users  int         // runs that have or wait for an engine
	idle   *time.Timer // runs while there is an engine without users
	closed bool
	work   sync.WaitGroup // runs and loading
}

// seat is a place for an interpreter. It is used by one run at a time.
type seat struct{ interpreter *interpreter }

// loading is an engine that is there once done is closed, or err.
type loading struct {
	done   chan struct{}
	engine *engine
	err    error
	failed time.Time // when err came about
}

// retryAfter is how long it takes after a failure until an engine is loaded again.
const retryAfter = time.Minute

// New returns a Pool that has loaded nothing yet.
func New(o Options) *Pool {
	o.complete()
	p := &Pool{o: o, free: make(chan *seat, o.Workers), waiting: make(chan struct{}, maxWaiting)}
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
	line, err := j.line()
	if err != nil {
		return &Result{}, err
	}
	e, err := p.enter(ctx)
	if err != nil {
		return &Result{}, err
	}
	defer p.leave()
	select {
	case s := <-p.free:
		t := &turn{pool: p, seat: s}
		defer t.end()
		return p.run(ctx, e, t, line, &j)
	case <-ctx.Done():
		return &Result{}, context.Cause(ctx)
	case <-p.life.Done():
		return &Result{}, errClosed()
	}
}

// Ready reports whether a job can begin as soon as an interpreter is free. Otherwise it begins to load what is missing. Once that has failed, or the Pool
// was closed, it is true as well: a run says what is wrong.
func (p *Pool) Ready() bool {
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

// run runs a line on the interpreter of a seat, which is made if there is none and dropped if it cannot be used again.
func (p *Pool) run(ctx context.Context, e *engine, t *turn, line []byte, j *Job) (*Result, error) {
	timeout := cmp.Or(j.Timeout, p.o.Timeout)
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer context.AfterFunc(p.life, cancel)()
	t.ctx = limited
	s, err := t.seat, error(nil)
	if s.interpreter == nil {
		s.interpreter, err = e.interpreter(limited)
	}
	var answer []byte
	if err == nil {
		answer, err = s.interpreter.run(limited, line, t.fetcher(j.Fetch))
	}
	if s.interpreter != nil && !s.interpreter.clean() {
		s.close()
	}
	switch {
	case err == nil:
		return read(answer, p.o.Memory)
	case ctx.Err() != nil:
		return &Result{}, context.Cause(ctx)
	case p.life.Err() != nil:
		return &Result{}, errClosed()
	case limited.Err() != nil:
		return &Result{}, errs.New(errs.CodeTimeout, "The code did not end within %v, and was stopped.", timeout)
	default:
		return &Result{}, p.crashed(err)
	}
}

func errClosed() error {
	return errs.New(errs.ShuttingDown, "The server was stopped before the code had run.")
}

// enter returns the engine, which is loaded if need be, and keeps it until leave.
func (p *Pool) enter(ctx context.Context) (*engine, error) {
	l := p.load()
	if l == nil {
		return nil, errClosed()
	}
	select {
	case <-l.done:
		if l.err == nil {
			return l.engine, nil
		}
		p.leave()
		return nil, l.err
	case <-ctx.Done():
		p.leave()
		return nil, context.Cause(ctx)
	}
}

// load begins to load an engine unless there is one, and counts its user. It returns nil if the Pool is closed.
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
	if p.engine != nil && p.engine.stale() {
		p.engine = nil
	}
	if p.engine == nil {
		l := &loading{done: make(chan struct{})}
		p.engine = l
		p.work.Go(func() {
			defer close(l.done)
			if l.engine, l.err = open(p.life, &p.o); l.err != nil {
				l.failed = time.Now()
				p.o.Logger.Error("Python is not available", "error", l.err)
			}
		})
	}
	return p.engine
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
	if p.users > 0 || p.closed || p.engine == nil {
		return
	}
	p.drop()
}

// drop closes interpreters and engine, which nobody uses.
func (p *Pool) drop() {
	if p.engine == nil {
		return
	}
	<-p.engine.done
	for range p.o.Workers {
		s := <-p.free
		s.close()
		p.free <- s
	}
	if p.engine.engine != nil {
		p.engine.engine.close()
	}
	p.engine = nil
}

// Close ends the runs in progress, which fail with shutting_down, and gives back all memory. It may be called again.
func (p *Pool) Close() {
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
