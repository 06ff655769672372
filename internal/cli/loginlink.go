package cli

import (
	"context"
	"flag"
	"fmt"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

// loginLinkFlags are those of `login-link`.
type loginLinkFlags struct {
	*flag.FlagSet
	key string
}

func newLoginLinkFlags(e *Env) *loginLinkFlags {
	f := &loginLinkFlags{FlagSet: newFlags(e, "login-link")}
	f.StringVar(&f.key, "key", "", "the `KEY-ID` of the API key to sign in with; the oldest one of an admin by default")
	return f
}

// loginLink prints a sign-in link of a key: of the oldest one of an admin, unless -key names another.
func loginLink(ctx context.Context, e *Env, args []string) error {
	flags := newLoginLinkFlags(e)
	if err := onlyFlags(flags.FlagSet, args); err != nil {
		return err
	}
	return withStore(ctx, e, func(db *store.DB) error {
		key, err := keyToSignIn(ctx, db, flags.key)
		if err != nil {
			return err
		}
		once, err := access.NewLink(ctx, db, key)
		if err != nil {
			return err
		}
		cfg, err := config.Read(e.Environ)
		if err == nil {
			_, err = fmt.Fprintln(e.Stdout, app.LoginURL(&cfg, once))
		}
		return err
	})
}

// keyToSignIn returns id if it is that of a valid key; for "" it chooses one.
func keyToSignIn(ctx context.Context, db *store.DB, id string) (string, error) {
	all, err := db.Keys(ctx)
	if err != nil {
		return "", err
	}
	for i := range all {
		valid := all[i].RevokedAt.IsZero()
		if valid && (all[i].ID == id || id == "" && all[i].Role == auth.Admin) {
			return all[i].ID, nil
		}
	}
	if id == "" {
		return "", errs.New(errs.ResourceNotFound, "There is no API key with the role admin. `openloop keys create -role admin NAME` makes one.")
	}
	return "", errs.New(errs.ResourceNotFound, "There is no valid API key `%s`. `openloop keys list` lists them.", id)
}
