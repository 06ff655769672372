package openapi

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/input"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Document returns the OpenAPI 3.1 document of a.
func Document(a *API) ([]byte, error) {
	all, err := newComponents(a)
	if err != nil {
		return nil, err
	}
	d := &document{api: a, components: all}
	out := object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", a.Title}, {"version", a.Version}}.with("description", a.Description)},
		{"servers", list(object{{"url", cmp.Or(a.BaseURL, ".")}})},
		{"security", list(object{{"apiKey", list()}}, object{{"bearer", list()}}, object{{"session", list()}})},
		{"tags", tagList(a.tags(), a.Tags)},
		{"paths", d.paths()},
		{"components", object{
			{"schemas", d.schemas()}, {"responses", d.failures()}, {"headers", headers()}, {"securitySchemes", securitySchemes()},
		}},
	}
	return json.Marshal(out)
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
	api        *API
	components *components
}

// paths lists the operations in order, grouped by path.
func (d *document) paths() object {
	var out object
	at := map[string]int{}
	for i := range d.api.Operations {
		o := &d.api.Operations[i]
		path := strings.NewReplacer("...}", "}", "{$}", "").Replace(o.Path)
		if _, ok := at[path]; !ok {
			at[path] = len(out)
			out = append(out, member{path, object{}})
		}
		item := out[at[path]].value.(object)
		out[at[path]].value = append(item, member{strings.ToLower(o.Method), d.operation(o)})
	}
	return out
}

func (d *document) operation(o *Operation) object {
	out := object{{"operationId", o.ID}, {"x-name", cmp.Or(o.Name, o.ID)}, {"summary", o.Summary}}.with("description", o.Description)
	if o.Tag != "" {
		out = append(out, member{"tags", list(o.Tag)})
	}
	if o.Deprecated {
		out = append(out, member{"deprecated", true})
	}
	if o.public() {
		out = append(out, member{"security", list()})
	} else {
		out = append(out, member{"x-role", o.Role})
	}
	if params := d.parameters(o); len(params) > 0 {
		out = append(out, member{"parameters", params})
	}
	if o.Input.Body != nil {
		out = append(out, member{"requestBody", d.requestBody(o)})
	}
	return append(out, member{"responses", d.responses(o)})
}

func (d *document) parameters(o *Operation) []any {
	var out []any
	if len(o.Input.Params) == 0 { // a handler, which reads its wildcards by itself
		for _, name := range input.Wildcards(o.Path) {
			one := object{{"name", name}, {"in", input.InPath}}.with("description", d.api.wildcard(o.Path, name))
			out = append(out, append(one, member{"required", true}, member{"schema", object{{"type", schema.TypeString}}}))
		}
	}
	for i := range o.Input.Params {
		p := &o.Input.Params[i]
		if p.Source == input.InHeader && p.Name == "Content-Type" {
			continue // OpenAPI has its own place for it
		}
		s := d.schema(p.Schema, asked)
		if fallback := p.DefaultJSON(); fallback != nil {
			s = append(s, member{"default", fallback})
		}
		one := object{{"name", p.Name}, {"in", p.Source}}.with("description", d.api.textOf(o, p))
		if p.Required {
			one = append(one, member{"required", true})
		}
		out = append(out, append(one, member{"schema", s}))
	}
	return out
}

func (d *document) requestBody(o *Operation) object {
	b := o.Input.Body
	var content object
	switch b.Mode {
	case input.BodyBytes:
		content = d.contents(o.Takes, asked)
		if content == nil {
			content = object{{"*/*", object{}}}
		}
	case input.BodyForm:
		content = d.contents([]Media{{input.MediaForm, b.Schema}}, asked)
	default:
		content = d.contents([]Media{{input.MediaJSON, b.Schema}}, asked)
	}
	if example, ok := d.api.Examples[o.ID]; ok {
		content[0].value = append(content[0].value.(object), member{"example", example})
	}
	out := object{{"content", content}}
	if b.Mode == input.BodyBytes || b.Mode != input.BodyOptional && b.Schema.Demands() {
		out = append(out, member{"required", true})
	}
	return out
}

func (d *document) contents(list []Media, side use) object {
	var out object
	for i := range list {
		media, _, _ := strings.Cut(list[i].Type, ";")
		out = append(out, member{media, object{{"schema", d.schema(list[i].shape(), side)}}})
	}
	return out
}

func (d *document) responses(o *Operation) object {
	ok := object{{"description", succeeded(o)}, {"headers", references("headers", headerRequestID)}}
	content := d.contents(o.Gives, answered)
	if o.Event != nil {
		content = append(content, member{"text/event-stream", d.stream(o)})
	}
	if content != nil {
		ok = append(ok, member{"content", content})
	}
	out := object{{strconv.Itoa(o.Status), ok}}
	for _, f := range failures {
		if mayFail(o, f.code) {
			out = append(out, member{strconv.Itoa(f.code), object{{"$ref", "#/components/responses/" + f.name}}})
		}
	}
	return out
}

func succeeded(o *Operation) string {
	text := http.StatusText(o.Status)
	if o.Event == nil {
		return text
	}
	text += ". In a stream, the data of each event has the schema."
	if o.Broken != "" {
		text += " A failure after the first event is the last one, with the name " + o.Broken + "."
	}
	return text
}

// stream describes a stream of events by the data of one. OpenAPI 3.1 has no words for a sequence, which x-event-stream says.
func (d *document) stream(o *Operation) object {
	marks := object{{"each", "data"}}.with("error", o.Broken)
	return object{{"schema", d.schema(o.Event, answered)}, {"x-event-stream", marks}}
}

// mayFail reports whether an operation may answer with an error of the given status. A public one may answer with 500 and 503, and with 404
// if its path has a wildcard.
func mayFail(o *Operation, status int) bool {
	switch status {
	case http.StatusInternalServerError, http.StatusServiceUnavailable:
		return true
	case http.StatusNotFound:
		return !o.public() || strings.Contains(o.Path, "{")
	default:
		return !o.public()
	}
}

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
	shape := object{{"schema", d.schema(d.api.Failure, answered)}}
	for _, f := range failures {
		out = append(out, member{f.name, object{
			{"description", f.text}, {"headers", references("headers", headerRequestID, headerReason, headerRetryAfter)},
			{"content", object{{input.MediaJSON, shape}}},
		}})
	}
	return out
}

// The headers of answers that clients read.
const (
	headerRequestID  = "X-Request-Id"
	headerReason     = "X-Error-Reason"
	headerRetryAfter = "Retry-After"
)

func headers() object {
	text, seconds := object{{"type", schema.TypeString}}, object{{"type", schema.TypeInteger}}
	return object{
		{headerRequestID, object{{"description", "The id of the request, as the server's log has it."}, {"schema", text}}},
		{headerReason, object{{"description", "The reason of the failure, as in the body."}, {"schema", text}}},
		{headerRetryAfter, object{{"description", "The seconds after which the same request may succeed, if they are known."}, {"schema", seconds}}},
	}
}

// references refers to components of a kind by their names.
func references(kind string, names ...string) object {
	var out object
	for _, name := range names {
		out = append(out, member{name, object{{"$ref", "#/components/" + kind + "/" + name}}})
	}
	return out
}

// SessionCookie is the name of the cookie with the token of a session.
const SessionCookie = "openloop_session"

func securitySchemes() object {
	return object{
		{"apiKey", object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-KEY"}}},
		{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}},
		{"session", object{{"type", "apiKey"}, {"in", "cookie"}, {"name", SessionCookie}, {"description", "For browsers that have signed in."}}},
	}
}
