// Package browse is the part of the HTTP interface that people look around with: all Files at a glance, a search for anything by a word or an
// id, the history of versions and deployments, what uses a File, and what the reasons of errors mean. Its answers hold no content of versions
// unless they are about it.
package browse

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. LogOfRequest and BaseURL are optional.
type Options struct {
	DB      *store.DB
	Catalog *catalog.Catalog
	Shows   *show.Shows
	Now     func() time.Time
	BaseURL string // of the server

	// LogOfRequest returns the id of the Log that a request made, "" for none. Without it a search does not find the ids of requests.
	LogOfRequest func(ctx context.Context, requestID string) (logID string, err error)
}

// handlers are safe for concurrent use.
type handlers struct {
	o     Options
	names names
}

// Routes returns the operations.
func Routes(o Options) []web.Route {
	h := &handlers{o: o}
	const files, errors = "Files", "Errors"
	return []web.Route{
		{Method: "GET", Path: "/v5/files/tree", ID: "files.tree", Tag: files, Role: auth.Member, Summary: "List Files and directories without content", Op: web.JSON(h.tree)},
		{Method: "GET", Path: "/v5/search", ID: "files.search", Tag: files, Role: auth.Member, Summary: "Find anything by words or an id", Op: web.JSON(h.search)},
		{Method: "GET", Path: "/v5/files/{id}/versions", ID: "files.versions", Tag: files, Role: auth.Member, Summary: "List versions without content", Op: web.JSON(h.versions)},
		{Method: "GET", Path: "/v5/files/{id}/versions/diff", ID: "files.diff", Tag: files, Role: auth.Member, Summary: "Compare two versions", Op: web.JSON(h.diff)},
		{Method: "GET", Path: "/v5/files/{id}/deployments", ID: "files.deployments", Tag: files, Role: auth.Member, Summary: "List the history of deployments", Op: web.JSON(h.deployments)},
		{Method: "GET", Path: "/v5/files/{id}/uses", ID: "files.uses", Tag: files, Role: auth.Member, Summary: "List what uses a File", Op: web.JSON(h.uses)},
		{Method: "GET", Path: "/v5/changes", ID: "changes.list", Tag: files, Role: auth.Member, Summary: "List what changed in all Files", Op: web.JSON(h.changes)},
		{Method: "POST", Path: "/v5/files/{id}/duplicate", ID: "files.duplicate", Tag: files, Role: auth.Developer, Summary: "Copy a File", Op: web.Created(h.duplicate)},
		{Method: "GET", Path: "/v5/reasons", ID: "reasons.list", Tag: errors, Summary: "List the reasons of errors", Op: web.JSON(h.reasons)},
		{Method: "GET", Path: "/v5/reasons/{reason}", ID: "reasons.get", Tag: errors, Summary: "Get a reason of errors", Op: web.JSON(h.reason)},
	}
}

type byID struct {
	ID string `path:"id"`
}
