package health

import (
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// outages is the current outage of something, or the last one.
type outages struct {
	now  atomic.Pointer[outage]
	told atomic.Int64 // the end that others were told of, as a time.Duration
}

type outage struct {
	from, until time.Duration
	reason      errs.Reason
}

// left returns how long the outage lasts after at.
func (o *outages) left(at time.Duration) time.Duration {
	now := o.now.Load()
	if now == nil {
		return 0
	}
	return max(0, now.until-at)
}

// extend makes an outage of what failed just now. A later end takes the place of an earlier one, never the reverse.
func (o *outages) extend(at, by time.Duration, reason errs.Reason) {
	next := &outage{from: at, until: at + by, reason: reason}
	for was := o.now.Load(); was == nil || was.until < next.until; was = o.now.Load() {
		if o.now.CompareAndSwap(was, next) {
			return
		}
	}
}

// end forgets an outage, because a call that began at a time after it answered.
func (o *outages) end(began time.Duration) {
	if was := o.now.Load(); was != nil && was.from <= began {
		o.now.CompareAndSwap(was, nil)
	}
}

// backoff is a pause that doubles.
type backoff struct {
	pause time.Duration // the last one
	at    time.Duration // when it began
}

// next returns the next pause after a failure at a time. Calls that began before the last pause, as those that fail together, do not double it.
func (b *backoff) next(began, at, first time.Duration) time.Duration {
	if b.pause == 0 || began >= b.at {
		b.pause = min(max(2*b.pause, first), longest)
	}
	b.at = at
	return b.pause
}
