package access

import (
	"net/netip"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// An address may fail to sign in maxTries times within triesWithin.
const (
	maxTries     = 10
	triesWithin  = 15 * time.Minute
	maxAddresses = 10_000 // that are remembered
)

// tries counts how often signing in failed, by address. It is in memory: another process counts for itself.
type tries struct {
	mu     sync.Mutex
	failed map[netip.Prefix][]time.Time // oldest first
}

// begin counts a try as a failure, so that concurrent ones cannot exceed the limit. The caller calls done if it was none. Errors:
// gateway_rate_limited, with the time to wait.
func (t *tries) begin(from netip.Addr, now time.Time) (done func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := network(from)
	recent := since(t.failed[at], now.Add(-triesWithin))
	if len(recent) >= maxTries {
		wait := recent[len(recent)-maxTries].Add(triesWithin).Sub(now)
		return nil, errs.New(errs.GatewayRateLimited, "Signing in failed too often from this address. Try again in %s.", wait.Round(time.Second)).
			With(func(e *errs.Error) { e.RetryAfter = wait })
	}
	if t.failed == nil || len(t.failed) >= maxAddresses {
		t.forget(now)
	}
	t.failed[at] = append(recent, now)
	return func() { t.withdraw(at, now) }, nil
}

// withdraw takes back the failure at a moment.
func (t *tries) withdraw(at netip.Prefix, then time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.failed[at]
	for i := range list {
		if list[i].Equal(then) {
			t.failed[at] = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if len(t.failed[at]) == 0 {
		delete(t.failed, at)
	}
}

// forget drops the addresses whose failures are old; if too many are left, all.
func (t *tries) forget(now time.Time) {
	kept := map[netip.Prefix][]time.Time{}
	for at, list := range t.failed {
		if recent := since(list, now.Add(-triesWithin)); len(recent) > 0 {
			kept[at] = recent
		}
	}
	if len(kept) >= maxAddresses {
		clear(kept)
	}
	t.failed = kept
}

func since(list []time.Time, after time.Time) []time.Time {
	for len(list) > 0 && !list[0].After(after) {
		list = list[1:]
	}
	return list
}

// network is what counts as one address: an IPv4 address, or the /64 of an IPv6 address, since a client has all of it.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.WithZone("").Prefix(bits) // the zero prefix for the zero address
	return p
}
