package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

const maxSecret = 512

// authenticate finds the principal of the request and checks its role. Nothing of the body has been read by then.
func (s *Server) authenticate(c *exchange, r *http.Request) error {
	who, err := s.principal(c.Context, r) // not c: what still waits for its end would see it change below
	if err != nil {
		return err
	}
	c.Context = auth.With(c.Context, who)
	return permit(who.Role, c.route.Role)
}

// principal finds who makes a request: by its key, or without one by its session.
func (s *Server) principal(ctx context.Context, r *http.Request) (auth.Principal, error) {
	secret, err := secretOf(r.Header)
	if err == nil {
		return s.opts.Authenticate(ctx, secret)
	}
	token := ""
	if s.opts.Session != nil && errs.Is(err, errs.GatewayKeyMissing) {
		token = sessionToken(r)
	}
	if token == "" {
		return auth.Principal{}, err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		if err := s.checkOrigin(r); err != nil {
			return auth.Principal{}, err
		}
	}
	return s.opts.Session(ctx, token)
}

func permit(has, needs auth.Role) error {
	if has.Allows(needs) {
		return nil
	}
	return errs.New(errs.GatewayPermissionDenied, "This needs a key with the role %s; the key of this request has the role %s.", needs, has)
}

// secretOf is the key of a request. It is in X-API-KEY, the bearer token of Authorization, or api-key; the first one counts.
func secretOf(h http.Header) (string, error) {
	secret := strings.TrimSpace(h.Get("X-Api-Key"))
	if secret == "" {
		var err error
		if secret, err = bearer(h.Get("Authorization")); err != nil {
			return "", err
		}
	}
	if secret == "" {
		secret = strings.TrimSpace(h.Get("Api-Key"))
	}
	if secret == "" {
		return "", errs.New(errs.GatewayKeyMissing, "There is no API key in the request. Send it in the header X-API-KEY.")
	}
	if !plausible(secret) {
		return "", errs.New(errs.GatewayKeyInvalid, "The API key of the request is malformed.")
	}
	return secret, nil
}

func bearer(header string) (string, error) {
	header = strings.TrimSpace(header)
	if header == "" {
		return "", nil
	}
	scheme, secret, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", errs.New(errs.GatewayKeyInvalid, "The Authorization header must be \"Bearer\" and an API key.")
	}
	return strings.TrimSpace(secret), nil
}

// plausible reports whether secret is printable ASCII without blanks, as every key is.
func plausible(secret string) bool {
	if len(secret) > maxSecret {
		return false
	}
	for i := range len(secret) {
		if b := secret[i]; b <= ' ' || b > '~' {
			return false
		}
	}
	return true
}
