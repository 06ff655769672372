package web

import (
	"bytes"
	"net/http"
	"reflect"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/openapi"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// OpenAPI returns the OpenAPI document of the visible routes. Equal tables give equal bytes.
func (s *Server) OpenAPI(info openapi.Info) ([]byte, error) {
	return openapi.Document(s.described(info))
}

// Reference returns the handler of the reference page of the visible routes.
func (s *Server) Reference(info openapi.Info) (http.Handler, error) {
	page, policy, err := openapi.Reference(s.described(info))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		shown := page
		if prefix := VisitorOf(r.Context()).Prefix; prefix != "" {
			shown = bytes.ReplaceAll(page, []byte(`href="/docs/`), []byte(`href="`+prefix+`/docs/`))
		}
		Send(w, r, "text/html; charset=utf-8", shown)
	}), err
}

func (s *Server) described(info openapi.Info) *openapi.API {
	api := &openapi.API{Info: info, BaseURL: s.opts.BaseURL, Failure: s.schemas.Made(typeFailure)}
	for i := range s.routes {
		r := &s.routes[i]
		if r.Hidden {
			continue
		}
		api.Operations = append(api.Operations, openapi.Operation{
			Method: r.Method, Path: r.Path, ID: r.ID, Name: r.Name, Summary: r.Summary, Description: r.Description, Tag: r.Tag, Role: string(r.Role),
			Deprecated: r.Deprecated, Input: s.plans[i], Takes: r.Op.takes, Status: r.Op.status, Gives: s.gives(&r.Op),
			Event: s.schemas.Made(r.Op.chunk), Broken: r.Op.broken,
		})
	}
	return api
}

// gives lists what o may answer: what it was said to give, or else what it is known to.
func (s *Server) gives(o *Operation) []openapi.Content {
	if o.gives != nil || o.media == "" {
		return o.gives
	}
	return []openapi.Content{{Media: o.media, Schema: s.schemas.Made(o.out)}}
}

var typeFailure = reflect.TypeFor[failure]()

// reasons describes the closed list of reasons of errors.
func reasons() schema.Type {
	var all []string
	for _, r := range errs.Reasons() {
		all = append(all, string(r))
	}
	return schema.Describe[errs.Reason](&schema.Schema{Name: "Reason", Type: schema.TypeString, Known: all, Description: "More reasons may be added."}, nil)
}
