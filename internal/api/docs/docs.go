// Package docs is the part of the HTTP interface that describes it: the OpenAPI document and the reference page.
package docs

import (
	"net/http"
	"sync"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/openapi"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Docs serves the descriptions of a server, each made when it is first asked for. It must not serve before [Docs.Describe].
type Docs struct {
	document  func() ([]byte, error)
	reference func() (http.Handler, error)
}

// Describe sets the server that is described, and the version of the program.
func (d *Docs) Describe(server *web.Server, version string) {
	info := info(version)
	d.document = sync.OnceValues(func() ([]byte, error) { return server.OpenAPI(info) })
	d.reference = sync.OnceValues(func() (http.Handler, error) { return server.Reference(info) })
}

// Document returns the OpenAPI document.
func (d *Docs) Document() ([]byte, error) { return d.document() }

// Routes returns the operations that answer with the descriptions.
func (d *Docs) Routes() []web.Route {
	const tag = "Documentation"
	document := web.Handler(d.serveDocument).Gives(openapi.Media{Type: mediaJSON, Schema: schema.Object("")})
	page := web.Handler(d.serveReference).Gives(openapi.Media{Type: "text/html"})
	return []web.Route{
		{Method: "GET", Path: "/openapi.json", ID: "openapi", Tag: tag, Summary: "This API as OpenAPI 3.1", Op: document},
		{Method: "GET", Path: "/docs", ID: "docs", Tag: tag, Summary: "The API reference", Op: page},
	}
}

const mediaJSON = "application/json"

func (d *Docs) serveDocument(w http.ResponseWriter, r *http.Request) {
	doc, err := d.document()
	if err != nil {
		web.Fail(w, r, errs.Wrap("docs.serveDocument", err))
		return
	}
	web.Send(w, r, mediaJSON, doc)
}

func (d *Docs) serveReference(w http.ResponseWriter, r *http.Request) {
	page, err := d.reference()
	if err != nil {
		web.Fail(w, r, errs.Wrap("docs.serveReference", err))
		return
	}
	page.ServeHTTP(w, r)
}
