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
	err = CreateKey(ctx, a.db, nameOfFirst, auth.Admin, secret)
	if errs.Is(err, errs.AlreadyExists) {
		return errors.New("the key in OPENLOOP_API_KEY was revoked; set another one")
	}
	return err
}

// firstKey returns the secret of the key that this start has to make and show, or "" if the server has keys. A listening server stores the
// key after showing it, so a failed start leaves no key that nobody has seen.
func (a *App) firstKey(ctx context.Context) (string, error) {
	if a.onlyWorks() {
		return "", nil
	}
	n, err := a.db.KeyCount(ctx)
	if err != nil || n > 0 {
		return "", err
	}
	return auth.NewSecret(), nil
}

// CreateKey stores an API key with the given secret.
func CreateKey(ctx context.Context, db *store.DB, name string, role auth.Role, secret string) error {
	now := time.Now()
	return db.CreateKey(ctx, auth.APIKey{
		ID: ids.New(ids.Key, now), Name: name, Role: role, Hash: auth.HashSecret(secret), Hint: auth.Hint(secret), CreatedAt: now,
	})
}
