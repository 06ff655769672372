// Package aliases keeps the names that calls can use in place of models' own: which models each leads to, who may use it, and what of a call it
// fills in.
package aliases

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
)

// Registry holds the aliases of a workspace. It is safe for concurrent use.
type Registry struct {
	db    *store.DB
	relay *relay.Relay
	known atomic.Pointer[remembered]
}

// remembered are the aliases at a moment.
type remembered struct {
	moment uint64
	all    []store.Alias // by name
}

// New returns the aliases of a database. Their targets are models of r.
func New(db *store.DB, r *relay.Relay) *Registry { return &Registry{db: db, relay: r} }

// All lists the aliases by name. It answers from memory while none changes in the database, so the result must not be changed.
func (r *Registry) All(ctx context.Context) ([]store.Alias, error) {
	moment := r.db.Moment()
	if known := r.known.Load(); known != nil && !r.db.Since(known.moment, store.Aliases) {
		return known.all, nil
	}
	all, err := r.db.Aliases(ctx)
	if err != nil {
		return nil, err
	}
	r.known.Store(&remembered{moment, all})
	return all, nil
}

// Find returns the alias that name means to the caller of ctx: the one of that name, else of those that end with a * the longest that fits.
// For keys that an alias is not for there is none, and then the result is nil.
func (r *Registry) Find(ctx context.Context, name string) (*store.Alias, error) {
	all, err := r.All(ctx)
	if err != nil {
		return nil, err
	}
	key := auth.From(ctx).KeyID
	var found *store.Alias
	for i := range all {
		a := &all[i]
		if fits(a.Name, name) && isFor(a, key) && (found == nil || better(a.Name, found.Name)) {
			found = a
		}
	}
	return found, nil
}

// Named lists the aliases that the caller of ctx can use and that stand for one name, by name.
func (r *Registry) Named(ctx context.Context) ([]store.Alias, error) {
	all, err := r.All(ctx)
	if err != nil {
		return nil, err
	}
	key := auth.From(ctx).KeyID
	var out []store.Alias
	for i := range all {
		if !open(all[i].Name) && isFor(&all[i], key) {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// Delete deletes an alias. Errors: resource_not_found when there is none of the name.
func (r *Registry) Delete(ctx context.Context, name string) error { return r.db.DeleteAlias(ctx, name) }

// rest ends a name that stands for all that begin as it does.
const rest = "*"

func open(alias string) bool { return strings.HasSuffix(alias, rest) }

// fits reports whether name is one that an alias stands for.
func fits(alias, name string) bool {
	prefix, open := strings.CutSuffix(alias, rest)
	return alias == name || open && strings.HasPrefix(name, prefix)
}

// better reports whether an alias that fits says more than another one that does.
func better(alias, other string) bool {
	if open(alias) != open(other) {
		return open(other)
	}
	return len(alias) > len(other)
}

func isFor(a *store.Alias, key string) bool {
	return len(a.Keys) == 0 || slices.Contains(a.Keys, key)
}
