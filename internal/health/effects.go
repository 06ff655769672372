package health

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
)

// effect is what a failure does.
type effect int

const (
	none     effect = iota // to the target: the request was at fault
	limited                // the target is out until the provider says, else for a time that doubles
	spent                  // the target is out until the provider says, else for spentFor
	withheld               // the target is out for withheldFor
	locked                 // all targets of the credential are out for lockedFor
	broken                 // it counts: too many of them in a short time open the breaker
)

var effects = map[errs.Reason]effect{
	errs.RateLimited:               limited,
	errs.QuotaExhausted:            spent,
	errs.Billing:                   spent,
	errs.ModelNotFound:             withheld,
	errs.PermissionDenied:          withheld,
	errs.InvalidAPIKey:             locked,
	errs.AccountDisabled:           locked,
	errs.RegionNotSupported:        locked,
	errs.ProviderInternal:          broken,
	errs.Overloaded:                broken,
	errs.Timeout:                   broken,
	errs.ProviderUnreachable:       broken,
	errs.MalformedProviderResponse: broken,
	errs.StreamInterrupted:         broken,
}

const (
	firstLimit  = 2 * time.Second
	spentFor    = 10 * time.Minute
	withheldFor = 10 * time.Minute
	lockedFor   = 15 * time.Minute
	firstBreak  = 5 * time.Second
	longest     = time.Minute // of what doubles
)

// Blames reports whether a failure of reason r is the target's own, so that another target of the same model may answer.
func Blames(r errs.Reason) bool { return effects[r] != none }
