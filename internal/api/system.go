package api

import (
	"context"
	"net/http"
	"sync"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

// probeRoutes returns the operations of load balancers and monitoring.
func (a *API) probeRoutes() []web.Route {
	scraper := auth.Member // as the Logs, which say as much
	if a.o.MetricsOpen {
		scraper = ""
	}
	return []web.Route{
		{Method: "GET", Path: "/health", ID: "health", Tag: "Operations", Summary: "Whether the process is running", Op: web.JSON(a.health)},
		{Method: "GET", Path: "/ready", ID: "ready", Tag: "Operations", Summary: "Whether the server can serve calls", Op: web.JSON(a.ready)},
		{Method: "GET", Path: "/metrics", ID: "metrics", Tag: "Operations", Role: scraper, Summary: "Prometheus metrics", Hidden: a.o.Metrics == nil, Op: web.Handler(a.metrics)},
	}
}

// systemRoutes returns the other operations that operate and document the server.
func (a *API) systemRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/events", ID: "events.list", Tag: "Operations", Role: auth.Admin, Summary: "List changes, the oldest first", Op: web.JSON(a.eventsList)},
		{Method: "GET", Path: "/openapi.json", ID: "openapi", Tag: "Documentation", Summary: "This API as OpenAPI 3.1", Op: web.Handler(a.openAPI)},
		{Method: "GET", Path: "/docs", ID: "docs", Tag: "Documentation", Summary: "The API reference", Op: web.Handler(a.reference)},
		{Method: "GET", Path: "/docs/errors", ID: "docs.errors", Tag: "Documentation", Summary: "The reasons of errors", Op: web.Handler(a.reasons)},
		{Method: "GET", Path: "/docs/errors/{reason}", ID: "docs.error", Tag: "Documentation", Summary: "A reason of errors", Op: web.Handler(a.reason)},
	}
}

type listEvents struct {
	After int64 `query:"after" min:"0" doc:"The seq of the last event that is known; the events after it are listed."`
	Size  int   `query:"size" default:"100" min:"1" max:"1000" doc:"Records at most."`
}

func (a *API) eventsList(ctx context.Context, in *listEvents) (*v5.Records[v5.Event], error) {
	events, err := a.o.DB.Events(ctx, in.After, in.Size)
	out := &v5.Records[v5.Event]{Records: make([]v5.Event, 0, len(events))}
	for _, e := range events {
		out.Records = append(out.Records, v5.Event{
			Seq: e.Seq, CreatedAt: e.Time, Operation: e.Operation, Kind: string(e.Kind), ID: e.ID, Detail: e.Detail, KeyID: e.Principal,
		})
	}
	return out, err
}

type none struct{}

type healthResponse struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (a *API) health(context.Context, *none) (healthResponse, error) {
	return healthResponse{Status: "ok", Version: a.o.Version}, nil
}

// readyTimeout is the time limit of the database in an answer of /ready.
const readyTimeout = 3 * time.Second

// ready answers 200 while the database can be read and written and the server is not stopping.
func (a *API) ready(ctx context.Context, _ *none) (healthResponse, error) {
	if a.web.Draining() {
		return healthResponse{}, errs.New(errs.ShuttingDown, "The server is stopping.")
	}
	within, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	err := a.o.DB.Ready(within)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		err = errs.New(errs.DependencyUnavailable, "The database did not answer within %s.", readyTimeout)
	}
	if err != nil {
		return healthResponse{}, err
	}
	return healthResponse{Status: "ready", Version: a.o.Version}, nil
}

func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	if a.o.Metrics == nil {
		web.Fail(w, r, errs.New(errs.RouteNotFound, "Metrics are not served."))
		return
	}
	a.o.Metrics.ServeHTTP(w, r)
}

// described holds the two descriptions of the API, made when first requested.
type described struct {
	document  func() ([]byte, error)
	reference func() (http.Handler, error)
}

func describe(server *web.Server, version string) described {
	info := openapi.Info{
		Title: "Openloop", Version: version,
		Description: "One call runs a versioned Prompt on any model provider, logs it durably, and answers every failure with a predictable error.",
		Tags: map[string]string{
			"Prompts":       "Versioned prompts, and calls of them.",
			"Logs":          "What was called, and what came of it.",
			"Statistics":    "How calls, failures, costs, tokens and latency went over time.",
			"Models":        "What models cost and what they can take.",
			"Provider keys": "The workspace's keys of model providers: encrypted, never shown again, used by calls that bring none.",
			"Operations":    "For load balancers and monitoring.",
			"Documentation": "This server's own.",
		},
	}
	return described{
		document:  sync.OnceValues(func() ([]byte, error) { return server.OpenAPI(info) }),
		reference: sync.OnceValues(func() (http.Handler, error) { return server.Reference(info) }),
	}
}

func (a *API) openAPI(w http.ResponseWriter, r *http.Request) {
	doc, err := a.described.document()
	if err != nil {
		web.Fail(w, r, errs.Wrap("api.openAPI", err))
		return
	}
	web.Send(w, r, "application/json", doc)
}

func (a *API) reference(w http.ResponseWriter, r *http.Request) {
	page, err := a.described.reference()
	if err != nil {
		web.Fail(w, r, errs.Wrap("api.reference", err))
		return
	}
	page.ServeHTTP(w, r)
}
