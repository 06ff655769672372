// Package worker gives everything that works in the background the same life: it is started, becomes ready, and is stopped.
package worker

import (
	"context"
	"sync"
)

// Worker runs a function in the background. Its methods are safe for concurrent use, and each may be called any number of times.
type Worker struct {
	run    func(ctx context.Context, ready func())
	ready  chan struct{}
	done   chan struct{}
	begin  sync.Once          // by Start, or in vain by Stop
	cancel context.CancelFunc // set by Start
}

// New returns a Worker for run, which is called once, by Start. It calls ready when it has begun to do its work, and returns soon after ctx ends.
func New(run func(ctx context.Context, ready func())) *Worker {
	return &Worker{run: run, ready: make(chan struct{}), done: make(chan struct{})}
}

// Start begins the work, which ends with ctx at the latest. A Worker that was started or stopped before stays as it is.
func (w *Worker) Start(ctx context.Context) {
	w.begin.Do(func() {
		ctx, w.cancel = context.WithCancel(ctx)
		go func() {
			defer close(w.done)
			ready := sync.OnceFunc(func() { close(w.ready) })
			defer ready()
			defer w.cancel()
			w.run(ctx, ready)
		}()
	})
}

// Ready is closed once the Worker does its work, or once it has ended without doing any.
func (w *Worker) Ready() <-chan struct{} { return w.ready }

// Done is closed once the Worker has ended.
func (w *Worker) Done() <-chan struct{} { return w.done }

// Stop ends the work and returns when it has ended. Start does nothing on a Worker that was stopped before it was started.
func (w *Worker) Stop() {
	w.begin.Do(func() {
		w.cancel = func() {}
		close(w.ready)
		close(w.done)
	})
	w.cancel()
	<-w.done
}
