package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/app"
	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/json"
)

const healthcheckUsage = `usage: openloop healthcheck [flags]

Asks the server with these settings whether it can serve calls, by its /ready. The exit code is 0 if it can, and 1 if not; then standard error says
why. It is made for the health checks of containers and services.

`

// healthcheckFlags are those of `healthcheck`.
type healthcheckFlags struct {
	*flag.FlagSet
	url     string
	timeout time.Duration
}

func newHealthcheckFlags(e *Env) *healthcheckFlags {
	f := &healthcheckFlags{FlagSet: newFlags(e, "healthcheck")}
	explain(f.FlagSet, healthcheckUsage, "")
	f.StringVar(&f.url, "url", "", "`URL` of the server; by default the address that it listens on (OPENLOOP_ADDR)")
	f.DurationVar(&f.timeout, "timeout", 5*time.Second, "`time` to wait for the answer")
	return f
}

func healthcheck(ctx context.Context, e *Env, args []string) error {
	f := newHealthcheckFlags(e)
	if err := onlyFlags(f.FlagSet, args); err != nil {
		return err
	}
	cfg, err := config.Read(e.Environ) // without warnings, which nobody would read every few seconds
	if err != nil {
		return err
	}
	if f.url == "" {
		f.url = app.LocalURL(&cfg)
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	return askReady(ctx, f.url, f.timeout)
}

// maxReady is the most bytes that are read of the answer of /ready.
const maxReady = 64 << 10

// askReady returns nil if the server at a URL is ready, and else a sentence that says why not.
func askReady(ctx context.Context, server string, within time.Duration) error {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is no URL of a server, as http://127.0.0.1:8080", server)
	}
	u = u.JoinPath("ready")
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	transport := &http.Transport{DisableKeepAlives: true} // and no proxy: it is this server that is asked
	resp, err := transport.RoundTrip(r)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s did not answer within %s", u.Redacted(), within)
	case err != nil:
		return fmt.Errorf("%s cannot be asked: %w", u.Redacted(), err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxReady)) // what was read tells enough
	return fmt.Errorf("%s answers %s%s", u.Redacted(), resp.Status, said(raw))
}

// said is the message in the body of an error, after a colon; "" if there is none.
func said(raw []byte) string {
	var body struct {
		Detail struct {
			Message string `json:"message"`
		} `json:"detail"`
	}
	if json.UnmarshalForeign(raw, &body) != nil || body.Detail.Message == "" {
		return ""
	}
	return ": " + strings.TrimSpace(body.Detail.Message)
}
