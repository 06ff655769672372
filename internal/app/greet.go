package app

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// greet prints the server's address and an example call, with the secret of the first start or a placeholder for the operator's own key. It
// fails if the secret could not be printed.
func (a *App) greet(w io.Writer, addr net.Addr, secret string) error {
	url := "http://" + reachable(addr)
	var b strings.Builder
	if a.onlyWorks() {
		_, err := fmt.Fprintf(w, onlyWorkers, Version, url)
		return err
	}
	fmt.Fprintf(&b, "\nOpenloop %s is listening on %s (API reference: %s/docs)\n", Version, url, url)
	if secret == "" {
		b.WriteString(moreKeys)
	} else {
		fmt.Fprintf(&b, firstSteps, secret, url, secret, url, secret, url, secret)
	}
	if _, err := io.WriteString(w, b.String()+"\n"); err != nil && secret != "" {
		return errors.New("the first API key is shown on standard output, which cannot be written; set OPENLOOP_API_KEY to a key of your own instead")
	}
	return nil
}

const onlyWorkers = "\nOpenloop %s runs Evaluations and Evaluators, and serves no API. %s/health, /ready and /metrics tell how it is.\n\n"

const moreKeys = `
It has API keys already. To make another one, with the same settings:

    openloop keys create -role admin NAME
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

// reachable returns an address that clients on this machine can use.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
