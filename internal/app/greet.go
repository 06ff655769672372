package app

import (
	"fmt"
	"io"
	"net"
	"strings"
)

// greet tells the operator where the server is, and at the first start how to call it.
func (a *App) greet(w io.Writer, addr net.Addr) {
	url := "http://" + reachable(addr)
	var b strings.Builder
	fmt.Fprintf(&b, "\nOpenloop %s is listening on %s (API reference: %s/docs)\n", Version, url, url)
	if a.secret != "" {
		fmt.Fprintf(&b, firstSteps, a.secret, url, a.secret, url, a.secret, url, a.secret)
	}
	_, _ = io.WriteString(w, b.String()+"\n")
}

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

// reachable is an address that a client on this machine can use.
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
