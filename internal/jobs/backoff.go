package jobs

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

const (
	firstBackoff = 2 * time.Second
	maxBackoff   = 5 * time.Minute
	ownBackoff   = 5 * time.Second // after a failure of our own, such as a database that is away
	patience     = time.Hour       // since the first failure; then a failure is recorded
	ownPatience  = 5               // failures of our own that nobody has classified; then they are recorded too
)

// backoff returns the time until a task is tried again: what the provider asks for, or else a time that doubles with every attempt that has
// failed before, varied by a quarter. chance is a random number from 0 to 1.
func backoff(asked time.Duration, attempts int, chance float64) time.Duration {
	if asked > 0 {
		return min(asked, maxBackoff)
	}
	wait := min(firstBackoff<<min(attempts, doublings), maxBackoff)
	return wait + time.Duration((chance-0.5)/2*float64(wait))
}

// counts reports whether a failure counts as an attempt. What says that there is too much work does not, since it says nothing about the task.
func counts(reason errs.Reason) bool {
	return reason != errs.RateLimited && reason != errs.Overloaded
}

// crowded reports whether a failure says that a provider has too much work.
func crowded(reason errs.Reason) bool { return !counts(reason) }

// own reports whether a failure is one of this server, and says nothing about the task.
func own(reason errs.Reason) bool {
	return reason == errs.DependencyUnavailable || reason == errs.ShuttingDown
}
