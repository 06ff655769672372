// Package web is the typed operation layer over net/http: it serves, validates and describes every route of one visible table.
//
// A [Route] pairs a path pattern with an [Operation], and an Operation is a plain function from a struct to a result:
//
//	type getPrompt struct {
//		ID        string `path:"id"`
//		VersionID string `query:"version_id" doc:"A version of the Prompt."`
//	}
//
//	{Method: "GET", Path: "/v5/prompts/{id}", ID: "prompts.get", Role: auth.Member, Op: web.JSON(s.getPrompt)}
//
// The tags of the input say where each value comes from, and what is valid; see [Operation]. The server answers a bad request with every
// violation at once, and is the only writer of errors.
//
// Routes, middleware, keys, the bytes of bodies, answers and event streams are here. What a type takes is in package schema, reading a
// request into a struct in input, and the OpenAPI document and the reference page, made of the same table and types, in openapi.
//
// The package knows nothing of the domain. A [Server] is safe for concurrent use.
package web

import (
	"context"
	"net/http"
	"reflect"

	"openloop/internal/auth"
	"openloop/internal/web/input"
)

// Route is one row of the table of routes.
type Route struct {
	Method      string // "GET"
	Path        string // a [http.ServeMux] path pattern without method and host: "/v5/prompts/{id}"
	ID          string // the operation's id, unique in the table: "prompts.get"
	Summary     string // a phrase for the reference
	Description string // more about it, may be empty
	Tag         string // the group it is listed in
	Role        auth.Role
	Hidden      bool // not in the OpenAPI document and the reference
	Deprecated  bool
	Op          Operation
}

// Public reports whether the route is served without a key: its Role is empty.
func (r *Route) Public() bool { return r.Role == "" }

// Operation is what a route does. The zero Operation is an error in [New].
//
// Most operations are made of a function that takes a pointer to an input struct. Its exported fields are tagged with their source:
//
//	path:"id"           a wildcard of the route's pattern
//	query:"page"        a query parameter; a slice takes repeated keys
//	header:"X-Trace"    a request header
//	body:"json"         the JSON body; an empty one is read as {}
//	body:"optional"     the same, but an empty body leaves the field as it is and nothing in it is required
//	body:"bytes"        the body as it came, of any media type; the field is a []byte
//	body:"form"         a multipart form; the field is a struct whose fields are tagged part:"name", a []byte for a file, a string for a text
//
// Parameters are strings, booleans, integers, floats, [time.Time] (see [input.ParseTime]), and named
// types of these; slices of them; pointers and json.Opt where absence matters. Other fields are left alone.
//
// These tags say what is valid, for parameters and for the members of a body alike:
//
//	required:"true"     must be there and not null
//	default:"10"        the value of an absent parameter (parameters only)
//	enum:"a,b"          one of these; of a slice, each item
//	reason:"…"          the reason of a request whose only fault is that a value is none of enum; validation_failed when absent
//	min:"0" max:"100"   bounds of a number
//	minlen:"1" maxlen:"64"  bounds of the characters of a string, or of the items of a list
//	object:"true"       a json.Value that must be an object
//	doc:"…"             the description in the reference
//
// In a body null is the same as absent. Members that are not known are told in a header of the answer, or refused in strict mode. Scalars may
// be written in other ways, an integer as 5.0 or "5", a number as "1.5": as pydantic 2 reads them.
// Types that have their own JSON methods say what they take through [schema.Schemer], or are listed in [Options.Types].
//
// The function's context is cancelled when the client goes away; [auth.From], [RequestID] and [Annotate] work on it.
type Operation struct {
	in, out, chunk reflect.Type // nil when the operation has none
	status         int          // of success
	media          string       // of its body, "" when it has none
	bind           func(*input.Plan) serve
}

// serve answers one request. An error it returns is written by the caller, when nothing has been sent yet.
type serve func(c *call, r *http.Request) error

// Appender is implemented by a hot result that writes its own JSON.
type Appender interface {
	AppendJSON(dst []byte) []byte
}

// JSON answers 200 and what do returns, as JSON.
func JSON[In, Out any](do func(context.Context, *In) (Out, error)) Operation {
	return jsonOperation(http.StatusOK, do)
}

// Created answers 201 and what do returns, as JSON.
func Created[In, Out any](do func(context.Context, *In) (Out, error)) Operation {
	return jsonOperation(http.StatusCreated, do)
}

// NoContent answers 204.
func NoContent[In any](do func(context.Context, *In) error) Operation {
	return Operation{in: reflect.TypeFor[In](), status: http.StatusNoContent, bind: func(p *input.Plan) serve {
		return func(c *call, r *http.Request) error {
			in := new(In)
			if err := c.decode(p, r, reflect.ValueOf(in)); err != nil {
				return err
			}
			if err := do(c, in); err != nil {
				return err
			}
			c.WriteHeader(http.StatusNoContent)
			return nil
		}
	}}
}

// Text answers 200 and a plain text.
func Text[In any](do func(context.Context, *In) (string, error)) Operation {
	return Media("text/plain; charset=utf-8", asBytes(do))
}

// HTML answers 200 and a page.
func HTML[In any](do func(context.Context, *In) (string, error)) Operation {
	return Media("text/html; charset=utf-8", asBytes(do))
}

// Media answers 200 and the bytes that do returns, with the given Content-Type.
func Media[In any](contentType string, do func(context.Context, *In) ([]byte, error)) Operation {
	return Negotiated(contentType, func(ctx context.Context, in *In) (Answer, error) {
		body, err := do(ctx, in)
		return Answer{contentType, body}, err
	})
}

// Answer is the body of an answer whose media type depends on the request.
type Answer struct {
	ContentType string
	Body        []byte
}

// Negotiated answers 200 and what do returns; mostly names the media type that the reference shows.
func Negotiated[In any](mostly string, do func(context.Context, *In) (Answer, error)) Operation {
	return Operation{in: reflect.TypeFor[In](), status: http.StatusOK, media: mostly, bind: func(p *input.Plan) serve {
		return func(c *call, r *http.Request) error {
			in := new(In)
			if err := c.decode(p, r, reflect.ValueOf(in)); err != nil {
				return err
			}
			answer, err := do(c, in)
			if err != nil {
				return err
			}
			c.send(http.StatusOK, answer.ContentType, answer.Body)
			return nil
		}
	}}
}

// Handler lets h answer by itself. The key and the role are checked before, the body is limited, and h writes its errors with [Fail].
// The request's context is that of an operation.
func Handler(h http.HandlerFunc) Operation {
	return Operation{status: http.StatusOK, bind: func(p *input.Plan) serve {
		return func(c *call, r *http.Request) error {
			c.input = p
			r = r.WithContext(c)
			r.Body = http.MaxBytesReader(c, r.Body, c.server.maxBody)
			h(c, r)
			return nil
		}
	}}
}

func jsonOperation[In, Out any](status int, do func(context.Context, *In) (Out, error)) Operation {
	return Operation{
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](), status: status, media: input.MediaJSON,
		bind: func(p *input.Plan) serve {
			return func(c *call, r *http.Request) error {
				in := new(In)
				if err := c.decode(p, r, reflect.ValueOf(in)); err != nil {
					return err
				}
				out, err := do(c, in)
				if err != nil {
					return err
				}
				return writeJSON(c, status, out)
			}
		},
	}
}

func asBytes[In any](do func(context.Context, *In) (string, error)) func(context.Context, *In) ([]byte, error) {
	return func(ctx context.Context, in *In) ([]byte, error) {
		text, err := do(ctx, in)
		return []byte(text), err
	}
}
