package api

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/ui"
	"github.com/openloop-server/openloop/internal/web"
)

// uiRoutes returns the operations that bring the web UI to browsers.
func (a *API) uiRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/{$}", ID: "root", Summary: "The web UI, or where the API is described", Hidden: true, Op: web.Handler(a.root)},
		{Method: "GET", Path: "/ui/assets/{name...}", ID: "ui.asset", Summary: "A file of the web UI", Hidden: true, Op: web.Handler(a.o.UI.Asset)},
		{Method: "GET", Path: "/favicon.ico", ID: "ui.icon", Summary: "The icon of the web UI", Hidden: true, Op: web.Handler(a.o.UI.Icon)},
	}
}

// screens is the page of the web UI at the addresses of its screens.
func (a *API) screens() *web.Fallback {
	if a.o.Unserved {
		return nil
	}
	return &web.Fallback{Route: web.Route{Method: "GET", Path: "/{screen...}", ID: "ui.page", Hidden: true, Op: web.Handler(a.o.UI.Page)}, Wants: a.o.UI.Wants}
}

// welcome tells a client that takes JSON where the API is described.
type welcome struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	OpenAPI string `json:"openapi"`
	Docs    string `json:"docs"`
}

// root answers with the page of the web UI, to all but clients that take JSON alone.
func (a *API) root(w http.ResponseWriter, r *http.Request) {
	if !ui.WantsJSON(r.Header) {
		a.o.UI.Page(w, r)
		return
	}
	prefix := web.VisitorOf(r.Context()).Prefix
	body, _ := json.Marshal(welcome{"Openloop", a.o.Version, prefix + "/openapi.json", prefix + "/docs"}) // texts always marshal
	w.Header().Add("Vary", "Accept")
	web.Send(w, r, "application/json", body)
}
