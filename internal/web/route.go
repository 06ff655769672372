// Package web serves a table of typed routes over net/http.
//
// A [Route] pairs a path pattern with an [Operation], which is a plain function from an input struct to a result:
//
//	type getPrompt struct {
//		ID        string `path:"id"`
//		VersionID string `query:"version_id" doc:"A version of the Prompt."`
//	}
//
//	{Method: "GET", Path: "/v5/prompts/{id}", ID: "prompts.get", Role: auth.Member, Op: web.JSON(s.getPrompt)}
//
// The tags of the input say where each value comes from and which values are valid; see [Operation]. The server answers an invalid request
// with all of its violations, and it alone writes errors.
//
// This package has the routes, the middleware, keys and roles, the limits of bodies, answers, and event streams. Its parts are packages of
// their own: schema (which values a type accepts), input (reading a request into a struct) and openapi (the OpenAPI document and the reference
// page, from the same table). None of them knows the domain. A [Server] is safe for concurrent use.
package web

import (
	"context"
	"net/http"
	"reflect"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/openapi"
)

// Route is one row of the table.
type Route struct {
	Method      string // "GET"
	Path        string // a [http.ServeMux] path pattern without method and host: "/v5/prompts/{id}"
	ID          string // the operation's id, unique in the table: "prompts.get"
	Name        string // a clearer name than the ID for methods of clients; "" means that the ID is clear
	Summary     string // a phrase for the reference page
	Description string // more details, may be empty
	Tag         string // the group it is listed in
	Role        auth.Role
	Opens       func(key string) bool // whether a key is enough for this route alone, which the server knows as no principal's; may be nil
	Hidden      bool                  // not in the OpenAPI document and on the reference page
	Deprecated  bool
	Vital       bool // never turned away because of load
	Op          Operation

	// Failure makes the error answers, also those to requests that are refused before the operation runs; nil means {"detail": …}.
	Failure Envelope
}

// Envelope writes failures as the clients of a route read them.
type Envelope func(*errs.Detail) Failure

// Failure is an error answer.
type Failure struct {
	Status int
	Body   any         // as JSON encodes it
	Header http.Header // beside those of [errs.Detail.Headers]
}

// Public reports whether the route needs no key: its Role is empty.
func (r *Route) Public() bool { return r.Role == "" }

// Operation is what a route does. The zero Operation is an error in [New].
//
// Most operations are made from a function that takes a pointer to an input struct. The exported fields are tagged with their source:
//
//	path:"id"           a wildcard of the route's pattern
//	query:"page"        a query parameter; a slice takes repeated keys
//	header:"X-Trace"    a request header
//	body:"json"         the JSON body; an empty one is read as {}
//	body:"optional"     the same, but an empty body leaves the field as it is, and nothing is required
//	body:"bytes"        the bytes of the body, of any media type; the field is a []byte
//	body:"form"         a multipart form; the field is a struct whose fields are tagged part:"name": a []byte is a file, a string a text
//
// A parameter is a string, a boolean, an integer, a float, a [time.Time] (see [input.ParseTime]), a named type of these, or a slice of them.
// Pointers and json.Opt tell an absent parameter from an empty one. Fields without such a tag are ignored,
// and those of an embedded struct count as fields of the struct itself.
//
// More tags say which values are valid, in parameters and in the members of a body:
//
//	required:"true"     must be present and not null
//	default:"10"        the value of an absent parameter (parameters only)
//	enum:"a,b"          one of these; of a slice, each item
//	known:"a,b"         values of a string that the reference lists; others are valid too
//	either:"name"       one or more of the members with the same name here must be present, which the operation checks by itself
//	reason:"…"          the reason of the error if only enum is violated; validation_failed if there is no such tag
//	min:"0" max:"100"   bounds of a number
//	minlen:"1" maxlen:"64"  bounds of the characters of a string, or of the items of a list
//	object:"true"       a json.Value that must be an object
//	doc:"…"             the description in the reference
//
// In a body, null means absent. Unknown members are listed in a header of the answer, or refused in strict mode. Scalars are converted as in
// pydantic 2: 5.0 and "5" are integers, "1.5" is a number. Types with their own JSON methods describe themselves by [schema.Schemer], or are
// listed in [Options.Types].
//
// The context of the function ends when the client leaves. [auth.From], [RequestID] and [Annotate] work on it.
type Operation struct {
	in, out, chunk reflect.Type // nil when the operation has none
	status         int          // of success
	media          string       // of its body, "" when it has none
	broken         string       // the name of the event that ends a stream that failed, "" when it varies
	takes, gives   []openapi.Media
	bind           func(*input.Plan) serve
}

// Takes describes what an operation with a body:"bytes" reads. It is for the OpenAPI document alone.
func (o Operation) Takes(media ...openapi.Media) Operation {
	o.takes = media
	return o
}

// Gives describes what an operation answers with that does not answer with the JSON of a Go type. It is for the OpenAPI document alone.
func (o Operation) Gives(media ...openapi.Media) Operation {
	o.gives = media
	return o
}

// serve answers one request. The caller writes the error that it returns.
type serve func(c *exchange, r *http.Request) error

// Appender is implemented by frequent results, to write their own JSON faster than package json.
type Appender interface {
	AppendJSON(dst []byte) []byte
}

// operation is o with what answer does with the decoded input.
func operation[In any](o Operation, answer func(*exchange, *In) error) Operation {
	o.in = reflect.TypeFor[In]()
	o.bind = func(p *input.Plan) serve {
		return func(c *exchange, r *http.Request) error {
			in := new(In)
			if err := c.decode(p, r, reflect.ValueOf(in)); err != nil {
				return err
			}
			return answer(c, in)
		}
	}
	return o
}

// JSON answers 200 and the result of do as JSON.
func JSON[In, Out any](do func(context.Context, *In) (Out, error)) Operation {
	return jsonOperation(http.StatusOK, do)
}

// Created answers 201 and the result of do as JSON.
func Created[In, Out any](do func(context.Context, *In) (Out, error)) Operation {
	return jsonOperation(http.StatusCreated, do)
}

func jsonOperation[In, Out any](status int, do func(context.Context, *In) (Out, error)) Operation {
	return operation(Operation{out: reflect.TypeFor[Out](), status: status, media: input.MediaJSON}, func(c *exchange, in *In) error {
		out, err := do(c, in)
		if err != nil {
			return err
		}
		return writeJSON(c, status, out)
	})
}

// NoContent answers 204.
func NoContent[In any](do func(context.Context, *In) error) Operation {
	return operation(Operation{status: http.StatusNoContent}, func(c *exchange, in *In) error {
		if err := do(c, in); err != nil {
			return err
		}
		c.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// Text answers 200 and the result of do as plain text.
func Text[In any](do func(context.Context, *In) (string, error)) Operation {
	return Media("text/plain; charset=utf-8", func(ctx context.Context, in *In) ([]byte, error) {
		text, err := do(ctx, in)
		return []byte(text), err
	})
}

// Media answers 200 and the bytes of do, with the given Content-Type.
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

// Negotiated answers 200 and the result of do, mostly of the given media type. [Operation.Gives] describes all.
func Negotiated[In any](mostly string, do func(context.Context, *In) (Answer, error)) Operation {
	return operation(Operation{status: http.StatusOK, media: mostly}, func(c *exchange, in *In) error {
		answer, err := do(c, in)
		if err == nil {
			c.send(http.StatusOK, answer.ContentType, answer.Body)
		}
		return err
	})
}

// Handler lets h answer by itself. The key and the role are checked before, and the body is limited. h writes its errors with [Fail]. The
// context of the request is that of an operation.
func Handler(h http.HandlerFunc) Operation {
	return Operation{status: http.StatusOK, bind: func(p *input.Plan) serve {
		return func(c *exchange, r *http.Request) error {
			c.input = p
			r = r.WithContext(c)
			r.Body = http.MaxBytesReader(c, r.Body, c.server.maxBody)
			h(c, r)
			return nil
		}
	}}
}

// Buffered is [Handler] for operations with a body. It is read before h is called, within the limits of size, time and memory, and it is
// decompressed. h must not keep it. The Content-Type is for h to check.
func Buffered(h func(w http.ResponseWriter, r *http.Request, body []byte)) Operation {
	return Operation{status: http.StatusOK, bind: func(p *input.Plan) serve {
		return func(c *exchange, r *http.Request) error {
			c.input = p
			b := c.server.takeBody()
			defer b.done()
			if err := c.readBody(r, b); err != nil {
				return err
			}
			c.keeps(b)
			h(c, r.WithContext(c), b.Bytes())
			return nil
		}
	}}
}
