package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// checkKeys fails if the server could not decrypt the stored keys, and says what to do.
func checkKeys(ctx context.Context, keys *vault.Vault) error {
	err := keys.Check(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, secret.ErrWrongKey), errors.Is(err, secret.ErrNoKey):
		return fmt.Errorf("provider keys or variables of Tools are stored, but they cannot be opened: %w. Nothing is lost: give the encryption key "+
			"back in OPENLOOP_ENCRYPTION_KEY, or as the file encryption.key in OPENLOOP_DATA_DIR. If it is gone for good, delete the stored keys "+
			"with `openloop provider-keys delete PROVIDER`, or all that it sealed with `openloop provider-keys delete -all`, and store them anew", err)
	case errs.Is(err, errs.Internal):
		return fmt.Errorf("the encryption key cannot be read: %w. Correct OPENLOOP_ENCRYPTION_KEY, or the file encryption.key in OPENLOOP_DATA_DIR", err)
	default:
		return fmt.Errorf("the stored provider keys and variables of Tools cannot be checked: %s", errs.From(err).Message)
	}
}

// OpenRelay returns a relay on an open database, for commands that need no server.
func OpenRelay(ctx context.Context, cfg *config.Config, db *store.DB) (*relay.Relay, error) {
	known, err := catalogue(cfg)
	if err != nil {
		return nil, err
	}
	return newRelay(ctx, cfg, relay.Options{Vault: vault.New(db, cfg.Encryption()), Models: known}, eventCounts{})
}
