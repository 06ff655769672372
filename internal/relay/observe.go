package relay

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
)

// Observation describes an [Outcome], for metrics.
type Observation struct {
	Provider, Model string // that answered; of a failure the first that was asked
	Attempts        []errs.Attempt
	Streamed        bool
	Cache           CacheUse      // of a hit there are neither usage nor costs
	Err             *errs.Error   // nil on success
	Cancelled       bool          // the caller left before the end
	Upstream        time.Duration // from the call of the provider to its last byte; 0 when it could not be called
	FirstToken      time.Duration // from the call of the provider to its first output; 0 when there was none
	Added           time.Duration // what this server added: to the answer, or to the first chunk of a stream
	Usage           llm.Usage
	PromptCost      *float64
	OutputCost      *float64
}

// Observe reports o, which answers a request that was received at the given time and is recorded already.
func (r *Relay) Observe(o *Outcome, received time.Time) {
	seen := Observation{
		Provider: o.Provider(), Model: o.Model(), Attempts: o.Attempts, Streamed: o.Streamed, Upstream: o.Upstream(),
		PromptCost: o.PromptCost, OutputCost: o.OutputCost, FirstToken: o.FirstToken(), Cancelled: Cancelled(o.Err), Cache: o.Cache,
	}
	if o.Response != nil && o.Cache != CacheHit {
		seen.Usage = o.Response.Usage
	}
	if o.Err != nil && !seen.Cancelled {
		seen.Err = errs.From(o.Err)
	}
	seen.Added = max(0, r.o.Now().Sub(received)-seen.Upstream)
	if o.Streamed {
		seen.Added = max(0, o.SentAt.Sub(received))
	}
	r.o.Observe(seen)
}
