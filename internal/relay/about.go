package relay

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
)

// About describes a provider of this server.
type About struct {
	ProviderKey
	NeedsKey bool
	KeyName  string       // the setting that holds the key
	BaseURL  string       // where calls go that do not bring an address, with capitals in place of what an operator sets; "" if there is none
	Serves   []llm.Served // its endpoints
	Lenient  bool         // it ignores what it cannot use
	Models   int          // in the catalogue
	Test     *KeyTest     // the last one of the key that calls would use; nil for none since this process began
}

// KeyTest is the outcome of a test of a provider's key.
type KeyTest struct {
	At      time.Time
	Model   string // that was asked; of a failure the one that the caller named
	Latency time.Duration
	Err     *errs.Error // nil when the key works
}

// Providers describes the providers of this server, sorted by slug. rows are the stored keys.
func (r *Relay) Providers(rows []store.ProviderKey) []About {
	stored := storedKeys(rows)
	counts := map[string]int{}
	for m := range r.o.Models.All() {
		counts[m.Provider]++
	}
	out := make([]About, 0, len(r.o.Providers))
	for _, slug := range slices.Sorted(maps.Keys(r.o.Providers)) {
		p := r.o.Providers[slug]
		provider := r.providerKey(slug, stored[slug])
		key := provider.Stored
		about := About{
			ProviderKey: provider, NeedsKey: p.NeedsKey, KeyName: p.KeyName, BaseURL: p.BaseURL, Serves: p.Serves, Lenient: p.Lenient,
			Models: counts[slug], Test: r.lastTest(slug, key),
		}
		if key != nil && key.BaseURL != "" {
			about.BaseURL = key.BaseURL
		}
		out = append(out, about)
	}
	return out
}

// lastTest is the last test of the key that calls use, of which stored is the row if it is a stored one.
func (r *Relay) lastTest(slug string, stored *store.ProviderKey) *KeyTest {
	r.testing.Lock()
	defer r.testing.Unlock()
	id := keyID{provider: slug}
	if stored != nil {
		id.name = stored.Name
	}
	t, ok := r.tests[id]
	if !ok || stored != nil && t.At.Before(stored.UpdatedAt) {
		return nil
	}
	return &t
}

// keyID is a key of this server: a stored one, or, without a name, that of the environment.
type keyID struct{ provider, name string }

// noteTest keeps the outcome of a test.
func (r *Relay) noteTest(id keyID, model string, tested Tested, err error) {
	t := KeyTest{At: r.o.Now(), Model: cmp.Or(tested.Model, model), Latency: tested.Latency}
	if err != nil {
		t.Err = errs.From(err)
		t.Model = cmp.Or(t.Model, t.Err.Model)
	}
	r.testing.Lock()
	defer r.testing.Unlock()
	r.tests[id] = t
}
