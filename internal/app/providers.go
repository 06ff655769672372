package app

import (
	"cmp"
	"context"
	"fmt"

	"github.com/openloop-server/openloop/internal/config"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
	"github.com/openloop-server/openloop/internal/provider/anthropic"
	"github.com/openloop-server/openloop/internal/provider/bedrock"
	"github.com/openloop-server/openloop/internal/provider/cohere"
	"github.com/openloop-server/openloop/internal/provider/gemini"
	"github.com/openloop-server/openloop/internal/provider/mock"
	"github.com/openloop-server/openloop/internal/provider/openai"
	"github.com/openloop-server/openloop/internal/provider/replicate"
	"github.com/openloop-server/openloop/internal/provider/vertex"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/telemetry"
	"github.com/openloop-server/openloop/internal/vendor"
)

// wires are the wire formats that this server speaks, by the names that the rows of vendors have for them.
var wires = map[string]llmhttp.Provider{
	"anthropic": anthropic.Provider,
	"bedrock":   bedrock.Provider,
	"cohere":    cohere.Provider,
	"gemini":    gemini.Provider,
	"mock":      mock.Provider,
	"openai":    openai.Provider,
	"replicate": replicate.Provider,
	"vertex":    vertex.Provider,
}

// Declared is a vendor with what it serves.
type Declared struct {
	vendor.Vendor
	llm.Declaration
}

// Declarations returns what each provider's package declares about its endpoints and abilities. The documentation is generated from it.
func Declarations() []Declared {
	var all []Declared
	for _, v := range vendor.All() {
		all = append(all, Declared{v, wires[v.Wire].Declare(v)})
	}
	return all
}

// eventCounts count events of providers' streams: those that are skipped, and those that go on unread. Both may be nil.
type eventCounts struct{ strays, unread func(provider string) }

// providers returns the model providers.
func providers(ctx context.Context, cfg *config.Config, events eventCounts) (map[string]relay.Provider, error) {
	hc := &llmhttp.Client{
		Transport:     llmhttp.NewTransport(),
		HeaderTimeout: cfg.Timeouts.Provider, IdleTimeout: cfg.Timeouts.StreamIdle, OutputTimeout: cfg.Timeouts.StreamOutput,
		Strays: events.strays, Unread: events.unread,
	}
	if !cfg.AllowPrivate {
		hc.Foreign = llmhttp.NewPublicTransport()
	}
	telling := new(*hc)
	telling.TraceParent = telemetry.TraceParent
	all := map[string]relay.Provider{}
	for _, v := range vendor.All() {
		access := cfg.Providers[v.Slug]
		v.Display, v.BaseURL = cmp.Or(access.Name, v.Display), cmp.Or(access.BaseURL, v.BaseURL)
		client := hc
		if access.BaseURL != "" { // a place of the operator's choice: a proxy, a model server, another Openloop
			client = telling
		}
		driver, err := wires[v.Wire].Open(ctx, client, v, access)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.Slug, err)
		}
		declared := wires[v.Wire].Declare(v)
		p := relay.Provider{
			Driver: driver, Serves: declared.Endpoints, Lenient: declared.Lenient, BaseURL: v.BaseURL, Display: v.Display, Key: access.Key,
			KeyName: v.Variable(vendor.Key), NeedsKey: !v.NoKey, TakesURL: v.TakesURL,
		}
		if d, ok := driver.(interface{ Placed() bool }); ok {
			p.Nowhere = !d.Placed()
		}
		if v.BaseURL == "" {
			p.URLName = v.Variable(vendor.BaseURL)
		}
		all[v.Slug] = p
	}
	return all, nil
}
