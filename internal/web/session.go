package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

// SessionCookie is the name of the cookie with the token of a session.
const SessionCookie = openapi.SessionCookie

// sessionToken is the token in the cookie of r, "" for none.
func sessionToken(r *http.Request) string {
	cookie, err := r.Cookie(SessionCookie)
	if err != nil || !plausible(cookie.Value) {
		return ""
	}
	return cookie.Value
}

// SetSession tells the browser of an operation to send token from now on, or nothing more if token is "". The browser keeps it until the end; pages
// cannot read it, and requests that other sites cause do not carry it, but for links.
func SetSession(ctx context.Context, token string, end time.Time) {
	c := exchangeFrom(ctx)
	if c == nil {
		return
	}
	v := VisitorOf(ctx)
	cookie := http.Cookie{Name: SessionCookie, Value: token, Path: v.Prefix, Expires: end, Secure: v.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode} //nolint:gosec // Secure where there is TLS: without it, browsers would drop the cookie
	if cookie.Path == "" {
		cookie.Path = "/"
	}
	if token == "" {
		cookie.MaxAge, cookie.Expires = -1, time.Time{}
	}
	c.Header().Add("Set-Cookie", cookie.String())
}

// CheckOrigin fails with gateway_permission_denied if a browser sent the request of an operation for another site's page. Operations without a
// key call it that sign in or out. Requests that no browser sent pass.
func CheckOrigin(ctx context.Context) error {
	c := exchangeFrom(ctx)
	if c == nil || c.request == nil || c.request.Header.Get("Sec-Fetch-Site") == "" && c.request.Header.Get("Origin") == "" {
		return nil
	}
	return c.server.checkOrigin(c.request)
}

// checkOrigin fails unless r comes from a page of this server. Newer browsers say so of requests over HTTPS and to this machine; of all others
// they tell the origin of the page.
func (s *Server) checkOrigin(r *http.Request) error {
	ours := false
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		ours = site == "same-origin"
	} else if origin := r.Header.Get("Origin"); origin != "" {
		ours = s.isOwn(origin, r)
	}
	if ours {
		return nil
	}
	return errs.New(errs.GatewayPermissionDenied, "A request that is signed in by a cookie must come from a page of this server, and this one does not say so. "+
		"Send an API key in the header X-API-KEY instead. If it does come from one, a proxy hides that: set OPENLOOP_PUBLIC_URL.")
}

// isOwn reports whether origin is that of this server's pages: the public URL's, or the address that r was sent to.
func (s *Server) isOwn(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if s.public != nil && u.Scheme == s.public.Scheme && hostOf(u.Scheme, u.Host) == hostOf(s.public.Scheme, s.public.Host) {
		return true
	}
	v := s.visitor(r)
	if v.known && v.HTTPS != (u.Scheme == "https") {
		return false
	}
	return hostOf(u.Scheme, u.Host) == hostOf(u.Scheme, v.host)
}

// hostOf returns host in lower case, without the usual port of scheme.
func hostOf(scheme, host string) string {
	usual := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return strings.TrimSuffix(strings.ToLower(host), usual)
}
