package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// Visitor is who sent a request, and by which address of the server, as the connection says it, or a proxy that is trusted.
type Visitor struct {
	Address   netip.Addr
	HTTPS     bool
	Prefix    string // of the paths of this server in the client's view, as "/x/y"; "" for none
	UserAgent string // as the client calls itself
	Session   string // the token in the cookie; "" for none

	host  string // that the client asked, with its port
	known bool   // a proxy said whether it was HTTPS
}

// VisitorOf returns who sent the request of an operation.
func VisitorOf(ctx context.Context) Visitor {
	c := exchangeFrom(ctx)
	if c == nil || c.request == nil {
		return Visitor{}
	}
	return c.server.visitor(c.request)
}

func (s *Server) visitor(r *http.Request) Visitor {
	v := Visitor{HTTPS: r.TLS != nil, host: r.Host, UserAgent: r.UserAgent(), Session: sessionToken(r)}
	if from, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		v.Address = from.Addr().Unmap()
	}
	if s.trusts(v.Address) {
		v.forwarded(r.Header, s.trusts)
	}
	if s.public != nil {
		v.HTTPS, v.Prefix = s.public.Scheme == "https", s.prefix
	}
	return v
}

// forwarded takes over what the nearest proxy says of the client.
func (v *Visitor) forwarded(h http.Header, trusts func(netip.Addr) bool) {
	if proto := lastOf(h, "X-Forwarded-Proto"); proto != "" {
		v.HTTPS, v.known = strings.EqualFold(proto, "https"), true
	}
	if host := lastOf(h, "X-Forwarded-Host"); host != "" {
		v.host = host
	}
	v.Prefix = cleanPrefix(h.Get("X-Forwarded-Prefix"))
	hops := strings.Split(strings.Join(h.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		a, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return
		}
		v.Address = a.Unmap()
		if !trusts(v.Address) {
			return
		}
	}
}

// lastOf returns the last value of a list, which the nearest proxy has written.
func lastOf(h http.Header, name string) string {
	all := strings.Join(h.Values(name), ",")
	return strings.TrimSpace(all[strings.LastIndexByte(all, ',')+1:])
}

func (s *Server) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(s.opts.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// cleanPrefix returns a path without a slash at its end; "" if it is no path of letters, digits, and signs that need no escaping.
func cleanPrefix(p string) string {
	p = strings.TrimRight(p, "/")
	if !strings.HasPrefix(p, "/") || strings.Contains(p, "//") {
		return ""
	}
	for i := range len(p) {
		if !isAlphanumeric(p[i]) && strings.IndexByte("/-._~", p[i]) < 0 {
			return ""
		}
	}
	return p
}

// readBase keeps the parts of the public URL.
func (s *Server) readBase() {
	u, err := url.Parse(s.opts.BaseURL)
	if err == nil && u.Host != "" {
		s.public, s.prefix = u, cleanPrefix(u.EscapedPath())
	}
}

// base returns what the addresses of documents in the answer to r begin with.
func (s *Server) base(r *http.Request) string {
	if s.opts.BaseURL != "" || len(s.opts.TrustedProxies) == 0 || r == nil {
		return s.opts.BaseURL
	}
	return s.visitor(r).Prefix
}

// without returns the rest of path below prefix, and whether it is below.
func without(path, prefix string) (rest string, below bool) {
	rest, below = strings.CutPrefix(path, prefix)
	if !below || prefix == "" || rest != "" && rest[0] != '/' {
		return "", false
	}
	return "/" + strings.TrimPrefix(rest, "/"), true
}
