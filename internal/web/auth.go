package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
)

const maxSecret = 512

// authenticate finds the principal of the request and checks its role. Nothing of the body has been read by then.
func (s *Server) authenticate(c *exchange, r *http.Request) error {
	if c.route.opened(r) {
		return nil
	}
	who, err := s.principal(c.Context, r) // not c: what still waits for its end would see it change below
	if err != nil {
		return err
	}
	c.Context = auth.With(c.Context, who)
	return permit(who.Role, c.route.Role)
}

// opened reports whether r has a key that is for this route alone.
func (r *Route) opened(request *http.Request) bool {
	if r.Opens == nil {
		return false
	}
	keys, err := secretsOf(request.Header)
	return err == nil && slices.ContainsFunc(keys, r.Opens)
}

// principal finds who makes a request: by its key, or without one by its session.
func (s *Server) principal(ctx context.Context, r *http.Request) (auth.Principal, error) {
	keys, err := secretsOf(r.Header)
	if err == nil {
		return s.holder(ctx, keys)
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

// holder finds who has the first of keys that is known. The failure is that of the first.
func (s *Server) holder(ctx context.Context, keys []string) (auth.Principal, error) {
	var first error
	for _, key := range keys {
		who, err := s.opts.Authenticate(ctx, key)
		if err == nil || !errs.Is(err, errs.GatewayKeyInvalid) {
			return who, err
		}
		first = cmp.Or(first, err)
	}
	return auth.Principal{}, first
}

func permit(has, needs auth.Role) error {
	if has.Allows(needs) {
		return nil
	}
	return errs.New(errs.GatewayPermissionDenied, "This needs a key with the role %s; the key of this request has the role %s.", needs, has)
}

// HeaderKey is the header of a key that counts alone, for clients that send something else in the usual ones.
const HeaderKey = "X-Openloop-Key"

// secretsOf returns the keys of a request, one at least: that of [HeaderKey], or else those of X-API-KEY, the bearer token of Authorization, and
// api-key. Some clients send several, of which one is for somebody else.
func secretsOf(h http.Header) ([]string, error) {
	given := []string{h.Get(HeaderKey)}
	var unreadable error
	if strings.TrimSpace(given[0]) == "" {
		token, err := Bearer(h.Get("Authorization"))
		given, unreadable = []string{h.Get("X-Api-Key"), token, h.Get("Api-Key")}, err
	}
	keys := given[:0]
	for _, key := range given {
		switch key = strings.TrimSpace(key); {
		case key == "" || slices.Contains(keys, key):
		case plausible(key):
			keys = append(keys, key)
		default:
			unreadable = cmp.Or(unreadable, error(errs.New(errs.GatewayKeyInvalid, "The API key of the request is malformed.")))
		}
	}
	switch {
	case len(keys) > 0:
		return keys, nil
	case unreadable != nil:
		return nil, unreadable
	}
	return nil, errs.New(errs.GatewayKeyMissing, "There is no API key in the request. Send it in the header X-API-KEY.")
}

// Bearer returns the token of an Authorization header, "" if the header is empty. Errors: gateway_key_invalid for another scheme.
func Bearer(header string) (string, error) {
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
