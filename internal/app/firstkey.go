package app

import (
	"context"
	"errors"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
)

// nameOfFirst is the name of the key from OPENLOOP_API_KEY and of the key generated at the first start.
const nameOfFirst = "first key"

// configuredKey stores the key in OPENLOOP_API_KEY, if any, unless it is stored already.
func (a *App) configuredKey(ctx context.Context) error {
	secret := a.cfg.APIKey
	if secret == "" {
		return nil
	}
	_, err := a.db.KeyByHash(ctx, auth.HashSecret(secret))
	if err == nil || !errs.Is(err, errs.GatewayKeyInvalid) {
		return err
	}
	_, err = CreateKey(ctx, a.db, auth.APIKey{Name: nameOfFirst, Role: auth.Admin}, secret)
	if errs.Is(err, errs.AlreadyExists) {
		return errors.New("the key in OPENLOOP_API_KEY was revoked; set another one")
	}
	return err
}

// first is what the first start makes and shows: an API key, and the token of a link that signs in with it.
type first struct{ secret, once string }

// first returns what this start has to make and show, or nil if the server has keys. A listening server stores it after showing it, so a failed
// start leaves no key that nobody has seen.
func (a *App) first(ctx context.Context) (*first, error) {
	if a.onlyWorks() {
		return nil, nil // nothing is to be made
	}
	n, err := a.db.KeyCount(ctx)
	if err != nil || n > 0 {
		return nil, err
	}
	return &first{auth.NewSecret(), auth.NewToken()}, nil
}

func (f *first) store(ctx context.Context, db *store.DB) error {
	id, err := CreateKey(ctx, db, auth.APIKey{Name: nameOfFirst, Role: auth.Admin}, f.secret)
	if err != nil {
		return err
	}
	return db.CreateLink(ctx, auth.HashSecret(f.once), id)
}

// CreateKey stores the API key k, of which it needs the name, the role and perhaps the priority, with the given secret, and returns its id.
func CreateKey(ctx context.Context, db *store.DB, k auth.APIKey, secret string) (id string, err error) {
	k.CreatedAt = time.Now()
	k.ID, k.Hash, k.Hint = ids.New(ids.Key, k.CreatedAt), auth.HashSecret(secret), auth.Hint(secret)
	return k.ID, db.CreateKey(ctx, k)
}
