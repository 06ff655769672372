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
		{"servers", list(object{{"url", cmp.Or(a.BaseURL, "/")}})},
		{"tags", tagList(a.tags(), a.Tags)},
		{"paths", d.paths()},
		{"components", object{
			{"schemas", d.schemas()}, {"responses", d.failures()}, {"securitySchemes", securitySchemes()},
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
	out := object{{"operationId", o.ID}, {"summary", o.Summary}}.with("description", o.Description)
	if o.Tag != "" {
		out = append(out, member{"tags", list(o.Tag)})
	}
	if o.Deprecated {
		out = append(out, member{"deprecated", true})
	}
	if o.public() {
		out = append(out, member{"security", list()})
	} else {
		out = append(out, member{"security", list(object{{"apiKey", list()}}, object{{"bearer", list()}})}, member{"x-role", o.Role})
	}
	if params := d.parameters(o); len(params) > 0 {
		out = append(out, member{"parameters", params})
	}
	if o.Input.Body != nil {
		out = append(out, member{"requestBody", d.requestBody(o.Input.Body)})
	}
	return append(out, member{"responses", d.responses(o)})
}

func (d *document) parameters(o *Operation) []any {
	var out []any
	if len(o.Input.Params) == 0 { // a handler, which reads its wildcards by itself
		for _, name := range input.Wildcards(o.Path) {
			out = append(out, object{{"name", name}, {"in", input.InPath}, {"required", true}, {"schema", object{{"type", schema.TypeString}}}})
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
		one := object{{"name", p.Name}, {"in", p.Source}}.with("description", p.Doc)
		if p.Required {
			one = append(one, member{"required", true})
		}
		out = append(out, append(one, member{"schema", s}))
	}
	return out
}

func (d *document) requestBody(b *input.Body) object {
	if b.Mode == input.BodyBytes {
		return object{{"content", object{{"*/*", object{}}}}, {"required", true}}
	}
	media := input.MediaJSON
	if b.Mode == input.BodyForm {
		media = input.MediaForm
	}
	out := object{{"content", object{{media, object{{"schema", d.schema(b.Schema, asked)}}}}}}
	if b.Mode != input.BodyOptional && b.Schema.Demands() {
		out = append(out, member{"required", true})
	}
	return out
}

func (d *document) responses(o *Operation) object {
	ok := object{{"description", http.StatusText(o.Status)}}
	var content object
	if o.Media != "" {
		shape := object{}
		if o.Answer != nil {
			shape = object{{"schema", d.schema(o.Answer, answered)}}
		}
		media, _, _ := strings.Cut(o.Media, ";")
		content = object{{media, shape}}
	}
	if o.Event != nil {
		content = append(content, member{"text/event-stream", object{{"schema", d.schema(o.Event, answered)}}})
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
		out = append(out, member{f.name, object{{"description", f.text}, {"content", object{{input.MediaJSON, shape}}}}})
	}
	return out
}

func securitySchemes() object {
	return object{
		{"apiKey", object{{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-KEY"}}},
		{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}},
	}
}
