// Package leader has one of several replicas do what only one is to do. The leader has a lease in the database, which it renews. Nothing ends when it loses the
// lease, so for a moment two replicas may do the same work: each piece of it must come to the same if it is done twice.
package leader

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/worker"
)

const (
	renewEvery = 3 * time.Second
	valid      = 10 * time.Second
	soon       = 100 * time.Millisecond // after a lease has ended, and at least between two attempts
)

// Options configures a Leader. All fields are required.
type Options struct {
	DB     *store.DB
	Name   string           // of the lease
	Holder string           // of this replica: a text that no other has
	Now    func() time.Time // of this process; it may be wrong
	Logger *slog.Logger
}

// Leader is what a replica knows of a lease. It is safe for concurrent use.
type Leader struct {
	o     Options
	until atomic.Pointer[time.Time] // by Options.Now; nil while another has the lease
}

// New returns a Leader that does not lead yet.
func New(o Options) *Leader { return &Leader{o: o} }

// Leads reports whether this replica has the lease now.
func (l *Leader) Leads() bool {
	until := l.until.Load()
	return until != nil && l.o.Now().Before(*until)
}

// Worker tries to get the lease, and renews it. When it is stopped it gives the lease back, so that another replica goes on at once.
func (l *Leader) Worker() *worker.Worker {
	return worker.New(func(ctx context.Context, ready func()) {
		for ctx.Err() == nil {
			next := l.try(ctx)
			ready()
			select {
			case <-time.After(next):
			case <-ctx.Done():
			}
		}
		l.leave(context.WithoutCancel(ctx))
	})
}

// try tries to get or to renew the lease, and returns when to try again.
func (l *Leader) try(ctx context.Context) time.Duration {
	began := l.o.Now()
	held, left, err := l.o.DB.HoldLease(ctx, l.o.Name, l.o.Holder, valid)
	switch {
	case err != nil: // what is left of the lease is known
		if ctx.Err() == nil {
			l.o.Logger.DebugContext(ctx, "a lease could not be renewed", "lease", l.o.Name, "error", err)
		}
		return renewEvery
	case held:
		if !l.Leads() {
			l.o.Logger.DebugContext(ctx, "this replica leads", "lease", l.o.Name)
		}
		until := began.Add(valid)
		l.until.Store(&until)
		return renewEvery
	}
	l.until.Store(nil)
	return min(max(left, 0)+soon, renewEvery)
}

func (l *Leader) leave(ctx context.Context) {
	if !l.Leads() {
		return
	}
	l.until.Store(nil)
	ctx, cancel := context.WithTimeout(ctx, renewEvery)
	defer cancel()
	if err := l.o.DB.LeaveLease(ctx, l.o.Name, l.o.Holder); err != nil {
		l.o.Logger.DebugContext(ctx, "a lease could not be given back", "lease", l.o.Name, "error", err)
	}
}
