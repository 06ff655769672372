package doctor

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/secret"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/vault"
)

// inStore makes a look at what is stored. It is skipped while opening the database would change it.
func inStore(ctx context.Context, p *patient, see func(*store.DB) sight) (saw sight) {
	if !p.current {
		return skip("The database is not there, or needs its migrations first.")
	}
	db, err := p.OpenStore(ctx)
	if err != nil {
		return skip("The database cannot be opened.")
	}
	defer func() { _ = db.Close(context.WithoutCancel(ctx)) }()
	return see(db)
}

func encryptionKey(ctx context.Context, p *patient) sight {
	if p.unusable && p.cfg.EncryptionKey == "" {
		return skip("The data directory cannot be used.")
	}
	if _, err := p.cfg.Encryption().Load(); err != nil && !errors.Is(err, secret.ErrNoKey) {
		return fail("It cannot be read.")
	}
	return inStore(ctx, p, func(db *store.DB) sight {
		switch err := vault.New(db, p.cfg.Encryption()).Check(ctx); {
		case err == nil:
			return fine("")
		case errors.Is(err, secret.ErrNoKey):
			return fail("There is no key.")
		case errors.Is(err, secret.ErrWrongKey):
			return fail("It is another key.")
		default:
			return fail("%s", sentence(errs.From(err).Message))
		}
	})
}

func encryptionKeyPlace(_ context.Context, p *patient) sight {
	switch _, err := os.Stat(p.cfg.Encryption().Path); {
	case p.cfg.EncryptionKey != "":
		return fine("It is in OPENLOOP_ENCRYPTION_KEY.")
	case p.cfg.DatabaseURL == "":
		return fine("It is in the data directory, beside the database.")
	case err != nil && p.Replicas == 1:
		return fine("There is none, and none is needed until a key of a provider is stored.")
	}
	return warn("OPENLOOP_ENCRYPTION_KEY is not set, and the database is PostgreSQL.")
}

func providerKeys(ctx context.Context, p *patient) sight {
	if !p.Providers {
		return skip("-providers tests them, by a short call of each.")
	}
	return inStore(ctx, p, func(db *store.DB) sight {
		tests, err := p.TestKeys(ctx, db)
		if err != nil {
			return fail("%s", sentence(errs.From(err).Message))
		}
		var well, ill []string
		for _, t := range tests {
			if t.Err == nil {
				well = append(well, t.Provider)
				continue
			}
			ill = append(ill, t.Provider+": "+sentence(errs.From(t.Err).Message))
		}
		switch {
		case len(ill) > 0:
			return fail("%s", strings.Join(ill, " "))
		case len(well) == 0:
			return fine("No provider has a key.")
		}
		return fine("They work: %s.", strings.Join(well, ", "))
	})
}

// hostOf is the host of a URL, which may hold a secret elsewhere.
func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "the address"
	}
	return u.Host
}
