package access

import (
	"context"
	"net/netip"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/store"
)

// SignIn is what a browser shows to be signed in: the secret of an API key, or the token of a sign-in link.
type SignIn struct {
	Key       string
	Once      string
	Address   netip.Addr // of the browser
	UserAgent string     // as it calls itself
}

// maxUserAgent is the longest text that is kept of a browser's name for itself.
const maxUserAgent = 300

// SignIn opens a session and returns it with its token, which nobody can read again. Errors: gateway_key_invalid; gateway_rate_limited after too
// many failures from one address.
func (s *Service) SignIn(ctx context.Context, in SignIn) (session auth.Session, token string, err error) {
	done, err := s.tries.begin(in.Address, s.now())
	if err != nil {
		return session, "", err
	}
	token = auth.NewToken()
	session = auth.Session{ID: ids.New(ids.SignIn, s.now()), Hash: auth.HashSecret(token), UserAgent: errs.Truncate(in.UserAgent, maxUserAgent)}
	if in.Once != "" {
		session, err = s.db.RedeemLink(ctx, auth.HashSecret(in.Once), session)
	} else {
		session, err = s.signInWithKey(ctx, in.Key, session)
	}
	if !errs.Is(err, errs.GatewayKeyInvalid) {
		done()
	}
	return session, token, err
}

func (s *Service) signInWithKey(ctx context.Context, secret string, session auth.Session) (auth.Session, error) {
	who, err := s.Key(ctx, secret)
	if err != nil {
		return session, err
	}
	session.KeyID = who.KeyID
	return s.db.CreateSession(auth.With(ctx, who), session)
}

// Sessions lists the sessions of a key that have not ended, the newest first.
func (s *Service) Sessions(ctx context.Context, keyID string) ([]auth.Session, error) {
	all, err := s.db.Sessions(ctx, keyID)
	now, live := s.now(), make([]auth.Session, 0, len(all))
	for i := range all {
		if now.Before(all[i].EndsAt()) {
			live = append(live, all[i])
		}
	}
	return live, err
}

// NewLink makes a sign-in link of a key and returns its token.
func NewLink(ctx context.Context, db *store.DB, keyID string) (token string, err error) {
	token = auth.NewToken()
	return token, db.CreateLink(ctx, auth.HashSecret(token), keyID)
}
