// Package access finds out who makes a request: by an API key, or by the session of a browser that is signed in with one.
package access

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
	sessions "github.com/openloop-server/openloop/internal/store/access"
)

// Service knows the keys and sessions of a database. Its methods are safe for concurrent use.
type Service struct {
	db  *store.DB
	now func() time.Time

	keys     remembered
	sessions remembered
	tries    tries
}

// New returns a service of db with the clock now.
func New(db *store.DB, now func() time.Time) *Service {
	return &Service{db: db, now: now, keys: remembered{db: db}, sessions: remembered{db: db}}
}

// Key returns the owner of an API key. Errors: gateway_key_invalid.
func (s *Service) Key(ctx context.Context, secret string) (auth.Principal, error) {
	h, err := s.keys.find(ctx, secret, s.readKey)
	if err != nil {
		return auth.Principal{}, err
	}
	h.touch()
	return h.principal, nil
}

func (s *Service) readKey(ctx context.Context, hash string) (*holder, error) {
	key, err := s.db.KeyByHash(ctx, hash)
	if err != nil {
		return nil, err
	}
	return &holder{id: key.ID, principal: auth.Principal{KeyID: key.ID, Role: key.Role, Priority: key.Priority}, kept: key.UsedAt}, nil
}

// Session returns the owner of the session with this token. Errors: gateway_key_invalid when it has ended.
func (s *Service) Session(ctx context.Context, token string) (auth.Principal, error) {
	h, err := s.sessions.find(ctx, token, s.readSession)
	if err == nil && !s.now().Before(h.ends) { // unless another process has seen it meanwhile
		h, err = s.sessions.read(ctx, auth.HashSecret(token), s.readSession)
	}
	if err != nil {
		return auth.Principal{}, err
	}
	h.touch()
	return h.principal, nil
}

func (s *Service) readSession(ctx context.Context, hash string) (*holder, error) {
	found, err := s.db.SessionByHash(ctx, hash)
	if err == nil && !s.now().Before(found.EndsAt()) {
		err = sessions.ErrSessionEnded()
	}
	if err != nil {
		return nil, err
	}
	who := auth.Principal{KeyID: found.KeyID, Role: found.Role, Priority: found.Priority, SessionID: found.ID}
	return &holder{id: found.ID, principal: who, kept: found.SeenAt, ends: found.EndsAt()}, nil
}

// keepEvery is how often the use of a key or a session is written down at most.
const keepEvery = 5 * time.Minute

// KeepUses writes down which keys and sessions were used, of those whose last use is long enough ago.
func (s *Service) KeepUses(ctx context.Context) error {
	now := s.now()
	keys, sessions := s.keys.due(now), s.sessions.due(now)
	if len(keys)+len(sessions) == 0 {
		return nil
	}
	err := s.db.KeepUses(ctx, idsOf(keys), idsOf(sessions))
	if err != nil { // the next time
		s.keys.putBack(keys)
		s.sessions.putBack(sessions)
	}
	return err
}

// holder is a key or a session in memory.
type holder struct {
	id        string
	principal auth.Principal
	ends      time.Time   // of a session
	kept      time.Time   // the last use that is written down
	used      atomic.Bool // since then
}

// touch records a use. It writes to memory only if that is new, so that concurrent requests do not slow each other.
func (h *holder) touch() {
	if !h.used.Load() {
		h.used.Store(true)
	}
}

func idsOf(list []*holder) []string {
	ids := make([]string, len(list))
	for i, h := range list {
		ids[i] = h.id
	}
	return ids
}

// remembered keeps in memory what was found by the hash of a secret, until a key or a session changes in the database.
type remembered struct {
	db *store.DB

	mu     sync.RWMutex
	moment uint64             // before the first of known was read
	known  map[string]*holder // by hash
	left   []*holder          // no longer known, with a use that is not written down yet
}

// maxKnown is the largest number of holders in memory. Beyond it, all are dropped and read again.
const maxKnown = 10_000

type reader func(ctx context.Context, hash string) (*holder, error)

func (r *remembered) find(ctx context.Context, secret string, read reader) (*holder, error) {
	hash := auth.HashSecret(secret)
	r.mu.RLock()
	h := r.known[hash]
	current := h != nil && !r.db.Since(r.moment, store.Keys)
	r.mu.RUnlock()
	if current {
		return h, nil
	}
	return r.read(ctx, hash, read)
}

// read reads a holder from the database, and remembers it.
func (r *remembered) read(ctx context.Context, hash string, read reader) (*holder, error) {
	within, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	moment := r.db.Moment()
	h, err := read(within, hash)
	switch {
	case err == nil:
		r.remember(hash, moment, h)
	case within.Err() != nil && ctx.Err() == nil:
		err = errs.New(errs.DependencyUnavailable, "The database did not answer within %s.", readTimeout)
	}
	return h, err
}

// readTimeout is how long a database may take to say who makes a request: one that is cut off may never answer.
const readTimeout = 5 * time.Second

// remember keeps a holder that was read after a moment, unless a key has changed since.
func (r *remembered) remember(hash string, moment uint64, h *holder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.db.Since(moment, store.Keys) {
		return
	}
	if r.db.Since(r.moment, store.Keys) || len(r.known) >= maxKnown || r.known == nil {
		r.forget()
		r.moment, r.known = moment, map[string]*holder{}
	}
	if was := r.known[hash]; was != nil {
		h.used.Store(was.used.Load())
	}
	r.known[hash] = h
}

// forget drops all that is known, but for the uses that are not written down.
func (r *remembered) forget() {
	for _, h := range r.known {
		if h.used.Load() && len(r.left) < maxKnown {
			r.left = append(r.left, h)
		}
	}
}

// due returns the holders whose use is to be written down now.
func (r *remembered) due(now time.Time) (list []*holder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	take := func(h *holder) bool {
		due := now.Sub(h.kept) >= keepEvery && h.used.CompareAndSwap(true, false)
		if due {
			h.kept = now
			list = append(list, h)
		}
		return due
	}
	for _, h := range r.known {
		take(h)
	}
	r.left = slices.DeleteFunc(r.left, take)
	return list
}

// putBack undoes due.
func (r *remembered) putBack(list []*holder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, h := range list {
		h.kept = time.Time{}
		h.used.Store(true)
	}
	r.left = append(r.left, list...)
}
