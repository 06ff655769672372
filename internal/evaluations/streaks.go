package evaluations

import (
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// streaks count failures in a row. What has failed so often for a reason that concerns all calls alike is not asked again in vain.
type streaks struct {
	mu  sync.Mutex
	now func() time.Time
	of  map[streakKey]*streak
}

// streakKey is what fails: the calls of a Run, or those of an Evaluator for a Run.
type streakKey struct{ run, evaluator int64 }

type streak struct {
	reason errs.Reason
	n      int
	last   time.Time
}

const (
	hopeless = 20               // failures in a row
	probe    = 10 * time.Second // after which one call is let through, as what was wrong may have been mended
	maxKept  = 10_000           // streaks; then all begin anew
)

func newStreaks(now func() time.Time) *streaks {
	return &streaks{now: now, of: map[streakKey]*streak{}}
}

// concernsAll reports whether a failure for this reason says that other calls of the same model fail too, until somebody changes something.
func concernsAll(reason errs.Reason) bool {
	switch reason { //nolint:exhaustive // the others are about one call, or pass
	case errs.InvalidAPIKey, errs.PermissionDenied, errs.RegionNotSupported, errs.AccountDisabled, errs.ModelNotFound, errs.EndpointNotFound,
		errs.QuotaExhausted, errs.Billing, errs.ProviderKeyMissing, errs.UnknownProvider, errs.ToolNotFound, errs.RuntimeUnavailable:
		return true
	}
	return false
}

// failed counts a failure, and reports whether it is hopeless to go on.
func (s *streaks) failed(key streakKey, reason errs.Reason) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !concernsAll(reason) {
		delete(s.of, key)
		return false
	}
	if len(s.of) >= maxKept {
		clear(s.of)
	}
	k := s.of[key]
	if k == nil || k.reason != reason {
		k = &streak{reason: reason}
		s.of[key] = k
	}
	k.n, k.last = k.n+1, s.now()
	return k.n >= hopeless
}

// succeeded ends a streak.
func (s *streaks) succeeded(key streakKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, key)
}

// inVain returns the reason for which a call would fail, or "" if it is to be tried.
func (s *streaks) inVain(key streakKey) errs.Reason {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.of[key]
	if k == nil || k.n < hopeless {
		return ""
	}
	if now := s.now(); now.Sub(k.last) >= probe {
		k.last = now
		return ""
	}
	return k.reason
}

// forget ends all streaks.
func (s *streaks) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.of)
}
