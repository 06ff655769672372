package app

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
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

// welcome greets the operator. The first server of a database makes an API key and shows it then; of replicas that start together, one does. The key is stored
// after it was shown, so a failed start leaves no key that nobody has seen.
func (a *App) welcome(ctx context.Context, w io.Writer, addr net.Addr) error {
	n, err := a.db.KeyCount(ctx)
	if err != nil {
		return err
	}
	shown, unshown := false, error(nil)
	if n == 0 && !a.onlyWorks() {
		made := &first{auth.NewSecret(), auth.NewToken()}
		k := newKey(auth.APIKey{Name: nameOfFirst, Role: auth.Admin}, made.secret)
		err = a.db.CreateFirstKey(context.WithoutCancel(ctx), k, auth.HashSecret(made.once), func() error {
			shown, unshown = true, a.greet(w, addr, made)
			return unshown
		})
	}
	if err = cmp.Or(unshown, err); err != nil || shown {
		return err
	}
	return a.greet(w, addr, nil)
}

// CreateKey stores the API key k, of which it needs the name, the role and perhaps the priority, with the given secret, and returns its id.
func CreateKey(ctx context.Context, db *store.DB, k auth.APIKey, secret string) (id string, err error) {
	k = newKey(k, secret)
	return k.ID, db.CreateKey(ctx, k)
}

func newKey(k auth.APIKey, secret string) auth.APIKey {
	k.CreatedAt = time.Now()
	k.ID, k.Hash, k.Hint = ids.New(ids.Key, k.CreatedAt), auth.HashSecret(secret), auth.Hint(secret)
	return k
}
