// Package gateway is the one path of a call: resolve the version, render it, call the model, record the Log, answer.
//
// A call that fails at the provider is recorded like one that succeeds, with what was delivered and why it failed. A Log is committed
// before the answer (of a stream: before its last chunk) is handed out, so a Log id that a caller has seen exists.
package gateway

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/models"
	"openloop/internal/store"
)

// Provider is a model provider as this server is set up for it.
type Provider struct {
	Driver   llm.Driver
	Display  string // as an origin of errors
	Key      string // the server's own key; "" means none
	KeyName  string // the setting that holds the key, for messages
	NeedsKey bool
}

// Gateway runs calls and records Logs. It is safe for concurrent use.
type Gateway struct {
	o Options
}

// Options is what a Gateway works with. All fields are needed but Observe.
type Options struct {
	DB        *store.DB
	Catalog   *catalog.Catalog
	Providers map[string]Provider // by slug
	Models    *models.Catalog
	Now       func() time.Time
	Logger    *slog.Logger
	Observe   func(Observation) // called once a sample, after it was recorded; nil means nobody looks
}

// New returns a Gateway.
func New(o Options) *Gateway {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	return &Gateway{o: o}
}

// Observation is what a sample was like, for metrics.
type Observation struct {
	Provider, Model string
	Streamed        bool
	Err             *errs.Error   // nil on success
	Cancelled       bool          // the caller left before the end
	Upstream        time.Duration // from the call of the provider to its last byte; 0 when it could not be called
	FirstToken      time.Duration // from the call of the provider to its first output; 0 when there was none
	Added           time.Duration // what this server added: to the answer, or to the first chunk of a stream
	Usage           llm.Usage
	PromptCost      *float64
	OutputCost      *float64
}

// provider finds the provider of a Prompt and the credentials of this call.
func (g *Gateway) provider(slug string, keys map[string]string) (Provider, llm.Credentials, error) {
	p, ok := g.o.Providers[slug]
	if !ok {
		return Provider{}, llm.Credentials{}, g.unknownProvider(slug)
	}
	key := keys[slug]
	if key == "" {
		key = p.Key
	}
	if key == "" && p.NeedsKey {
		return Provider{}, llm.Credentials{}, &errs.Error{
			Reason: errs.ProviderKeyMissing, Provider: slug, Param: "provider_api_keys." + slug,
			Message: "There is no API key for " + p.Display + ". Set " + p.KeyName + " on the server, or send provider_api_keys." + slug + " with the call.",
		}
	}
	return p, llm.Credentials{Key: key}, nil
}

func (g *Gateway) unknownProvider(slug string) error {
	known := make([]string, 0, len(g.o.Providers))
	for s := range g.o.Providers {
		known = append(known, s)
	}
	slices.Sort(known)
	e := errs.New(errs.UnknownProvider, "This server has no provider %q. It has: %s.", slug, strings.Join(known, ", "))
	e.Param = "provider"
	return e
}
