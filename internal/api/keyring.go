package api

import (
	"context"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/store"
)

// keyring finds the owner of an API key. It keeps keys in memory until one changes in the database.
type keyring struct {
	db  *store.DB
	now func() time.Time

	mu     sync.RWMutex
	moment uint64                    // before the first of known was read
	known  map[string]auth.Principal // by hash
}

// maxKnown is the largest number of keys in memory. Beyond it, all are dropped and read again.
const maxKnown = 10_000

func (k *keyring) authenticate(ctx context.Context, secret string) (auth.Principal, error) {
	hash, moment := auth.HashSecret(secret), k.db.Moment()
	k.mu.RLock()
	p, ok := k.known[hash]
	ok = ok && !k.db.Since(k.moment, store.Keys)
	k.mu.RUnlock()
	if ok {
		return p, nil
	}
	key, err := k.db.KeyByHash(ctx, hash)
	if err != nil {
		return auth.Principal{}, err
	}
	p = auth.Principal{KeyID: key.ID, Role: key.Role}
	k.remember(hash, moment, p)
	return p, nil
}

// remember keeps a value that was read after a moment, unless a key has changed since.
func (k *keyring) remember(hash string, moment uint64, p auth.Principal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.db.Since(moment, store.Keys) {
		return
	}
	if k.db.Since(k.moment, store.Keys) || len(k.known) >= maxKnown || k.known == nil {
		k.moment, k.known = moment, map[string]auth.Principal{}
	}
	k.known[hash] = p
}
