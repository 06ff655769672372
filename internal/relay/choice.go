package relay

import (
	"cmp"
	"hash/fnv"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/llm"
)

// choice is a model that may answer, or several of which one may, with all keys that they can be asked with.
type choice struct {
	candidates []*candidate // one at least, by order
	sticky     string
}

// candidate is a target: a model with the key that it is asked with.
type candidate struct {
	slug       string
	driver     llm.Driver
	request    llm.Request
	setup      error          // why it cannot be called
	credential string         // the name of the key
	tier       int            // of the destination: those of the lowest are asked first
	order      int            // of the key, counted from the first of its destination: likewise within a tier
	weight     float64        // among those of its tier and order
	record     *health.Record // nil when none is kept
}

// withEach returns copies of base, one for each credential. Those of one order share its weight.
func (r *Relay) withEach(base *candidate, credentials []credential) []*candidate {
	out := make([]*candidate, len(credentials))
	for i, c := range credentials {
		t := *base
		t.request.Credentials, t.credential, t.order = c.Credentials, c.Name, c.Order-credentials[0].Order
		t.weight *= float64(c.Weight) / sumOfWeights(credentials, c.Order)
		if !c.brought {
			t.record = r.health.Of(health.Target{Account: account(base.slug, &c), Model: base.request.Model})
		}
		out[i] = &t
	}
	return out
}

func sumOfWeights(credentials []credential, order int) (sum float64) {
	for i := range credentials {
		if credentials[i].Order == order {
			sum += float64(credentials[i].Weight)
		}
	}
	return sum
}

func account(slug string, c *credential) health.Account {
	return health.Account{Provider: slug, Credential: c.Name, Revision: c.Revision}
}

// line returns the candidates in the order in which they are asked. By their weights, a conversation always has the same order, as long as the
// candidates stay the same, and others have a random one. Of these, the first two that are well change places if the second has less to do.
func (c *choice) line(now time.Time) []*candidate {
	if len(c.candidates) == 1 {
		return c.candidates
	}
	draws := make(map[*candidate]float64, len(c.candidates))
	for _, t := range c.candidates {
		draws[t] = -math.Log(c.chance(t)) / t.weight
	}
	line := slices.Clone(c.candidates)
	slices.SortFunc(line, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.tier, b.tier), cmp.Compare(a.order, b.order), cmp.Compare(draws[a], draws[b]))
	})
	if c.sticky == "" {
		preferLessLoaded(line, now)
	}
	return line
}

// chance returns a number above 0 and below 1: for a conversation the same one on all servers, else a random one.
func (c *choice) chance(t *candidate) float64 {
	bits := rand.Uint64() //nolint:gosec // spreads calls, guards nothing
	if c.sticky != "" {
		h := fnv.New64a()
		for _, text := range []string{c.sticky, t.slug, t.credential, t.request.Model} {
			_, _ = io.WriteString(h, text+"\x00")
		}
		bits = mix(h.Sum64())
	}
	return (float64(bits>>11) + 0.5) / (1 << 53)
}

// mix spreads the bits of a hash whose texts differ at their ends alone (the finalizer of SplitMix64).
func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func preferLessLoaded(line []*candidate, now time.Time) {
	first := -1
	for i, t := range line {
		switch {
		case t.ends(now) > 0:
		case first < 0:
			first = i
		default:
			if a := line[first]; a.tier == t.tier && a.order == t.order && t.load() < a.load() {
				line[first], line[i] = t, a
			}
			return
		}
	}
}

// alternatives are the candidates of a line that has several.
func alternatives(line []*candidate) []*candidate {
	if len(line) == 1 {
		return nil
	}
	return line
}

// load is the number of calls in flight, by weight.
func (t *candidate) load() float64 {
	if t.record == nil {
		return 0
	}
	return float64(t.record.Load()) / t.weight
}

// ends returns how long the target should be left alone.
func (t *candidate) ends(now time.Time) time.Duration {
	if t.record == nil {
		return 0
	}
	return t.record.Ends(now)
}

// enter gives leave to ask a candidate that has alternatives, if it is well.
func (t *candidate) enter(now time.Time) (health.Pass, bool) {
	if t.record == nil {
		return health.Pass{}, true
	}
	return t.record.Enter(now)
}

// best returns the candidate of which the most can be hoped when all are out: the one that is so for the shortest time.
func best(line []*candidate, now time.Time) *candidate {
	if len(line) == 1 {
		return line[0]
	}
	return slices.MinFunc(line, func(a, b *candidate) int { return cmp.Compare(a.ends(now), b.ends(now)) })
}

// insist gives leave to ask a candidate without an alternative.
func (t *candidate) insist(now time.Time) health.Pass {
	if t.record == nil {
		return health.Pass{}
	}
	return t.record.Insist(now)
}
