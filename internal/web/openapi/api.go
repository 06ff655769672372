// Package openapi describes an HTTP API to its callers: as an OpenAPI 3.1 document and as a reference page.
//
// Both are made from one [API]: its operations, the plans of their inputs, and the schemas of their answers. The package serves no routes and
// reads no requests. Packages web and input do that.
package openapi

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// API is the API to describe. Equal ones give equal bytes.
type API struct {
	Info

	BaseURL    string         // "" means that the API is where the document is
	Failure    *schema.Schema // of the body of every error
	Operations []Operation    // in the order in which they are shown
}

// Info describes the API as a whole.
type Info struct {
	Title       string
	Version     string
	Description string
	Tags        map[string]string // a sentence for each tag; tags may be missing
	// Wildcards describes path parameters that have no description, by the segment before them: "prompts" for /v5/prompts/{id}.
	Wildcards map[string]string
	Examples  map[string]json.Value // bodies of requests, by the ids of operations; most have none
}

// Operation is one operation of an API.
type Operation struct {
	Method      string // "GET"
	Path        string // a [http.ServeMux] path pattern: "/v5/prompts/{id}"
	ID          string // unique in the API: "prompts.get"
	Name        string // of a method in a client, unique in the API; "" means that of the ID
	Summary     string
	Description string // may be empty
	Tag         string // the group it is listed in
	Role        string // of the key that it needs, "" for none
	Deprecated  bool

	Input  *input.Plan
	Takes  []Content      // what a body may be that is read as bytes; nil means anything
	Status int            // of success
	Gives  []Content      // what the answer may be, mostly the first; nil when it has no body
	Event  *schema.Schema // of the data of an event, if the answer may be a stream of server-sent events; nil for none
	Broken string         // the name of the event that ends a stream that failed; "" for none
}

// Content is a body of a media type. A nil Schema means a text, or bytes if the type is none of texts.
type Content struct {
	Media  string
	Schema *schema.Schema
}

// shape is the schema of c.
func (c *Content) shape() *schema.Schema {
	switch {
	case c.Schema != nil:
		return c.Schema
	case strings.HasPrefix(c.Media, "text/"):
		return schema.String()
	default:
		return &schema.Schema{Type: schema.TypeString, Format: "binary"}
	}
}

func (o *Operation) public() bool { return o.Role == "" }

// textOf describes a parameter of o.
func (a *API) textOf(o *Operation, p *input.Param) string {
	if p.Doc == "" && p.Source == input.InPath {
		return a.wildcard(o.Path, p.Name)
	}
	return p.Doc
}

// wildcard describes the wildcard name of path by the segment before it.
func (a *API) wildcard(path, name string) string {
	before, _, _ := strings.Cut(path, "/{"+name)
	return a.Wildcards[before[strings.LastIndexByte(before, '/')+1:]]
}

// tags are the tags of the operations, in the order of their first use.
func (a *API) tags() []string {
	var out []string
	for i := range a.Operations {
		if tag := a.Operations[i].Tag; !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}
