package evaluations

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

func TestStreaksOfFailures(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := newStreaks(func() time.Time { return now })
	key, other := streakKey{run: 1}, streakKey{run: 1, evaluator: 2}
	fail := func(n int, reason errs.Reason) (hopelessAt int) {
		for i := range n {
			if s.failed(key, reason) && hopelessAt == 0 {
				hopelessAt = i + 1
			}
		}
		return hopelessAt
	}
	if got := fail(hopeless, errs.InvalidAPIKey); got != hopeless {
		t.Errorf("it is hopeless after %d", got)
	}
	if s.inVain(key) != errs.InvalidAPIKey || s.inVain(other) != "" {
		t.Errorf("in vain: %q, of another %q", s.inVain(key), s.inVain(other))
	}
	if now = now.Add(probe); s.inVain(key) != "" || s.inVain(key) != errs.InvalidAPIKey {
		t.Error("after a while, one is tried, and no more")
	}
	s.succeeded(key)
	if got := fail(hopeless-1, errs.Billing); got != 0 {
		t.Errorf("a success between: hopeless after %d", got)
	}
	if got := fail(hopeless, errs.ModelNotFound); got != hopeless {
		t.Errorf("another reason: hopeless after %d", got)
	}
	if got := fail(100, errs.ContentFiltered); got != 0 || s.inVain(key) != "" {
		t.Errorf("what is about one call: hopeless after %d", got)
	}
	fail(hopeless, errs.Billing)
	if s.forget(); s.inVain(key) != "" {
		t.Error("it was not forgotten")
	}
}
