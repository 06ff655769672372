package jobs

import "time"

// limit says how many tasks of a pool may run at once. That of a provider follows what the provider takes: it grows by one after as many
// successes as it is, halves when the provider refuses work, and waits for as long as the provider asks.
type limit struct {
	most     int  // that may run at once
	adaptive bool // of a provider
	size     int  // of an adaptive one, from 1 to most

	successes int       // since the size has changed
	halved    time.Time // when the size was last halved
	refusals  int       // that were counted since the last success
	paused    time.Time // nothing starts before
}

const (
	firstSize   = 4               // of a provider's pool
	halveAgain  = time.Second     // refusals sooner than that belong to the same moment
	firstPause  = time.Second     // after the second refusal in a row that does not say how long to wait
	maxPause    = time.Minute     // after many
	longestWait = 5 * time.Minute // that a provider may ask for
	doublings   = 10              // of a pause; enough to reach the longest, and far from an overflow
)

// newLimit returns the limit of a pool.
func newLimit(most int, adaptive bool) limit {
	most = max(most, 1)
	return limit{most: most, adaptive: adaptive, size: min(firstSize, most)}
}

// now is how many may run at once.
func (l *limit) now() int {
	if l.adaptive {
		return l.size
	}
	return l.most
}

// free is how many can be started beside those that run.
func (l *limit) free(running int, now time.Time) int {
	if l.rests(now) {
		return 0
	}
	return max(l.now()-running, 0)
}

// rests reports whether nothing may start for a while.
func (l *limit) rests(now time.Time) bool { return now.Before(l.paused) }

// share sets how many may run at once at most.
func (l *limit) share(most int) {
	l.most = max(most, 1)
	l.size = min(l.size, l.most)
}

// succeeded counts a task that the provider has served.
func (l *limit) succeeded() {
	l.refusals = 0
	if l.successes++; l.successes >= l.size && l.size < l.most {
		l.size, l.successes = l.size+1, 0
	}
}

// refused takes note that the provider is rate limited or overloaded, and asks to wait; 0 means that it does not say how long. Refusals that
// come together count once.
func (l *limit) refused(wait time.Duration, now time.Time) {
	l.pause(min(wait, longestWait), now)
	if now.Sub(l.halved) < halveAgain {
		return
	}
	l.halved, l.successes, l.size = now, 0, max(l.size/2, 1)
	if l.refusals++; wait <= 0 && l.refusals > 1 {
		l.pause(min(firstPause<<min(l.refusals-2, doublings), maxPause), now)
	}
}

func (l *limit) pause(wait time.Duration, now time.Time) {
	if until := now.Add(wait); wait > 0 && until.After(l.paused) {
		l.paused = until
	}
}
