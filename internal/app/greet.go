package app

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/openloop-server/openloop/internal/config"
)

// greet prints the server's address and how to begin: with what the first start has made, or else with the commands that make it. made is nil
// unless this is the first start. It fails if the secret of the first key could not be printed.
func (a *App) greet(w io.Writer, addr net.Addr, made *first) error {
	url := "http://" + reachable(addr.String())
	var b strings.Builder
	if a.onlyWorks() {
		_, err := fmt.Fprintf(w, onlyWorkers, Version, url)
		return err
	}
	fmt.Fprintf(&b, "\nOpenloop %s is listening on %s (API reference: %s/docs)\n", Version, url, url)
	if !a.ui.Built() {
		b.WriteString("\nThis binary was built without the web UI; `make ui` builds it.\n")
	}
	switch {
	case made == nil:
		b.WriteString(moreKeys)
	case a.ui.Built():
		fmt.Fprintf(&b, signIn, loginURL(cmp.Or(a.cfg.PublicURL, url), made.once))
		fallthrough
	default:
		secret := made.secret
		fmt.Fprintf(&b, firstSteps, secret, url, secret, url, secret, url, secret)
	}
	if _, err := io.WriteString(w, b.String()+"\n"); err != nil && made != nil {
		return errors.New("the first API key is shown on standard output, which cannot be written; set OPENLOOP_API_KEY to a key of your own instead")
	}
	return nil
}

const onlyWorkers = "\nOpenloop %s runs Evaluations and Evaluators, and serves no API. %s/health, /ready and /metrics tell how it is.\n\n"

const moreKeys = `
It has API keys already. To sign in to the web UI, or to make another key, with the same settings:

    openloop login-link
    openloop keys create -role admin NAME
`

const signIn = `
Open the web UI. This link signs you in, once and within ten minutes:

    %s
`

const firstSteps = `
Your API key, shown this once:

    %s

Try it, without any provider's key:

    curl -s %s/v5/prompts/call -H 'X-API-KEY: %s' -H 'Content-Type: application/json' \
      -d '{"path":"hello","prompt":{"model":"echo","provider":"mock"},"messages":[{"role":"user","content":"Hello!"}]}'

The official SDKs need two lines:

    Python:      client = Humanloop(base_url="%s/v5", api_key="%s")
    TypeScript:  new HumanloopClient({ environment: "%s/v5", apiKey: "%s" })
`

// LoginURL returns the address of a sign-in link of a server with the settings.
func LoginURL(cfg *config.Config, once string) string {
	return loginURL(cmp.Or(cfg.PublicURL, LocalURL(cfg)), once)
}

// LocalURL returns the address by which clients on this machine reach a server with the settings.
func LocalURL(cfg *config.Config) string { return "http://" + reachable(cfg.Addr) }

// loginURL puts the token behind "#", so that browsers do not send it with the address and no log holds it.
func loginURL(server, once string) string { return server + "/login#once=" + once }

// reachable returns the address, host and port, by which clients on this machine reach one that a server listens on.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
