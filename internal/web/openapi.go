package web

import (
	"errors"
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
	out := object{{"content", object{{mediaJSON, object{{"schema", d.schema(b.schema, asked)}}}}}}
	if b.mode == bodyJSON && slices.ContainsFunc(b.schema.Members, func(m Member) bool { return m.Required }) {
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
		if !r.Public() || f.code == http.StatusInternalServerError {
			out = append(out, entry{strconv.Itoa(f.code), object{{"$ref", "#/components/responses/" + f.name}}})
		}
	}
	return out
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

func (d *document) schemas() object {
	var out object
	for _, c := range d.components.all() {
		out = append(out, entry{c.name, d.shape(c.schema, c.side)})
	}
	return out
}

// schema is s, by reference if it is a component.
func (d *document) schema(s *Schema, side use) object {
	if s.Name != "" {
		return object{{"$ref", "#/components/schemas/" + d.components.nameOn(s, side)}}
	}
	return d.shape(s, side)
}

// shape is s in full.
func (d *document) shape(s *Schema, side use) object {
	out := object{}.with("description", s.Description)
	if s.OneOf != nil {
		return append(out, d.union(s, side)...)
	}
	switch {
	case s.Type == "":
		return out
	case s.Nullable:
		out = append(out, entry{"type", list(s.Type, "null")})
	default:
		out = append(out, entry{"type", s.Type})
	}
	out = out.with("format", s.Format)
	if s.Enum != nil {
		out = append(out, entry{"enum", enumOf(s)})
	}
	out = append(out, bounds(s)...)
	if s.Type == typeArray {
		out = append(out, entry{"items", d.schema(orDefault(s.Items, Any()), side)})
	}
	if s.Type == typeObject {
		out = append(out, d.objectShape(s, side)...)
	}
	return out
}

func enumOf(s *Schema) []any {
	var out []any
	for _, v := range s.Enum {
		out = append(out, v)
	}
	if s.Nullable {
		out = append(out, nil)
	}
	return out
}

func bounds(s *Schema) object {
	var out object
	if s.Min != nil {
		out = append(out, entry{"minimum", *s.Min})
	}
	if s.Max != nil {
		out = append(out, entry{"maximum", *s.Max})
	}
	least, most := "minLength", "maxLength"
	if s.Type == typeArray {
		least, most = "minItems", "maxItems"
	}
	if s.MinLen > 0 {
		out = append(out, entry{least, s.MinLen})
	}
	if s.MaxLen > 0 {
		out = append(out, entry{most, s.MaxLen})
	}
	return out
}

func (d *document) objectShape(s *Schema, side use) object {
	var out, properties object
	var required []any
	for i := range s.Members {
		m := &s.Members[i]
		properties = append(properties, entry{m.Name, d.memberShape(m, side)})
		if m.needs(side) {
			required = append(required, m.Name)
		}
	}
	if properties != nil {
		out = append(out, entry{"properties", properties})
	}
	if required != nil {
		out = append(out, entry{"required", required})
	}
	if s.Values != nil {
		out = append(out, entry{"additionalProperties", d.schema(s.Values, side)})
	}
	return out
}

func (d *document) memberShape(m *Member, side use) object {
	out := d.schema(m.Schema, side)
	if side == answered && m.orNull {
		out = object{{"anyOf", list(out, object{{"type", "null"}})}}
	}
	return out.with("description", m.Description)
}

func (d *document) union(s *Schema, side use) object {
	var choices []any
	var mapping object
	for _, one := range s.OneOf {
		choices = append(choices, d.schema(one, side))
		for _, m := range one.Members {
			if m.Name == s.Tag && one.Name != "" && len(m.Schema.Enum) == 1 {
				mapping = append(mapping, entry{m.Schema.Enum[0], "#/components/schemas/" + d.components.nameOn(one, side)})
			}
		}
	}
	if s.Nullable {
		choices = append(choices, object{{"type", "null"}})
	}
	if len(mapping) != len(s.OneOf) {
		return object{{"anyOf", choices}}
	}
	return object{{"oneOf", choices}, {"discriminator", object{{"propertyName", s.Tag}, {"mapping", mapping}}}}
}

// object is a JSON object whose members keep their order.
type object []entry

type entry struct {
	name  string
	value any
}

// with adds a text, if there is one.
func (o object) with(name, text string) object {
	if text == "" {
		return o
	}
	return append(slices.Clip(o), entry{name, text})
}

// list is a JSON array, never null.
func list(items ...any) []any { return append([]any{}, items...) }

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, e := range o {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(json.AppendString(out, e.name), ':')
		value, err := json.Marshal(e.value)
		if err != nil {
			return nil, errors.Join(err, errors.New(e.name))
		}
		out = append(out, value...)
	}
	return append(out, '}'), nil
}

// reasons describes the closed list of errs.
func reasons() Type {
	var all []string
	for _, r := range errs.Reasons() {
		all = append(all, string(r))
	}
	return Describe[errs.Reason](&Schema{Name: "Reason", Type: typeString, Enum: all, Description: "More reasons may be added."}, nil)
}
