package worker_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/openloop-server/openloop/internal/worker"
)

// closed reports whether c is.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestWorkerIsReadyWhenItSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		prepared := make(chan struct{})
		w := worker.New(func(ctx context.Context, ready func()) {
			<-prepared
			ready()
			<-ctx.Done()
		})
		w.Start(t.Context())
		synctest.Wait()
		if closed(w.Ready()) {
			t.Error("it is ready before it says so")
		}
		close(prepared)
		<-w.Ready()
		if closed(w.Done()) {
			t.Error("it has ended")
		}
		w.Stop()
		if !closed(w.Done()) {
			t.Error("it has not ended")
		}
	})
}

func TestStopWaitsForTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		w := worker.New(func(ctx context.Context, ready func()) {
			ready()
			<-ctx.Done()
			<-release
		})
		w.Start(t.Context())
		stopped := make(chan struct{})
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(w.Stop)
		}
		go func() {
			callers.Wait()
			close(stopped)
		}()
		synctest.Wait()
		if closed(stopped) {
			t.Error("Stop returned while the Worker works")
		}
		close(release)
		<-stopped
		w.Stop()
	})
}

func TestWorkRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		runs := 0
		w := worker.New(func(context.Context, func()) { runs++ })
		for range 3 {
			w.Start(t.Context())
			<-w.Done()
			w.Stop()
		}
		if runs != 1 {
			t.Errorf("it ran %d times", runs)
		}
		if !closed(w.Ready()) {
			t.Error("who waits for one that has ended waits for ever")
		}
	})
}

func TestWorkEndsWithTheContextOfStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := worker.New(func(ctx context.Context, _ func()) { <-ctx.Done() })
		w.Start(ctx)
		cancel()
		<-w.Done()
	})
}

func TestStoppedWorkerDoesNotStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := worker.New(func(context.Context, func()) { t.Error("it runs") })
		w.Stop()
		w.Start(t.Context())
		<-w.Ready()
		<-w.Done()
		w.Stop()
	})
}
