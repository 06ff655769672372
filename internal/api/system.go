package api

import (
	"context"
	"crypto/subtle"
	"net/http"
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
		{Method: "GET", Path: "/health", ID: "health", Tag: "Operations", Summary: "Whether the process is running", Vital: true, Op: web.JSON(a.health)},
		{Method: "GET", Path: "/ready", ID: "ready", Tag: "Operations", Summary: "Whether the server can serve calls", Vital: true, Op: web.JSON(a.ready)},
		{Method: "GET", Path: "/metrics", ID: "metrics", Tag: "Operations", Role: scraper, Summary: "Prometheus metrics", Hidden: a.o.Metrics == nil, Vital: true, Opens: a.scrapes, Op: web.Handler(a.metrics).Gives(openapi.Media{Type: "text/plain"})},
	}
}

// systemRoutes returns the other operations that operate and document the server.
func (a *API) systemRoutes() []web.Route {
	page := func(h http.HandlerFunc) web.Operation { return web.Handler(h).Gives(openapi.Media{Type: "text/html"}) }
	return append(a.docs.Routes(), []web.Route{
		{Method: "GET", Path: "/v5/events", ID: "events.list", Tag: "Operations", Role: auth.Admin, Summary: "List changes, the oldest first", Op: web.JSON(a.eventsList)},
		{Method: "GET", Path: "/docs/errors", ID: "docs.errors", Tag: "Documentation", Summary: "The reasons of errors", Op: page(a.reasons)},
		{Method: "GET", Path: "/docs/errors/{reason}", ID: "docs.error", Tag: "Documentation", Summary: "A reason of errors", Op: page(a.reason)},
	}...)
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

// scrapes reports whether a key is the one for metrics alone.
func (a *API) scrapes(key string) bool {
	return a.o.MetricsKey != "" && subtle.ConstantTimeCompare([]byte(key), []byte(a.o.MetricsKey)) == 1
}

func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	if a.o.Metrics == nil {
		web.Fail(w, r, errs.New(errs.RouteNotFound, "Metrics are not served."))
		return
	}
	a.o.Metrics.ServeHTTP(w, r)
}
