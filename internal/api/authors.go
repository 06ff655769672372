package api

import (
	"context"
	"sync"

	v5 "openloop/internal/api/v5"
	"openloop/internal/store"
)

// authors returns the authors of shown objects: the names of API keys, including revoked ones. It reads them once, and again when a key
// changes.
type authors struct {
	db *store.DB

	mu     sync.RWMutex
	moment uint64                      // before known was read
	known  map[string]*v5.UserResponse // by the key's id; nil before the first read
}

// of returns the author with the id of an API key, or nil if there is none or the key is unknown.
func (a *authors) of(ctx context.Context, keyID string) (*v5.UserResponse, error) {
	if keyID == "" {
		return nil, nil //nolint:nilnil // no author
	}
	a.mu.RLock()
	known := a.known
	if known != nil && a.db.Since(a.moment, store.Keys) {
		known = nil
	}
	a.mu.RUnlock()
	if known == nil {
		var err error
		if known, err = a.read(ctx); err != nil {
			return nil, err
		}
	}
	return known[keyID], nil
}

func (a *authors) read(ctx context.Context) (map[string]*v5.UserResponse, error) {
	moment := a.db.Moment()
	keys, err := a.db.Keys(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]*v5.UserResponse, len(keys))
	for i := range keys {
		known[keys[i].ID] = v5.AuthorOf(&keys[i])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.moment, a.known = moment, known
	return known, nil
}
