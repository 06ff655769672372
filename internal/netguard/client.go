package netguard

import (
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// The limits of a request.
const (
	Timeout      = 30 * time.Second // to the end of the answer
	MaxBody      = 10 << 20         // bytes of an answer, decompressed
	MaxRedirects = 3
)

// Options configures a client.
type Options struct {
	AllowPrivate bool     // addresses that are not public, too
	Hosts        []string // that are allowed, a name, or "*.example.com" for all below it; nil allows all
}

// NewClient returns a client for addresses that users name. It takes http and https URLs, uses no proxy, keeps no cookies, and connects to public
// addresses on the ports 80, 443, and from 1024 on. It follows a few redirects, each checked like the first request, and sends none of the caller's
// headers to another host than the first. Requests that are not allowed fail with [ErrRefused].
func NewClient(o Options) *http.Client {
	control := func(network, address string, c syscall.RawConn) error {
		if err := checkPort(network, address, c); err != nil || o.AllowPrivate {
			return err
		}
		return Control(network, address, c)
	}
	dialer := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: control}
	return &http.Client{
		Timeout:       Timeout,
		CheckRedirect: redirect,
		Transport: &guard{hosts: o.Hosts, next: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 10 * time.Second, MaxResponseHeaderBytes: 256 << 10,
			MaxIdleConns: 64, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second,
		}},
	}
}

// guard checks each request, and bounds its answer.
type guard struct {
	hosts []string
	next  *http.Transport
}

// RoundTrip implements [http.RoundTripper].
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.check(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, err
	}
	res, err := g.next.RoundTrip(r)
	if err == nil {
		res.Body = &bounded{body: res.Body, left: MaxBody}
	}
	return res, err
}

// CloseIdleConnections is called by [http.Client.CloseIdleConnections].
func (g *guard) CloseIdleConnections() { g.next.CloseIdleConnections() }

func (g *guard) check(r *http.Request) error {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return refusal("it is not an http or https URL")
	}
	host := canonical(r.URL.Hostname())
	if host == "" {
		return refusal("the URL has no host")
	}
	if g.hosts != nil && !slices.ContainsFunc(g.hosts, func(pattern string) bool { return matches(pattern, host) }) {
		return refusal("the host is not one of those that the operator of this server allows")
	}
	return nil
}

func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// matches reports whether host is the one of a pattern, or below it.
func matches(pattern, host string) bool {
	pattern = canonical(pattern)
	if parent, all := strings.CutPrefix(pattern, "*"); all {
		return strings.HasPrefix(parent, ".") && strings.HasSuffix(host, parent) && len(host) > len(parent)
	}
	return pattern == host
}

// Errors of answers that a client does not take.
var (
	ErrTooLarge  = errors.New("the answer is too large")
	ErrRedirects = errors.New("there were too many redirects")
)

// kept are the headers that go to another host as well.
var kept = []string{"Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "User-Agent"}

// redirect prepares the next request of a chain. The first is via[0].
func redirect(r *http.Request, via []*http.Request) error {
	if len(via) > MaxRedirects {
		return ErrRedirects
	}
	elsewhere := func(other *http.Request) bool { return !sameHost(via[0], other) }
	if !elsewhere(r) && !slices.ContainsFunc(via, elsewhere) {
		return nil
	}
	if r.Body != nil && r.Body != http.NoBody {
		return refusal("it redirects a request with a body to another host")
	}
	for name := range r.Header {
		if !slices.Contains(kept, name) {
			r.Header.Del(name)
		}
	}
	return nil
}

// sameHost reports whether the credentials for a may go to b: to the same host and port, or to its encrypted one.
func sameHost(a, b *http.Request) bool {
	if canonical(a.URL.Hostname()) != canonical(b.URL.Hostname()) {
		return false
	}
	from, to := a.URL.Scheme+":"+a.URL.Port(), b.URL.Scheme+":"+b.URL.Port()
	return from == to || from == "http:" && to == "https:"
}

// bounded is a body that fails when it is too long.
type bounded struct {
	body io.ReadCloser
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if int64(n) > b.left {
		return int(b.left), ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}

func (b *bounded) Close() error { return b.body.Close() }
