package agent

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

const (
	leaseTime = time.Minute // after which a turn is free that was lost with its process
	renewTime = leaseTime / 3
)

// hold keeps the turn until the function that it returns is called. The context ends when the turn is lost to somebody else, or takes too long.
func (t *turn) hold(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() {}
	if limit := t.o.Timeout; limit > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeoutCause(ctx, limit, errs.New(errs.Timeout, "The turn took longer than %v. Continue the Agent to go on.", limit))
		stop = end
	}
	done := make(chan struct{})
	var keeper sync.WaitGroup
	keeper.Go(func() { t.renew(ctx, done, cancel) })
	return ctx, func() {
		close(done)
		keeper.Wait()
		stop()
		cancel(nil)
	}
}

// renew renews the lease until done. While the database is out of reach the turn goes on: should somebody else get it meanwhile, its next step
// is not stored.
func (t *turn) renew(ctx context.Context, done <-chan struct{}, lost context.CancelCauseFunc) {
	every := time.NewTicker(renewTime)
	defer every.Stop()
	for {
		select {
		case <-done:
			return
		case <-every.C:
		}
		if held, err := t.o.DB.RenewTurn(ctx, t.lease); err == nil && !held {
			lost(t.lost())
		}
	}
}

// errLost is the cause of a failure of a turn that somebody else has taken.
var errLost = errors.New("the turn was lost")

func (t *turn) lost() error {
	return &errs.Error{
		Reason: errs.Conflict, Err: errLost,
		Message: "The Log `" + t.lease.LogID + "` is being continued by another turn, because this one was held up for too long.",
	}
}

// release gives the turn back. If that fails, it is free once the lease is over.
func (t *turn) release(ctx context.Context) {
	_ = t.o.DB.EndTurn(context.WithoutCancel(ctx), t.lease)
}
