package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/openloop-server/openloop/internal/json"
)

// answer is one of /health or /ready.
type answer struct {
	code    int
	status  string // of HTTP
	Status  string `json:"status"`
	Version string `json:"version"`
	Detail  struct {
		Message string `json:"message"`
	} `json:"detail"`
}

// maxAnswer is the most bytes that are read of an answer.
const maxAnswer = 1 << 20

// get asks for a page. Its error is for [unreached] alone.
func get(ctx context.Context, client *http.Client, url, key string) (*answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	if key != "" {
		r.Header.Set("X-API-KEY", key)
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	a := &answer{code: resp.StatusCode, status: resp.Status}
	_ = json.UnmarshalForeign(raw, a) // what is no JSON of ours has no members
	return a, nil
}

// unreached says why an address cannot be reached, without any address.
func unreached(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "its name is not known"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "its certificate is not trusted"
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "its certificate is not trusted"
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "it does not answer"
	}
	return "no connection can be made"
}

// serverURL is where the running server is.
func (p *patient) serverURL() string {
	if p.Server != "" {
		return strings.TrimRight(p.Server, "/")
	}
	return p.Local
}

// address finds the running server, or looks whether one could listen.
func address(ctx context.Context, p *patient) sight {
	found, err := get(ctx, p.client, p.serverURL()+"/health", "")
	switch {
	case err == nil && found.Version != "":
		p.running = found
		return fine("A server runs at %s.", hostOf(p.serverURL()))
	case p.Server != "" && err != nil:
		return fail("%s cannot be reached: %s.", hostOf(p.Server), unreached(err))
	case err == nil:
		return fail("Another program answers at %s.", hostOf(p.serverURL()))
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", p.cfg.Addr)
	if err != nil {
		return fail("%s: %s.", p.cfg.Addr, because(err))
	}
	_ = listener.Close()
	return fine("No server runs, and %s is free.", p.cfg.Addr)
}

// ofServer makes a check of the running server.
func ofServer(see func(context.Context, *patient) sight) func(context.Context, *patient) sight {
	return func(ctx context.Context, p *patient) sight {
		if p.running == nil {
			return skip("No server runs.")
		}
		return see(ctx, p)
	}
}

var serverReady = ofServer(func(ctx context.Context, p *patient) sight {
	found, err := get(ctx, p.client, p.serverURL()+"/ready", "")
	switch {
	case err != nil:
		return fail("/ready: %s.", unreached(err))
	case found.code != http.StatusOK:
		return fail("/ready answers %s. %s", found.status, found.Detail.Message)
	}
	return fine("")
})

var serverVersion = ofServer(func(_ context.Context, p *patient) sight {
	if p.running.Version != p.Version {
		return warn("It is %s, and this program is %s.", p.running.Version, p.Version)
	}
	return fine("%s", p.Version)
})

var serverKey = ofServer(func(ctx context.Context, p *patient) sight {
	if p.cfg.APIKey == "" {
		return skip("OPENLOOP_API_KEY is not set.")
	}
	found, err := get(ctx, p.client, p.serverURL()+"/v5/me", p.cfg.APIKey)
	switch {
	case err != nil:
		return fail("/v5/me: %s.", unreached(err))
	case found.code != http.StatusOK:
		return fail("It answers %s.", found.status)
	}
	return fine("")
})
