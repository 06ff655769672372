package relay

import (
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/llm"
)

// Observation describes an [Outcome], for metrics.
type Observation struct {
	Provider, Model string // that answered; of a failure the first that was asked
	Attempts        []errs.Attempt
	Streamed        bool
	Ingress         string        // the API that the call came through, as "openai.chat"; "" for this server's own
	Native          bool          // the call was made in the words of its client
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

// Outages returns of the targets of each provider how many are known, and how many are out, by reason.
func (r *Relay) Outages() (known map[string]int, out map[health.Outage]int) {
	return r.health.Outages(r.o.Now())
}

// Observe reports o, which answers a request that was received at the given time through an API, "" for this server's own, and is recorded already.
func (r *Relay) Observe(o *Outcome, received time.Time, ingress string) {
	seen := Observation{
		Provider: o.Provider(), Model: o.Model(), Attempts: o.Attempts, Streamed: o.Streamed, Ingress: ingress, Native: o.Native(), Upstream: o.Upstream(),
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
