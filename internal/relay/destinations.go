package relay

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/llm"
)

// Destination is one of several models that a question may go to.
type Destination struct {
	file.Fallback
	Credential string // the name of the stored key that it is asked with; "" for any of its provider's
	Order      int    // those of the lowest are asked first
	Weight     int    // among those of its order, 1 at least
}

// destinations are the models of q of which one is asked first.
func (q *Question) destinations() []Destination {
	if len(q.Among) > 0 {
		return q.Among
	}
	return []Destination{{Fallback: q.Model, Weight: 1}}
}

// choose returns the choice among destinations. It leaves out those that cannot be called, unless none can. Errors: unknown_provider, if that is
// what all of them fail with.
func (r *Relay) choose(ctx context.Context, q *Question, among []Destination) (choice, error) {
	c := choice{sticky: q.Sticky}
	var unready []*candidate
	var unknown error
	for i := range among {
		all, err := r.candidates(ctx, q, &among[i])
		switch {
		case err == nil:
			c.candidates = append(c.candidates, all...)
		case errs.Is(err, errs.UnknownProvider):
			unknown = err
		default:
			unready = append(unready, all...)
		}
	}
	c.hold()
	switch {
	case len(c.candidates) > 0:
	case len(unready) > 0:
		c.candidates = unready[:1]
	default:
		return c, unknown
	}
	return c, nil
}

// candidates are the targets of a destination, one for each key. With an error, which a call of it would fail with, there is one that has it.
func (r *Relay) candidates(ctx context.Context, q *Question, d *Destination) ([]*candidate, error) {
	provider, credentials, err := r.credentials(ctx, d, q.Keys)
	if errs.Is(err, errs.UnknownProvider) {
		return nil, err
	}
	base := candidate{slug: d.Provider, driver: provider.Driver, setup: err, request: q.Request, tier: d.Order, weight: float64(d.Weight)}
	base.request.Model, base.request.Credentials = d.Model, llm.Credentials{}
	if n := q.Request.Native; n != nil && !speaks(r.o.Providers[d.Provider].Driver, d.Provider, &base.request) {
		if err == nil {
			err = n.Portable
		}
		base.request.Native, base.setup = nil, err
	}
	if q.Fit != nil {
		q.Fit(d.Provider, r.abilities(d.Fallback, q.Request.Endpoint), &base.request)
	}
	if err != nil {
		return []*candidate{&base}, err
	}
	return r.withEach(&base, credentials), nil
}
