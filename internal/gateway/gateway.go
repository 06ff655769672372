// Package gateway is the one path of a call: resolve the version, render it, call the model, record the Log, answer.
//
// A call that fails at the provider is recorded like one that succeeds, with what was delivered and why it failed. A Log is committed
// before the answer (of a stream: before its last chunk) is handed out, so a Log id that a caller has seen exists.
package gateway

import (
	"context"
	"slices"
	"strings"
	"time"

	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/llm"
	"openloop/internal/models"
	"openloop/internal/store"
	"openloop/internal/trace"
	"openloop/internal/vault"
)

// Provider is a model provider as this server is set up for it.
type Provider struct {
	Driver   llm.Driver
	Display  string // as an origin of errors
	Key      string // of the server's environment; "" means none
	KeyName  string // the setting that holds the key, for messages
	NeedsKey bool
	URLName  string // the setting that holds the base URL, when there is no other and it is not set
	TakesURL bool   // a call may bring its base URL along with its key, as provider_api_keys.<slug>_endpoint
}

// Gateway runs calls and records Logs. It is safe for concurrent use.
type Gateway struct {
	o       Options
	budgets budgets
}

// Options is what a Gateway works with. All fields are needed but Vault, Record, MaxRetries, Wait and Observe.
type Options struct {
	DB        *store.DB
	Vault     *vault.Vault // nil means that no provider keys can be stored
	Catalog   *catalog.Catalog
	Providers map[string]Provider // by slug
	Models    *models.Catalog
	Now       func() time.Time
	Record    func(context.Context, *trace.Log) error // commits a Log; nil means [store.DB.AppendLog]
	Observe   func(Observation)                       // called once a sample, after it was recorded; nil means nobody looks

	MaxRetries int                                        // of calls and Prompts that say nothing about it
	Wait       func(context.Context, time.Duration) error // before a retry; nil means [Sleep]
}

// New returns a Gateway.
func New(o Options) *Gateway {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	if o.Record == nil {
		o.Record = func(ctx context.Context, l *trace.Log) error { return o.DB.AppendLog(ctx, l) }
	}
	if o.Wait == nil {
		o.Wait = Sleep
	}
	return &Gateway{o: o}
}

// Observation is what a sample was like, for metrics.
type Observation struct {
	Provider, Model string // that answered; of a failed call the Prompt's own
	Attempts        []errs.Attempt
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

// provider finds the provider of a Prompt and the credentials of a call that brings keys. They come whole from the first place that has
// any: the call, the stored keys, the server's environment. So no key is sent to a base URL that came from elsewhere.
func (g *Gateway) provider(ctx context.Context, slug string, keys map[string]string) (Provider, llm.Credentials, error) {
	p, ok := g.o.Providers[slug]
	if !ok {
		return Provider{}, llm.Credentials{}, g.unknownProvider(slug)
	}
	in := llm.Credentials{Key: keys[slug]}
	if p.TakesURL {
		in.BaseURL = keys[slug+"_endpoint"]
	}
	if in == (llm.Credentials{}) && g.o.Vault != nil {
		stored, err := g.o.Vault.Credentials(ctx, slug)
		if err != nil {
			return Provider{}, llm.Credentials{}, err
		}
		in = stored
	}
	if in == (llm.Credentials{}) {
		in.Key = p.Key
	}
	if missing := p.missing(slug, in); missing != "" {
		return Provider{}, llm.Credentials{}, &errs.Error{
			Reason: errs.ProviderKeyMissing, Provider: slug, Param: "provider_api_keys." + slug, Message: missing,
		}
	}
	return p, in, nil
}

// missing says what a call with these credentials lacks, "" for nothing.
func (p *Provider) missing(slug string, in llm.Credentials) string {
	switch {
	case in.Key == "" && p.NeedsKey && in.BaseURL != "":
		return "A call that brings an endpoint of " + p.Display + " brings its key too: send provider_api_keys." + slug + "."
	case in.Key == "" && p.NeedsKey:
		return "There is no API key for " + p.Display + ". Set " + p.KeyName + " on the server, or send provider_api_keys." + slug + " with the call."
	case in.BaseURL == "" && p.URLName != "" && p.TakesURL:
		return "There is no base URL for " + p.Display + ". Set " + p.URLName + " on the server, or send provider_api_keys." + slug + "_endpoint with the call."
	case in.BaseURL == "" && p.URLName != "":
		return "There is no base URL for " + p.Display + ". Set " + p.URLName + " on the server."
	}
	return ""
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
