// Package browse is the part of the HTTP interface that people look around with: all Files at a glance, a search for anything by a word or an
// id, the history of versions and deployments, what uses a File, and what the reasons of errors mean. Its answers hold no content of versions
// unless they are about it.
package browse

import (
	"context"

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
	BaseURL string // of the server

	// LogOfRequest returns the id of the Log that a request made, "" for none. Without it a search does not find the ids of requests.
	LogOfRequest func(ctx context.Context, requestID string) (logID string, err error)
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Routes returns the operations.
func Routes(o Options) []web.Route {
	h := &handlers{o}
	const files, errors = "Files", "Errors"
	return []web.Route{
		{Method: "GET", Path: "/v5/files/tree", ID: "files.tree", Tag: files, Role: auth.Member, Summary: "List Files and directories without content", Op: web.JSON(h.tree)},
		{Method: "GET", Path: "/v5/search", ID: "files.search", Tag: files, Role: auth.Member, Summary: "Find anything by words or an id", Op: web.JSON(h.search)},
		{Method: "GET", Path: "/v5/files/{id}/versions", ID: "files.versions", Tag: files, Role: auth.Member, Summary: "List versions without content", Op: web.JSON(h.versions)},
		{Method: "GET", Path: "/v5/files/{id}/versions/diff", ID: "files.diff", Tag: files, Role: auth.Member, Summary: "Compare two versions", Op: web.JSON(h.diff)},
		{Method: "GET", Path: "/v5/files/{id}/deployments", ID: "files.deployments", Tag: files, Role: auth.Member, Summary: "List the history of deployments", Op: web.JSON(h.deployments)},
		{Method: "GET", Path: "/v5/files/{id}/uses", ID: "files.uses", Tag: files, Role: auth.Member, Summary: "List what uses a File", Op: web.JSON(h.uses)},
		{Method: "POST", Path: "/v5/files/{id}/duplicate", ID: "files.duplicate", Tag: files, Role: auth.Developer, Summary: "Copy a File", Op: web.Created(h.duplicate)},
		{Method: "GET", Path: "/v5/reasons", ID: "reasons.list", Tag: errors, Summary: "List the reasons of errors", Op: web.JSON(h.reasons)},
		{Method: "GET", Path: "/v5/reasons/{reason}", ID: "reasons.get", Tag: errors, Summary: "Get a reason of errors", Op: web.JSON(h.reason)},
	}
}

type listTree struct {
	Directory   string   `query:"directory" doc:"The path of a directory: Files in it and below it."`
	Kind        []string `query:"kind" enum:"prompt,tool,dataset,evaluator,flow,agent" doc:"Kinds; several mean any of them."`
	Environment string   `query:"environment" doc:"The name of an environment: Files with a version deployed there."`
	Tag         []string `query:"tag" doc:"Tags; several mean all of them."`
	Q           string   `query:"q" doc:"Words that the path or the description contains, in upper or lower case."`
	Differs     *bool    `query:"differs" doc:"Only Files whose newest saved version is another than the one in the default environment, or only the others."`
	Sort        string   `query:"sort" default:"path" enum:"path,name,updated_at,created_at,last_used_at"`
	Order       string   `query:"order" default:"asc" enum:"asc,desc"`
	Size        int      `query:"size" default:"1000" min:"1" max:"5000" doc:"Files per page."`
	Cursor      string   `query:"cursor" doc:"The member next of the page before."`
}

type search struct {
	Q    string   `query:"q" required:"true" minlen:"1" maxlen:"200" doc:"Words, a path, or an id or its beginning."`
	Type []string `query:"type" enum:"file,directory,version,environment,log,evaluation,run,api_key" doc:"What to look for; several mean any of them, none means everything."`
	Size int      `query:"size" default:"20" min:"1" max:"100" doc:"Hits at most."`
}

type listVersions struct {
	ID     string `path:"id"`
	Saved  *bool  `query:"saved" doc:"Only versions that somebody saved, or only those that calls made."`
	Size   int    `query:"size" default:"50" min:"1" max:"500" doc:"Versions per page."`
	Cursor string `query:"cursor" doc:"The member next of the page before."`
}

type diffVersions struct {
	ID string `path:"id"`
	A  string `query:"a" required:"true" doc:"The id of the old version."`
	B  string `query:"b" required:"true" doc:"The id of the new version."`
}

type listDeployments struct {
	ID          string `path:"id"`
	Environment string `query:"environment" doc:"The name or the id of an environment; by default all."`
	Size        int    `query:"size" default:"100" min:"1" max:"1000" doc:"Entries per page."`
	Cursor      string `query:"cursor" doc:"The member next of the page before."`
}

type byID struct {
	ID string `path:"id"`
}

type duplicateFile struct {
	ID   string    `path:"id"`
	Body Duplicate `body:"json"`
}

type byReason struct {
	Reason string `path:"reason"`
}

func (h *handlers) tree(context.Context, *listTree) (*Tree, error) { return &Tree{}, nil }
func (h *handlers) search(context.Context, *search) (*Hits, error) { return &Hits{}, nil }
func (h *handlers) versions(context.Context, *listVersions) (*Versions, error) {
	return &Versions{}, nil
}
func (h *handlers) diff(context.Context, *diffVersions) (*Difference, error) {
	return &Difference{}, nil
}
func (h *handlers) deployments(context.Context, *listDeployments) (*Deployments, error) {
	return &Deployments{}, nil
}
func (h *handlers) uses(context.Context, *byID) (*Uses, error) { return &Uses{}, nil }
func (h *handlers) duplicate(context.Context, *duplicateFile) (*TreeFile, error) {
	return &TreeFile{}, nil
}
func (h *handlers) reasons(context.Context, *struct{}) (*Reasons, error) { return &Reasons{}, nil }
func (h *handlers) reason(context.Context, *byReason) (*ReasonResponse, error) {
	return &ReasonResponse{}, nil
}
