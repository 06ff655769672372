package health

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// News is what one process tells others that send calls to the same targets: that one is out, or that a credential was found to work.
type News struct {
	Account
	Model  string        // "" for all of the account
	Left   time.Duration // from when it is told: clocks differ
	Reason errs.Reason   // "" for an account that works
}

const (
	worthTelling = 500 * time.Millisecond // by which an outage has to end later than others know
	longestHeard = 24 * time.Hour
)

// tell tells others of an outage, unless they know of one that ends about then. The model is as in [News].
func (r *Record) tell(o *outages, model string, at, left time.Duration, reason errs.Reason) {
	told, until := o.told.Load(), int64(at+left)
	if until-told >= int64(worthTelling) && o.told.CompareAndSwap(told, until) {
		r.book.tell(News{r.target.Account, model, left, reason})
	}
}

// Hear takes what another process has told. It ignores reasons that put no target out.
func (b *Book) Hear(now time.Time, n News) {
	at, left := now.Sub(b.start), min(n.Left, longestHeard)
	switch {
	case n.Reason == "":
		b.works(n.Account)
	case effects[n.Reason] == none || left <= 0:
	case n.Model == "":
		b.mu.Lock()
		defer b.mu.Unlock()
		b.makeRoom()
		b.account(n.Account).extend(at, left, n.Reason)
	default:
		b.Of(Target{n.Account, n.Model}).own.extend(at, left, n.Reason)
	}
}
