package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ofPublic makes a check of the public URL.
func ofPublic(see func(ctx context.Context, p *patient, u *url.URL) sight) func(context.Context, *patient) sight {
	return func(ctx context.Context, p *patient) sight {
		u, err := url.Parse(p.cfg.PublicURL)
		if p.cfg.PublicURL == "" || err != nil || u.Host == "" {
			return skip("OPENLOOP_PUBLIC_URL is not set.")
		}
		return see(ctx, p, u)
	}
}

// publicURL asks for /health there. Whether the certificate is any good is a matter of other checks, so that each tells of one fault.
var publicURL = ofPublic(func(ctx context.Context, p *patient, u *url.URL) sight {
	any := &http.Client{CheckRedirect: stay, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, //nolint:gosec // nothing secret is sent
	}}
	found, err := get(ctx, any, p.cfg.PublicURL+"/health", "")
	switch {
	case err != nil:
		return fail("%s: %s.", u.Host, unreached(err))
	case found.code != http.StatusOK || found.Status == "":
		return fail("%s answers %s to /health, as this server would not.", u.Host, found.status)
	case p.running != nil && found.Version != p.running.Version:
		return fail("A server of version %s is there, and %s runs here.", found.Version, p.running.Version)
	}
	return fine("It leads to a server of version %s.", found.Version)
})

var publicURLSecure = ofPublic(func(_ context.Context, _ *patient, u *url.URL) sight {
	if u.Scheme != "https" && !isLoopback(u.Hostname()) {
		return warn("It starts with http://.")
	}
	return fine("")
})

// ofCertificate makes a check of the certificates at the public URL, the server's own first.
func ofCertificate(see func(p *patient, u *url.URL, chain []*x509.Certificate) sight) func(context.Context, *patient) sight {
	return ofPublic(func(ctx context.Context, p *patient, u *url.URL) sight {
		if u.Scheme != "https" {
			return skip("The public URL is not encrypted.")
		}
		chain := certificates(ctx, u)
		if len(chain) == 0 {
			return skip("Nothing speaks TLS there.")
		}
		return see(p, u, chain)
	})
}

// certificates are those that the host of a URL shows, trusted or not.
func certificates(ctx context.Context, u *url.URL) []*x509.Certificate {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, ServerName: u.Hostname()}} //nolint:gosec // they are only looked at
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil
	}
	defer conn.Close() //nolint:errcheck // nothing was sent
	return conn.(*tls.Conn).ConnectionState().PeerCertificates
}

// soon is when a certificate should have been renewed.
const soon = 14 * 24 * time.Hour

var tlsExpiry = ofCertificate(func(p *patient, _ *url.URL, chain []*x509.Certificate) sight {
	until := chain[0].NotAfter
	for _, c := range chain {
		if c.NotAfter.Before(until) {
			until = c.NotAfter
		}
	}
	switch now := p.Now(); {
	case now.After(until):
		return fail("It ended on %s.", until.UTC().Format(time.DateOnly))
	case now.Before(chain[0].NotBefore):
		return fail("It begins on %s.", chain[0].NotBefore.UTC().Format(time.DateOnly))
	case until.Sub(now) < soon:
		return warn("It ends on %s.", until.UTC().Format(time.DateOnly))
	}
	return fine("It ends on %s.", until.UTC().Format(time.DateOnly))
})

var tlsName = ofCertificate(func(_ *patient, u *url.URL, chain []*x509.Certificate) sight {
	if chain[0].VerifyHostname(u.Hostname()) == nil {
		return fine("")
	}
	names := slices.Clone(chain[0].DNSNames)
	for _, ip := range chain[0].IPAddresses {
		names = append(names, ip.String())
	}
	return fail("It is for %s, and not for %s.", strings.Join(names, ", "), u.Hostname())
})

var tlsChain = ofCertificate(func(p *patient, _ *url.URL, chain []*x509.Certificate) sight {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: p.Roots, Intermediates: between, CurrentTime: chain[0].NotAfter.Add(-time.Second)})
	if err != nil {
		return fail("It is signed by %s.", signer(chain))
	}
	return fine("")
})

// signer names who signed the last certificate of a chain.
func signer(chain []*x509.Certificate) string {
	last := chain[len(chain)-1]
	if name := last.Issuer.CommonName; name != "" {
		return name
	}
	return "somebody without a name"
}
