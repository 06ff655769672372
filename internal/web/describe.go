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
			Method: r.Method, Path: r.Path, ID: r.ID, Summary: r.Summary, Description: r.Description, Tag: r.Tag, Role: string(r.Role),
			Deprecated: r.Deprecated, Input: s.plans[i], Status: r.Op.status, Media: r.Op.media,
			Answer: s.schemas.Made(r.Op.out), Event: s.schemas.Made(r.Op.chunk),
		})
	}
	return api
}

var typeFailure = reflect.TypeFor[failure]()

// reasons describes the closed list of reasons of errors.
func reasons() schema.Type {
	var all []string
	for _, r := range errs.Reasons() {
		all = append(all, string(r))
	}
	return schema.Describe[errs.Reason](&schema.Schema{Name: "Reason", Type: schema.TypeString, Enum: all, Description: "More reasons may be added."}, nil)
}
