// Package relay asks models. It finds the provider and the credentials of a model, retries, falls back to other models, computes costs, and
// measures. It records nothing and does not know Prompts. Everything that needs a model's answer uses it.
package relay

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/health"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/models"
	"github.com/openloop-server/openloop/internal/vault"
)

// Provider is a model provider with this server's settings.
type Provider struct {
	Driver   llm.Driver
	Serves   []llm.Served // as the driver's package declares it
	Lenient  bool         // likewise
	BaseURL  string       // where calls go that bring no address; only [Relay.Providers] tells it
	Display  string       // as an origin of errors
	Key      string       // of the server's environment; "" means none
	KeyName  string       // the setting that holds the key, for messages
	NeedsKey bool
	Nowhere  bool   // the settings do not say where calls go, as in which region: only a key that brings its address is of use
	URLName  string // the setting that holds the base URL, when there is no other and it is not set
	TakesURL bool   // a call may bring its base URL along with its key, as provider_api_keys.<slug>_endpoint
}

// Relay is safe for concurrent use.
type Relay struct {
	o       Options
	budgets budgets
	health  *health.Book

	testing sync.Mutex
	tests   map[keyID]KeyTest // the last of each key
}

// Options configures a Relay. All fields are required except Vault, Pressure, MaxRetries, Wait, Observe and Tell.
type Options struct {
	Vault     *vault.Vault        // nil means that no provider keys can be stored
	Providers map[string]Provider // by slug
	Models    *models.Registry
	Now       func() time.Time
	Observe   func(Observation) // called by [Relay.Observe]; nil means nobody looks
	Tell      func(text string) // tells other processes what [Relay.Hear] takes; it must be quick. Nil means that there are none

	Pressure   func() float64                             // of this server's own load, above 1 there is too much to do; nil means none
	MaxRetries int                                        // of what says nothing about it
	Wait       func(context.Context, time.Duration) error // before a retry; nil means [llm.Sleep]
}

// New returns a Relay.
func New(o Options) *Relay {
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	if o.Wait == nil {
		o.Wait = llm.Sleep
	}
	if o.Pressure == nil {
		o.Pressure = func() float64 { return 0 }
	}
	return &Relay{o: o, health: health.New(o.Now(), o.told()), tests: map[keyID]KeyTest{}}
}

// Question is a request to models.
type Question struct {
	Request   llm.Request       // without Model and Credentials
	Model     file.Fallback     // that is asked first
	Among     []Destination     // in place of Model, several of which one is asked first: another one as soon as it fails
	Fallbacks []file.Fallback   // that are asked, in order, when the ones before fail; no Provider means that of Model
	Keys      map[string]string // that the caller brings, by the names of provider_api_keys
	Retries   *int              // of each model; nil means the server's default

	// Sticky names the conversation. What has the same name is asked with the same key of a provider, while that one is well, so that the
	// provider's caches are of use. "" is for what stands alone: it goes where fewer calls are in flight.
	Sticky string

	// Conversation is what the calls of one conversation share, as their client says. It is only told.
	Conversation string

	// Until is when the caller stops waiting: no further attempt begins that has no time left. An attempt that has begun is not ended. Zero means
	// that nobody says it.
	Until time.Time

	// Fit changes the request for one model, which is named in it. It is told what that model can do, as far as it is known. Nil means that
	// all models get the same request.
	Fit func(provider string, can llm.Abilities, r *llm.Request)
}

// Plan is a question that can be asked any number of times, also concurrently.
type Plan struct {
	choices []choice // one at least: the models, in the order in which they are asked
	retries int
	until   time.Time // see [Question]

	conversation string // likewise
}

// Callable returns nil if at least one model of p can be called, and otherwise why the first cannot, such as provider_key_missing.
func (p *Plan) Callable() error {
	for i := range p.choices {
		if p.choices[i].candidates[0].setup == nil {
			return nil
		}
	}
	return p.choices[0].candidates[0].setup
}

// Native reports whether a model of p is asked in the words of the client.
func (p *Plan) Native() bool {
	return slices.ContainsFunc(p.choices, func(c choice) bool {
		return slices.ContainsFunc(c.candidates, func(t *candidate) bool { return t.request.Native != nil })
	})
}

// Plan finds the provider of each model of q. Errors: unknown_provider. A model whose provider has no key fails only when it is asked,
// because another model may answer.
func (r *Relay) Plan(ctx context.Context, q *Question) (*Plan, error) {
	p := &Plan{choices: make([]choice, 0, 1+len(q.Fallbacks)), retries: r.o.MaxRetries, until: q.Until, conversation: q.Conversation}
	if q.Retries != nil {
		p.retries = *q.Retries
	}
	first, err := r.choose(ctx, q, q.destinations())
	if err != nil {
		return nil, err
	}
	p.choices = append(p.choices, first)
	for _, f := range q.Fallbacks {
		if f.Provider == "" {
			f.Provider = q.Model.Provider
		}
		next, err := r.choose(ctx, q, []Destination{{Fallback: f, Weight: 1}})
		if err != nil {
			return nil, err
		}
		p.choices = append(p.choices, next)
	}
	return p, nil
}

// missing describes what a call with these credentials lacks. It is empty if they suffice.
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

func (r *Relay) unknownProvider(slug string) error {
	known := slices.Sorted(maps.Keys(r.o.Providers))
	return errs.New(errs.UnknownProvider, "This server has no provider %q. It has: %s.", slug, strings.Join(known, ", ")).At("provider")
}
