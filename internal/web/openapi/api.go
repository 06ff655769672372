// Package openapi describes an HTTP API to its callers: as an OpenAPI 3.1 document and as a reference page.
//
// Both are made from one [API]: its operations, the plans of their inputs, and the schemas of their answers. The package serves no routes and
// reads no requests. Packages web and input do that.
package openapi

import (
	"slices"

	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// API is the API to describe. Equal ones give equal bytes.
type API struct {
	Info

	BaseURL    string         // "" means that the document is served by the API itself
	Failure    *schema.Schema // of the body of every error
	Operations []Operation    // in the order in which they are shown
}

// Info describes the API as a whole.
type Info struct {
	Title       string
	Version     string
	Description string
	Tags        map[string]string // a sentence for each tag; tags may be missing
}

// Operation is one operation of an API.
type Operation struct {
	Method      string // "GET"
	Path        string // a [http.ServeMux] path pattern: "/v5/prompts/{id}"
	ID          string // unique in the API: "prompts.get"
	Summary     string
	Description string // may be empty
	Tag         string // the group it is listed in
	Role        string // of the key that it needs, "" for none
	Deprecated  bool

	Input  *input.Plan
	Status int            // of success
	Media  string         // of the answer, "" when it has no body
	Answer *schema.Schema // nil when it is not JSON
	Event  *schema.Schema // of an answer that is a stream of server-sent events; nil for none
}

func (o *Operation) public() bool { return o.Role == "" }

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
