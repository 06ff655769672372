package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// Info is what a description says about the whole API.
type Info struct {
	Title       string
	Version     string
	Description string
	Tags        map[string]string // what the tags of the routes stand for, in a sentence; may leave some out
}

// OpenAPI returns the OpenAPI 3.1 document of all routes that are not hidden. Equal tables give equal bytes.
func (s *Server) OpenAPI(info Info) ([]byte, error) {
	all, err := s.components()
	if err != nil {
		return nil, err
	}
	d := &document{server: s, components: all}
	out := object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", info.Title}, {"version", info.Version}}.with("description", info.Description)},
		{"servers", list(object{{"url", orDefault(s.opts.BaseURL, "/")}})},
		{"tags", tagList(s.tags(), info.Tags)},
		{"paths", d.paths()},
		{"components", object{
			{"schemas", d.schemas()}, {"responses", d.failures()}, {"securitySchemes", securitySchemes()},
		}},
	}
	return json.Marshal(out)
}

// tags are the tags of the visible routes, in the order of their first use.
func (s *Server) tags() []string {
	var out []string
	for i := range s.routes {
		if r := &s.routes[i]; !r.Hidden && !slices.Contains(out, r.Tag) {
			out = append(out, r.Tag)
		}
	}
	return out
}

func tagList(tags []string, texts map[string]string) []any {
	out := []any{}
	for _, tag := range tags {
		out = append(out, object{{"name", tag}}.with("description", texts[tag]))
	}
	return out
}

// document renders the parts of an OpenAPI document.
type document struct {
	server     *Server
	components *components
}

// paths lists the visible routes in their order, those of one path together.
func (d *document) paths() object {
	var out object
	at := map[string]int{}
	for i := range d.server.routes {
		r := &d.server.routes[i]
		if r.Hidden {
			continue
		}
		path := strings.NewReplacer("...}", "}", "{$}", "").Replace(r.Path)
		if _, ok := at[path]; !ok {
			at[path] = len(out)
			out = append(out, entry{path, object{}})
		}
		item := out[at[path]].value.(object)
		out[at[path]].value = append(item, entry{strings.ToLower(r.Method), d.operation(r, d.server.plans[i])})
	}
	return out
}

func (d *document) operation(r *Route, in *input) object {
	out := object{{"operationId", r.ID}, {"summary", r.Summary}}.with("description", r.Description)
	if r.Tag != "" {
		out = append(out, entry{"tags", list(r.Tag)})
	}
	if r.Deprecated {
		out = append(out, entry{"deprecated", true})
	}
	if r.Public() {
		out = append(out, entry{"security", list()})
	} else {
		out = append(out, entry{"security", list(object{{"apiKey", list()}}, object{{"bearer", list()}})}, entry{"x-role", string(r.Role)})
	}
	if params := d.parameters(r, in); len(params) > 0 {
		out = append(out, entry{"parameters", params})
	}
	if in.body != nil {
		out = append(out, entry{"requestBody", d.requestBody(in.body)})
	}
	return append(out, entry{"responses", d.responses(r)})
}

func (d *document) parameters(r *Route, in *input) []any {
	var out []any
	if r.Op.in == nil { // a handler, which reads its wildcards by itself
		for _, name := range wildcardsOf(r.Path) {
			out = append(out, object{{"name", name}, {"in", inPath}, {"required", true}, {"schema", object{{"type", typeString}}}})
		}
	}
	for i := range in.params {
		p := &in.params[i]
		if p.source == inHeader && p.name == "Content-Type" {
			continue // OpenAPI has its own place for it
		}
		s := d.schema(p.schema, asked)
		if fallback := p.defaultJSON(); fallback != nil {
			s = append(s, entry{"default", fallback})
		}
		one := object{{"name", p.name}, {"in", p.source}}.with("description", p.doc)
		if p.required {
			one = append(one, entry{"required", true})
		}
		out = append(out, append(one, entry{"schema", s}))
	}
	return out
}

func (d *document) requestBody(b *bodyPlan) object {
	if b.mode == bodyBytes {
		return object{{"content", object{{"*/*", object{}}}}}
	}
	media := mediaJSON
	if b.mode == bodyForm {
		media = mediaForm
	}
	out := object{{"content", object{{media, object{{"schema", d.schema(b.schema, asked)}}}}}}
	if b.mode != bodyOptional && slices.ContainsFunc(b.schema.Members, func(m Member) bool { return m.Required }) {
		out = append(out, entry{"required", true})
	}
	return out
}

func (d *document) responses(r *Route) object {
	ok := object{{"description", http.StatusText(r.Op.status)}}
	var content object
	if r.Op.media != "" {
		shape := object{}
		if r.Op.out != nil {
			shape = object{{"schema", d.schema(d.server.schemas.made(r.Op.out), answered)}}
		}
		media, _, _ := strings.Cut(r.Op.media, ";")
		content = object{{media, shape}}
	}
	if r.Op.chunk != nil {
		content = append(content, entry{mediaEvents, object{{"schema", d.schema(d.server.schemas.made(r.Op.chunk), answered)}}})
	}
	if content != nil {
		ok = append(ok, entry{"content", content})
	}
	out := object{{strconv.Itoa(r.Op.status), ok}}
	for _, f := range failures {
		if mayFail(r, f.code) {
			out = append(out, entry{strconv.Itoa(f.code), object{{"$ref", "#/components/responses/" + f.name}}})
		}
	}
	return out
}

// mayFail reports whether a route may answer with the status of a failure. A public one only breaks, cannot be served at the moment, or
// names what is not there.
func mayFail(r *Route, status int) bool {
	switch status {
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		return true
	case http.StatusNotFound:
		return !r.Public() || strings.Contains(r.Path, "{")
	default:
		return !r.Public()
	}
}

// failures are the statuses that answer errors.
var failures = [...]struct {
	code       int
	name, text string
}{
	{http.StatusBadRequest, "BadRequest", "The request could not be read."},
	{http.StatusUnauthorized, "Unauthorized", "A key is missing or wrong, or may not do this."},
	{http.StatusNotFound, "NotFound", "Something that the request names does not exist."},
	{http.StatusConflict, "Conflict", "The state of something does not allow this."},
	{http.StatusUnprocessableEntity, "UnprocessableEntity", "The request was understood, and is not valid."},
	{http.StatusTooManyRequests, "TooManyRequests", "A limit was met; `retryable` says whether waiting helps."},
	{http.StatusInternalServerError, "InternalServerError", "This server or a provider broke."},
	{http.StatusServiceUnavailable, "ServiceUnavailable", "This server or a provider cannot serve this now."},
}

func (d *document) failures() object {
	var out object
	shape := object{{"schema", d.schema(d.server.schemas.schemas[typeFailure], answered)}}
	for _, f := range failures {
		out = append(out, entry{f.name, object{{"description", f.text}, {"content", object{{mediaJSON, shape}}}}})
	}
	return out
}

func securitySchemes() object {
	return object{
		{"apiKey", object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-KEY"}}},
		{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}},
	}
}

// reasons describes the closed list of errs.
func reasons() Type {
	var all []string
	for _, r := range errs.Reasons() {
		all = append(all, string(r))
	}
	return Describe[errs.Reason](&Schema{Name: "Reason", Type: typeString, Enum: all, Description: "More reasons may be added."}, nil)
}
