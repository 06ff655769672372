package health_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/health"
)

// fail asks a target and lets it fail.
func fail(b *health.Book, of health.Target, at time.Duration, reason errs.Reason, after time.Duration) {
	now := start.Add(at)
	b.Of(of).Insist(now).Done(now, outcome(reason, after))
}

// TestOthersAreTold states what others hear of what happens here, and that they hear it once.
func TestOthersAreTold(t *testing.T) {
	const s, m = time.Second, time.Minute
	var told []health.News
	b := health.New(start, func(n health.News) { told = append(told, n) })
	for range 100 {
		fail(b, target, 0, errs.RateLimited, 30*s)
	}
	fail(b, target, 100*time.Millisecond, errs.RateLimited, 30*s) // nearly the same end
	fail(b, target, 10*s, errs.RateLimited, 30*s)
	fail(b, target, 11*s, errs.RateLimited, 5*s) // which ends before
	fail(b, target, 11*s, errs.InvalidRequest, 0)
	other := health.Target{Account: acct, Model: "n"}
	for range 6 { // the fifth opens the breaker
		fail(b, other, 20*s, errs.Overloaded, 0)
	}
	fail(b, other, 40*s, errs.Timeout, 0) // of a probe
	fail(b, other, 40*s, errs.InvalidAPIKey, 0)
	b.Tested(acct)
	fail(b, other, 41*s, errs.InvalidAPIKey, 0)
	want := []health.News{
		{acct, "m", 30 * s, errs.RateLimited}, {acct, "m", 30 * s, errs.RateLimited}, {acct, "n", 5 * s, errs.Overloaded}, {acct, "n", 10 * s, errs.Overloaded},
		{acct, "n", 20 * s, errs.Timeout}, {acct, "", 15 * m, errs.InvalidAPIKey}, {Account: acct}, {acct, "", 15 * m, errs.InvalidAPIKey},
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("told (-want +got):\n%s", d)
	}
}

// TestHearingFromOthers states for how long a target is left alone after what others have told.
func TestHearingFromOthers(t *testing.T) {
	const s, m = time.Second, time.Minute
	of := func(model string, left time.Duration, reason errs.Reason) health.News {
		return health.News{Account: acct, Model: model, Left: left, Reason: reason}
	}
	for name, c := range map[string]struct {
		heard []health.News
		want  time.Duration
	}{
		"nothing":                     {nil, 0},
		"a limit":                     {[]health.News{of("m", 30*s, errs.RateLimited)}, 30 * s},
		"an earlier end":              {[]health.News{of("m", 30*s, errs.RateLimited), of("m", 10*s, errs.Overloaded)}, 30 * s},
		"another model":               {[]health.News{of("n", 30*s, errs.RateLimited)}, 0},
		"the account":                 {[]health.News{of("", m, errs.InvalidAPIKey)}, m},
		"an account that works again": {[]health.News{of("", m, errs.InvalidAPIKey), {Account: acct}}, 0},
		"another key of the name":     {[]health.News{{Account: health.Account{Provider: acct.Provider, Credential: acct.Credential, Revision: 2}, Left: m, Reason: errs.Billing}}, 0},
		"no reason of a target":       {[]health.News{of("m", m, errs.InvalidRequest)}, 0},
		"a reason of a newer program": {[]health.News{of("m", m, "unheard_of")}, 0},
		"no time":                     {[]health.News{of("m", -m, errs.RateLimited)}, 0},
		"too long a time":             {[]health.News{of("m", 1<<62, errs.RateLimited)}, 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			var told []health.News
			b := health.New(start, func(n health.News) { told = append(told, n) })
			for _, n := range c.heard {
				b.Hear(start, n)
			}
			if got := b.Of(target).Ends(start); got != c.want || told != nil {
				t.Errorf("out for %s, want %s; told on: %v", got, c.want, told)
			}
		})
	}
}
