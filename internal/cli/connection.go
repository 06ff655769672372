package cli

import (
	"flag"

	"github.com/openloop-server/openloop/internal/filesync"
)

// defaultServer is where a server is whose address nobody has set.
const defaultServer = "http://127.0.0.1:8080"

// connection says which server a command talks to, and with which key.
type connection struct{ url, key string }

// flags adds the flags of a connection to f.
func (c *connection) flags(f *flag.FlagSet, e *Env) {
	f.StringVar(&c.url, "url", e.lookup("OPENLOOP_URL", defaultServer), "`URL` of the server (OPENLOOP_URL)")
	f.StringVar(&c.key, "api-key", "", "API `key`; better in OPENLOOP_API_KEY, which no list of processes shows")
}

// complete takes the key from the environment if no flag gave it. It returns what is wrong, or "".
func (c *connection) complete(e *Env) (problem string) {
	if c.key == "" {
		c.key = e.lookup("OPENLOOP_API_KEY", "")
	}
	if c.key == "" {
		return "set OPENLOOP_API_KEY to an API key of the server"
	}
	return ""
}

// client returns a client of the server.
func (c *connection) client() (*filesync.Client, error) { return filesync.NewClient(c.url, c.key) }
