package api

import (
	"context"
	"net/http"

	"openloop/internal/errs"
	"openloop/internal/web"
)

// ready answers 200 while the database answers and the server is not stopping.
func (a *API) ready(ctx context.Context, _ *none) (healthResponse, error) {
	if a.web.Draining() {
		return healthResponse{}, errs.New(errs.ShuttingDown, "The server is stopping.")
	}
	if err := a.o.DB.Ping(ctx); err != nil {
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

// root sends people to the reference.
func (a *API) root(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "/docs")
	w.WriteHeader(http.StatusFound)
}

func (a *API) openAPI(w http.ResponseWriter, r *http.Request) {
	doc, err := a.document()
	if err != nil {
		web.Fail(w, r, errs.Wrap("api.openAPI", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(doc)
}
