package show

import (
	"context"
	"sync"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/store"
)

// authors returns the authors of shown objects: the names of API keys, including revoked ones, and of those who made what comes from elsewhere. It reads them once, and again when a key
// changes.
type authors struct {
	db *store.DB

	mu     sync.RWMutex
	moment uint64                      // before known was read
	known  map[string]*v5.UserResponse // by the key's id; nil before the first read
}

// Authors returns the authors of everything by the ids of their API keys.
func (s *Shows) Authors(ctx context.Context) (map[string]*v5.UserResponse, error) {
	return s.authors.all(ctx)
}

// all are the authors by the ids of API keys.
func (a *authors) all(ctx context.Context) (map[string]*v5.UserResponse, error) {
	a.mu.RLock()
	known, current := a.known, a.known != nil && !a.db.Since(a.moment, store.Keys)
	a.mu.RUnlock()
	if current {
		return known, nil
	}
	moment := a.db.Moment()
	keys, err := a.db.Keys(ctx)
	if err != nil {
		return nil, err
	}
	others, err := a.db.Restore.Authors(ctx)
	if err != nil {
		return nil, err
	}
	known = make(map[string]*v5.UserResponse, len(keys)+len(others))
	for _, o := range others {
		known[o.ID] = v5.OtherAuthor(o.ID, o.Name, o.Email)
	}
	for i := range keys {
		known[keys[i].ID] = v5.AuthorOf(&keys[i])
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.moment, a.known = moment, known
	return known, nil
}
