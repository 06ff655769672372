// Package admin is the part of the HTTP interface that is about the workspace itself: signing in, API keys, provider keys, aliases of models, environments,
// and what a caller may do.
package admin

import (
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/access"
	"github.com/openloop-server/openloop/internal/aliases"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/relay"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on.
type Options struct {
	DB      *store.DB
	Access  *access.Service
	Relay   *relay.Relay
	Aliases *aliases.Registry
	Now     func() time.Time
	Version string // of the program
	BaseURL string // the public URL of the server, "" when it is not known
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Routes returns the operations.
func Routes(o Options) []web.Route {
	a := &handlers{o}
	const keys, environments = "/v5/api-keys", "/v5/environments"
	return slices.Concat(a.providerKeyRoutes(), a.credentialRoutes(), a.aliasRoutes(), []web.Route{
		{Method: "POST", Path: "/ui/session", ID: "session.open", Tag: "Sign-in", Summary: "Sign a browser in", Vital: true, Op: web.JSON(a.openSession)},
		{Method: "DELETE", Path: "/ui/session", ID: "session.end", Tag: "Sign-in", Summary: "Sign this browser out", Vital: true, Op: web.NoContent(a.endSession)},

		{Method: "GET", Path: "/v5/me", ID: "me.get", Tag: "Sign-in", Role: auth.Member, Summary: "Get who makes the request, and what the server can do", Vital: true, Op: web.JSON(a.me)},
		{Method: "GET", Path: "/v5/me/sessions", ID: "me.list_sessions", Tag: "Sign-in", Role: auth.Member, Summary: "List the browsers that are signed in with this key", Op: web.JSON(a.sessions)},
		{Method: "DELETE", Path: "/v5/me/sessions/{id}", ID: "me.end_session", Tag: "Sign-in", Role: auth.Member, Summary: "Sign a browser out", Op: web.NoContent(a.endOther)},

		{Method: "GET", Path: keys, ID: "api_keys.list", Tag: "API keys", Role: auth.Admin, Summary: "List the API keys", Op: web.JSON(a.keysList)},
		{Method: "POST", Path: keys, ID: "api_keys.create", Tag: "API keys", Role: auth.Admin, Summary: "Create an API key", Op: web.Created(a.keysCreate)},
		{Method: "PATCH", Path: keys + "/{id}", ID: "api_keys.update", Tag: "API keys", Role: auth.Admin, Summary: "Rename an API key, or change its priority", Op: web.JSON(a.keysUpdate)},
		{Method: "DELETE", Path: keys + "/{id}", ID: "api_keys.revoke", Tag: "API keys", Role: auth.Admin, Summary: "Revoke an API key", Op: web.NoContent(a.keysRevoke)},

		{Method: "GET", Path: environments, ID: "environments.list", Tag: "Environments", Role: auth.Member, Summary: "List the environments", Op: web.JSON(a.environmentsList)},
		{Method: "POST", Path: environments, ID: "environments.create", Tag: "Environments", Role: auth.Admin, Summary: "Create an environment", Op: web.Created(a.environmentsCreate)},
		{Method: "PATCH", Path: environments + "/{id}", ID: "environments.update", Tag: "Environments", Role: auth.Admin, Summary: "Rename an environment", Op: web.JSON(a.environmentsUpdate)},
		{Method: "POST", Path: environments + "/{id}/default", ID: "environments.set_default", Tag: "Environments", Role: auth.Admin, Summary: "Make an environment the default one", Op: web.JSON(a.environmentsSetDefault)},
		{Method: "DELETE", Path: environments + "/{id}", ID: "environments.delete", Tag: "Environments", Role: auth.Admin, Summary: "Delete an environment that nothing uses", Op: web.NoContent(a.environmentsDelete)},
	})
}

type none struct{}

type byID struct {
	ID string `path:"id"`
}
