package health

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// Outage is what targets are told apart by that are out.
type Outage struct {
	Provider string
	Reason   errs.Reason // of what put them out
}

// Outages returns of the targets of each provider how many are known, and how many are out at a time, by reason.
func (b *Book) Outages(now time.Time) (known map[string]int, out map[Outage]int) {
	known, out = map[string]int{}, map[Outage]int{}
	b.mu.RLock()
	defer b.mu.RUnlock()
	for t, r := range b.records {
		known[t.Provider]++
		if reason := r.out(now.Sub(b.start)); reason != "" {
			out[Outage{t.Provider, reason}]++
		}
	}
	return known, out
}

// out returns why the target is out, "" if it is not.
func (r *Record) out(at time.Duration) errs.Reason {
	for _, o := range []*outages{r.account, &r.own} {
		if now := o.now.Load(); now != nil && now.until > at {
			return now.reason
		}
	}
	if !r.open.Load() {
		return ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.breaker.open {
		return ""
	}
	return r.breaker.reason
}
