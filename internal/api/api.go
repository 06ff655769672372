// Package api is the HTTP face of the server: the table of routes, and the handlers that translate between the wire types of the v5
// API and the domain. All that routes share (decoding, validation, errors, streams) is package web's.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	v5 "openloop/internal/api/v5"
	"openloop/internal/auth"
	"openloop/internal/catalog"
	"openloop/internal/gateway"
	"openloop/internal/logbook"
	"openloop/internal/store"
	"openloop/internal/web"
)

// Options is what the API works with. Metrics, BaseURL, MaxBody and Observe may be left out.
type Options struct {
	DB             *store.DB
	Catalog        *catalog.Catalog
	Gateway        *gateway.Gateway
	Logs           *logbook.Book
	Logger         *slog.Logger
	Now            func() time.Time
	Version        string       // of the program
	Metrics        http.Handler // serves /metrics
	BaseURL        string
	MaxBody        int64
	AllowedOrigins []string
	Observe        func(web.Observation)
}

// API holds the handlers. They are safe for concurrent use.
type API struct {
	o    Options
	web  *web.Server
	keys keyring

	described described
}

// New returns the server of all routes.
func New(o Options) (*web.Server, error) {
	a := &API{o: o, keys: keyring{db: o.DB, now: o.Now}}
	server, err := web.New(a.routes(), web.Options{
		Authenticate: a.keys.authenticate, Types: v5.Types(), Logger: o.Logger, BaseURL: o.BaseURL, MaxBody: o.MaxBody, AllowedOrigins: o.AllowedOrigins,
		Observe: o.Observe, Now: o.Now,
	})
	if err != nil {
		return nil, err
	}
	a.web, a.described = server, describe(server, o.Version)
	return server, nil
}

// routes is what the server answers, on one screen.
func (a *API) routes() []web.Route {
	routes := []web.Route{
		{Method: "POST", Path: "/v5/prompts/call", ID: "prompts.call", Tag: "Prompts", Role: auth.Member, Summary: "Call a Prompt", Op: a.promptsCall()},
		{Method: "POST", Path: "/v5/prompts/log", ID: "prompts.log", Tag: "Prompts", Role: auth.Member, Summary: "Log a call made elsewhere", Op: web.JSON(a.promptsLog)},
		{Method: "PATCH", Path: "/v5/prompts/{id}/log/{log_id}", ID: "prompts.update_log", Tag: "Prompts", Role: auth.Member, Summary: "Update a Log", Op: web.JSON(a.promptsUpdateLog)},
		{Method: "POST", Path: "/v5/prompts/{id}/populate", ID: "prompts.populate", Tag: "Prompts", Role: auth.Member, Summary: "Fill a Prompt's template", Op: web.JSON(a.promptsPopulate)},

		{Method: "GET", Path: "/v5/logs", ID: "logs.list", Tag: "Logs", Role: auth.Member, Summary: "List a File's Logs", Op: web.JSON(a.logsList)},
		{Method: "GET", Path: "/v5/logs/{id}", ID: "logs.get", Tag: "Logs", Role: auth.Member, Summary: "Get a Log", Op: web.JSON(a.logsGet)},
		{Method: "DELETE", Path: "/v5/logs", ID: "logs.delete", Tag: "Logs", Role: auth.Developer, Summary: "Delete Logs", Op: web.NoContent(a.logsDelete)},

		{Method: "GET", Path: "/v5/models", ID: "models.list", Tag: "Models", Role: auth.Member, Summary: "List the models that are known", Op: web.JSON(a.modelsList)},

		{Method: "GET", Path: "/v5/provider-keys", ID: "provider_keys.list", Tag: "Provider keys", Role: auth.Admin, Summary: "List the providers and their keys", Op: web.JSON(a.providerKeysList)},
		{Method: "PUT", Path: "/v5/provider-keys/{provider}", ID: "provider_keys.save", Tag: "Provider keys", Role: auth.Admin, Summary: "Store a provider's key", Op: web.JSON(a.providerKeysSave)},
		{Method: "DELETE", Path: "/v5/provider-keys/{provider}", ID: "provider_keys.delete", Tag: "Provider keys", Role: auth.Admin, Summary: "Delete a stored key", Op: web.NoContent(a.providerKeysDelete)},
		{Method: "POST", Path: "/v5/provider-keys/{provider}/test", ID: "provider_keys.test", Tag: "Provider keys", Role: auth.Admin, Summary: "Test a provider's key", Op: web.JSON(a.providerKeysTest)},

		{Method: "GET", Path: "/health", ID: "health", Tag: "Operations", Summary: "Whether the process runs", Op: web.JSON(a.health)},
		{Method: "GET", Path: "/ready", ID: "ready", Tag: "Operations", Summary: "Whether calls can be served", Op: web.JSON(a.ready)},
		{Method: "GET", Path: "/metrics", ID: "metrics", Tag: "Operations", Summary: "Prometheus metrics", Hidden: a.o.Metrics == nil, Op: web.Handler(a.metrics)},
		{Method: "GET", Path: "/openapi.json", ID: "openapi", Tag: "Documentation", Summary: "This API as OpenAPI 3.1", Op: web.Handler(a.openAPI)},
		{Method: "GET", Path: "/docs", ID: "docs", Tag: "Documentation", Summary: "The API reference", Op: web.Handler(a.reference)},
		{Method: "GET", Path: "/docs/errors", ID: "docs.errors", Tag: "Documentation", Summary: "All reasons of errors", Op: web.Handler(a.reasons)},
		{Method: "GET", Path: "/docs/errors/{reason}", ID: "docs.error", Tag: "Documentation", Summary: "A reason of errors", Op: web.Handler(a.reason)},
		{Method: "GET", Path: "/{$}", ID: "root", Hidden: true, Op: web.Handler(a.root)},
	}
	return append(routes, fileRoutes(a, promptKind())...)
}

type none struct{}

type healthResponse struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (a *API) health(context.Context, *none) (healthResponse, error) {
	return healthResponse{Status: "ok", Version: a.o.Version}, nil
}
