package api

import (
	"context"
	"sync"
	"time"

	"openloop/internal/auth"
	"openloop/internal/store"
)

// keyring finds who an API key belongs to. It remembers keys while nothing has changed in the database.
type keyring struct {
	db  *store.DB
	now func() time.Time

	mu         sync.RWMutex
	generation uint64
	known      map[string]auth.Principal // by hash
}

// maxKnown bounds the keys remembered; beyond, all are forgotten and read again.
const maxKnown = 10_000

func (k *keyring) authenticate(ctx context.Context, secret string) (auth.Principal, error) {
	hash, generation := auth.HashSecret(secret), k.db.Generation()
	k.mu.RLock()
	p, ok := k.known[hash]
	ok = ok && k.generation == generation
	k.mu.RUnlock()
	if ok {
		return p, nil
	}
	key, err := k.db.KeyByHash(ctx, hash)
	if err != nil {
		return auth.Principal{}, err
	}
	p = auth.Principal{KeyID: key.ID, Role: key.Role}
	k.remember(hash, generation, p)
	return p, nil
}

func (k *keyring) remember(hash string, generation uint64, p auth.Principal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.generation != generation || len(k.known) >= maxKnown || k.known == nil {
		k.generation, k.known = generation, map[string]auth.Principal{}
	}
	k.known[hash] = p
}
