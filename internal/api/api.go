// Package api is the HTTP interface of the server: the table of routes, and the handlers that translate between the wire types of the v5
// API and the domain. Package web holds what all routes share: decoding, validation, errors, streams.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/admit"
	"github.com/openloop-server/openloop/internal/agent"
	"github.com/openloop-server/openloop/internal/aliases"
	"github.com/openloop-server/openloop/internal/api/admin"
	"github.com/openloop-server/openloop/internal/api/anthropic"
	"github.com/openloop-server/openloop/internal/api/browse"
	"github.com/openloop-server/openloop/internal/api/docs"
	"github.com/openloop-server/openloop/internal/api/evals"
	"github.com/openloop-server/openloop/internal/api/explore"
	"github.com/openloop-server/openloop/internal/api/ingress"
	"github.com/openloop-server/openloop/internal/api/mcp"
	"github.com/openloop-server/openloop/internal/api/openai"
	"github.com/openloop-server/openloop/internal/api/play"
	"github.com/openloop-server/openloop/internal/api/spans"
	"github.com/openloop-server/openloop/internal/api/stats"
	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/cases"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/evaluations"
	"github.com/openloop-server/openloop/internal/evaluations/gate"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/gateway"
	"github.com/openloop-server/openloop/internal/judge"
	"github.com/openloop-server/openloop/internal/logbook"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/toolrun"
	"github.com/openloop-server/openloop/internal/ui"
	"github.com/openloop-server/openloop/internal/vault"
	"github.com/openloop-server/openloop/internal/web"
)

// Options configures the API. UI, Metrics, BaseURL, MaxBody, MaxBodies, Admit, TrustedProxies, Observe, Trace and NextSweep are optional.
type Options struct {
	DB             *store.DB
	Access         *access.Service
	UI             *ui.Site // nil means that there is none
	Catalog        *catalog.Catalog
	Relay          *relay.Relay
	Gateway        *gateway.Gateway
	Tools          *toolrun.Runner
	Agents         *agent.Runner
	Vault          *vault.Vault
	Logs           *logbook.Book
	Evaluations    *evaluations.Service
	Judge          *judge.Judge
	Logger         *slog.Logger
	Now            func() time.Time
	Version        string       // of the program
	Metrics        http.Handler // serves /metrics
	Unserved       bool         // only /health, /ready and /metrics are served: the process is there for other work
	MetricsKey     string       // a key for the metrics alone; "" for none
	MetricsOpen    bool         // to everybody; otherwise it takes a key, of any role
	BaseURL        string
	MaxBody        int64
	MaxBodies      int64
	Admit          *admit.Controller // turns requests away under load; nil lets all in
	ForwardBearer  bool              // see [ingress.Options]
	Strict         bool              // refuses requests with members or parameters that nothing reads
	StreamHold     time.Duration     // as [web.Options] has it
	AllowedOrigins []string
	TrustedProxies []netip.Prefix
	Observe        func(web.Observation)
	Trace          func(context.Context, *http.Request, *web.Route) (context.Context, func(web.Observation)) // see [web.Options]
	Retention      time.Duration                                                                             // how long Logs are kept of Files without a rule of their own; 0 for ever
	NextSweep      func() time.Time                                                                          // when old Logs are deleted next; nil if another process does it
}

// API holds the handlers. They are safe for concurrent use.
type API struct {
	o     Options
	web   *web.Server
	shows *show.Shows
	kinds map[file.Kind]anyKind

	cases   *cases.Cases
	gates   *gate.Service
	aliases *aliases.Registry

	docs *docs.Docs
}

// New returns a server of all routes.
func New(o Options) (*web.Server, error) {
	a, err := build(o)
	if err != nil {
		return nil, err
	}
	return a.web, nil
}

// Document returns the OpenAPI document that a server with these options serves. As [Routes], it needs no database or any other part.
func Document(o Options) ([]byte, error) {
	a, err := build(o)
	if err != nil {
		return nil, err
	}
	return a.docs.Document()
}

func build(o Options) (*API, error) {
	a := handlers(o)
	var err error
	a.web, err = web.New(a.routes(), web.Options{
		Authenticate: o.Access.Key, Session: o.Access.Session, Fallback: a.screens(), Envelopes: envelopes, Hints: ingress.Hints(), Types: v5.Types(), Logger: o.Logger, BaseURL: o.BaseURL, MaxBody: o.MaxBody, MaxBodies: o.MaxBodies, Admit: o.Admit,
		StreamHold: o.StreamHold, AllowedOrigins: o.AllowedOrigins, TrustedProxies: o.TrustedProxies, Observe: o.Observe, Trace: o.Trace, Now: o.Now, Strict: o.Strict, Tolerated: ofOlderClients(),
	})
	if err != nil {
		return nil, err
	}
	a.docs.Describe(a.web, o.Version)
	return a, nil
}

// Routes returns the table of routes that [New] serves with these options. It needs no database or any other part of the server. Its
// operations must not be called.
func Routes(o Options) []web.Route { return handlers(o).routes() }

func handlers(o Options) *API {
	if o.UI == nil {
		o.UI = ui.None()
	}
	a := &API{o: o, shows: show.New(o.DB, o.Catalog, o.BaseURL), kinds: map[file.Kind]anyKind{}, cases: cases.New(o.DB, o.Catalog), aliases: aliases.New(o.DB, o.Relay), docs: new(docs.Docs)}
	a.gates = gate.New(gate.Options{DB: o.DB, Catalog: o.Catalog, Evaluations: o.Evaluations, Now: o.Now, Logger: o.Logger})
	for _, k := range kinds() {
		a.kinds[k.spec.Kind] = k
	}
	return a
}

// ofOlderClients lists members and query parameters of older versions of the API. Older clients send them; they have no effect.
func ofOlderClients() []string {
	return []string{
		"batch_id", "commit_message", "dataset", "evaluatees", "evaluation_id", "log_status", "session_id", "status", "trace_status", "version_status",
	}
}

// routes returns the operations of the v5 API, and those that operate and document the server.
func (a *API) routes() []web.Route {
	if a.o.Unserved {
		return a.probeRoutes()
	}
	o := &a.o
	routes := slices.Concat(
		a.callRoutes(), a.agentCallRoutes(), a.filesRoutes(), a.directoryRoutes(), a.logRoutes(), a.loggingRoutes(), a.modelRoutes(), play.Routes(a.play()),
		evals.Routes(evals.Options{DB: o.DB, Shows: a.shows, Evaluations: o.Evaluations}),
		browse.Routes(browse.Options{DB: o.DB, Catalog: o.Catalog, Shows: a.shows, Now: o.Now, BaseURL: o.BaseURL}),
		a.exploreRoutes(), spans.Routes(spans.Options{DB: o.DB, Catalog: o.Catalog}), a.statsRoutes(),
		a.otelRoutes(), a.retentionRoutes(),
		admin.Routes(admin.Options{DB: o.DB, Access: o.Access, Relay: o.Relay, Aliases: a.aliases, Now: o.Now, Version: o.Version, BaseURL: o.BaseURL}),
		a.probeRoutes(), a.systemRoutes(), a.mcpRoutes(), a.uiRoutes(), a.ingressRoutes(),
	)
	for _, k := range kinds() {
		routes = append(routes, k.routes(a)...)
	}
	return routes
}

// ingressRoutes returns the operations that clients of other vendors call.
func (a *API) ingressRoutes() []web.Route {
	o := &a.o
	s := &ingress.Service{Options: ingress.Options{DB: o.DB, Catalog: o.Catalog, Relay: o.Relay, Aliases: a.aliases, Gateway: o.Gateway, Now: o.Now, Strict: o.Strict, ForwardBearer: o.ForwardBearer}}
	return slices.Concat(openai.Routes(s), anthropic.Routes(s))
}

// envelopes write the failures of paths below those routes.
var envelopes = map[string]web.Envelope{
	"/v1/": openai.Envelope, "/openai/": openai.Envelope, "/v1/traces": nil, "/v1/messages": anthropic.Envelope, "/anthropic/": anthropic.Envelope,
	"/v1/v1/messages": anthropic.Envelope, "/messages": anthropic.Envelope,
	"/chat/completions": openai.Envelope, "/completions": openai.Envelope, "/responses": openai.Envelope, "/embeddings": openai.Envelope, "/models": openai.Envelope,
}

func (a *API) exploreRoutes() []web.Route {
	return explore.Routes(explore.Options{DB: a.o.DB, Now: a.o.Now, Leaving: func() bool { return a.web.Draining() }})
}

func (a *API) statsRoutes() []web.Route {
	return stats.Routes(stats.Options{DB: a.o.DB, Now: a.o.Now, BaseURL: a.o.BaseURL, Retention: a.o.Retention, NextSweep: a.o.NextSweep})
}

// play is what the operations on contents work on.
func (a *API) play() play.Options {
	conform := func(like reflect.Type, value any, place ...any) error { return a.web.Conform(like, value, place...) }
	return play.Options{DB: a.o.DB, Catalog: a.o.Catalog, Relay: a.o.Relay, Conform: conform}
}

func (a *API) prompts() *play.Contents[file.Prompt, v5.PromptKernel] { return play.Prompts(a.play()) }

func (a *API) agents() *play.Contents[file.Agent, v5.AgentKernel] { return play.Agents(a.play()) }

func (a *API) mcpRoutes() []web.Route {
	o := &a.o
	return mcp.Routes(mcp.Options{DB: o.DB, Catalog: o.Catalog, Gateway: o.Gateway, Tools: o.Tools, Agents: o.Agents, Logger: o.Logger, Now: o.Now, Version: o.Version, BaseURL: o.BaseURL})
}

func (a *API) callRoutes() []web.Route {
	return []web.Route{
		{Method: "POST", Path: "/v5/prompts/call", ID: "prompts.call", Tag: "Prompts", Role: auth.Member, Summary: "Call a Prompt", Op: a.promptsCall()},
		{Method: "POST", Path: "/v5/tools/call", ID: "tools.call", Tag: "Tools", Role: auth.Member, Summary: "Run a Tool", Op: web.JSON(a.toolsCall)},
		{Method: "POST", Path: "/v5/prompts/{id}/populate", ID: "prompts.populate", Tag: "Prompts", Role: auth.Member, Summary: "Fill a Prompt's template", Op: web.JSON(a.promptsPopulate)},
	}
}
