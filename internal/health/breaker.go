package health

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// A breaker opens when calls fail too often: at least openAt of them, and half of all, within window. It lets probes through after a pause,
// which doubles with each that fails, and closes after closeAt that succeed.
type breaker struct {
	window window
	open   bool
	until  time.Duration // when the pause ends
	pause  time.Duration
	probes int         // in flight
	reason errs.Reason // of the last failure, of one that is open
	good   int         // probes that succeeded since the last that failed
}

const (
	openAt  = 5
	closeAt = 3
	slowest = time.Second // that a target is left alone while a probe is in flight
)

// left returns how long no probe may pass; 0 if it is closed.
func (b *breaker) left(at time.Duration) time.Duration {
	switch {
	case !b.open:
		return 0
	case b.probes > 0:
		return max(b.until-at, slowest)
	}
	return max(0, b.until-at)
}

func (b *breaker) succeeded(at time.Duration, probe bool) {
	switch {
	case !b.open:
		b.window.at(at).good++
	case probe:
		if b.good++; b.good == closeAt {
			*b = breaker{probes: b.probes}
		}
	}
}

// failed reports whether a pause begins with the failure.
func (b *breaker) failed(at time.Duration, probe bool, reason errs.Reason) bool {
	switch {
	case !b.open:
		b.window.at(at).bad++
		good, bad := b.window.sum()
		if bad < openAt || bad < good {
			return false
		}
		*b = breaker{probes: b.probes, open: true, pause: firstBreak, until: at + firstBreak, reason: reason}
		return true
	case probe:
		b.good, b.reason = 0, reason
		b.pause = min(2*b.pause, longest)
		b.until = at + b.pause
		return true
	}
	return false
}

// window counts what ended within the last half minute, in steps of slot.
type window struct {
	last   int64 // number of the newest slot
	counts [6]count
}

type count struct{ good, bad int }

const slot = 5 * time.Second

// at returns the counts of a time, after those that are too old were forgotten.
func (w *window) at(at time.Duration) *count {
	now := max(int64(at/slot), w.last)
	if now-w.last > int64(len(w.counts)) {
		w.last = now - int64(len(w.counts))
	}
	for w.last < now {
		w.last++
		w.counts[w.last%int64(len(w.counts))] = count{}
	}
	return &w.counts[now%int64(len(w.counts))]
}

func (w *window) sum() (good, bad int) {
	for _, c := range w.counts {
		good, bad = good+c.good, bad+c.bad
	}
	return good, bad
}
