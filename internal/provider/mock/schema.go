package mock

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// jsonScript answers with an instance of the schema of the response format, or calls the forced tool with one of its parameters.
func jsonScript(r *llm.Request) script {
	if tool := forcedTool(r); tool != "" {
		return callFitting(r, tool, "")
	}
	var schema json.Value
	if r.ResponseFormat != nil {
		schema = r.ResponseFormat.Schema()
	}
	text, ok := jsonFor(r, schema, "")
	if !ok {
		return fail(noInstance(r.Model, "response_format"))
	}
	return say(r, text, 0)
}

// callFitting answers with a call of tool whose arguments fit its schema. For text, see [maker].
func callFitting(r *llm.Request, tool, text string) script {
	arguments, ok := jsonFor(r, parametersOf(r, tool), text)
	if !ok {
		return fail(noInstance(r.Model, "tools"))
	}
	return callOne(tool, arguments, 0)
}

func parametersOf(r *llm.Request, tool string) json.Value {
	for i := range r.Tools {
		if r.Tools[i].Name == tool {
			return r.Tools[i].Parameters
		}
	}
	return nil
}

// jsonFor returns an instance of schema. Without a schema it is an object made of what the user said. For text, see [maker].
func jsonFor(r *llm.Request, schema json.Value, text string) (value string, ok bool) {
	if json.Kind(schema) != '{' {
		return argumentsOf(lastUserText(r)), true
	}
	out, ok := instance(schema, text)
	return string(out), ok
}

func noInstance(model, param string) *errs.Error {
	e, _ := failureOf(errs.InvalidRequest, model)
	e.Message, e.Param = "Invalid schema: the mock finds no value of reasonable size that fits it.", param
	return e
}

// schema is what an instance needs of a JSON Schema.
type schema struct {
	Ref              string       `json:"$ref"`
	Type             json.Value   `json:"type"`
	Const            json.Value   `json:"const"`
	Enum             []json.Value `json:"enum"`
	AnyOf            []json.Value `json:"anyOf"`
	OneOf            []json.Value `json:"oneOf"`
	Properties       json.Value   `json:"properties"`
	Required         []string     `json:"required"`
	Items            json.Value   `json:"items"`
	MinItems         int          `json:"minItems"`
	Minimum          *float64     `json:"minimum"`
	ExclusiveMinimum *float64     `json:"exclusiveMinimum"`
}

const (
	maxRead  = 16 << 20 // bytes of schemas that may be read for an instance, which bounds its size and depth, too
	eachRead = 512      // bytes that each reading counts besides
)

// instance returns a JSON value that fits root, the same each time: the first choice of each enum, and a single item in each list. ok is false if
// root is not usable or its instances are too large. For text, see [maker].
func instance(root json.Value, text string) (value []byte, ok bool) {
	m := maker{root: root, text: text, found: map[string]json.Value{}, left: maxRead}
	return m.appendValue(nil, root, "text")
}

// maker makes one instance.
type maker struct {
	root      json.Value
	text      string                // of each member that is one; "" for the name of the member
	found     map[string]json.Value // schemas by their references
	following []string              // references that lead here; a value of finite size needs none of them twice
	left      int                   // of maxRead
}

// read decodes raw into v, and reports whether it could.
func (m *maker) read(raw json.Value, v any) bool {
	m.left -= len(raw) + eachRead
	return m.left >= 0 && json.UnmarshalForeign(raw, v) == nil
}

// appendValue appends an instance of raw, the schema of the member name.
func (m *maker) appendValue(dst []byte, raw json.Value, name string) (out []byte, ok bool) {
	m.left -= len(name)
	var s schema
	if json.Kind(raw) == 't' { // anything fits
		raw = json.Value(`{}`)
	}
	if !m.read(raw, &s) {
		return nil, false
	}
	choices := slices.Concat(s.AnyOf, s.OneOf)
	switch {
	case s.Ref != "":
		return m.appendReferred(dst, s.Ref, name)
	case s.Const != nil:
		return append(dst, s.Const...), true
	case len(s.Enum) > 0:
		return append(dst, s.Enum[0]...), true
	case len(choices) > 0 && s.Properties == nil:
		for _, c := range choices {
			if out, ok := m.appendValue(dst, c, name); ok {
				return out, true
			}
		}
		return nil, false
	}
	return m.appendTyped(dst, &s, name)
}

func (m *maker) appendTyped(dst []byte, s *schema, name string) (out []byte, ok bool) {
	switch s.kind() {
	case "object":
		return m.appendObject(dst, s)
	case "array":
		return m.appendArray(dst, s, name)
	case "integer":
		return appendNumber(dst, math.Ceil(s.least())), true
	case "number":
		return appendNumber(dst, s.least()), true
	case "boolean":
		return append(dst, "true"...), true
	case "null":
		return append(dst, "null"...), true
	case "string":
		m.left -= len(m.text)
		return json.AppendString(dst, cmp.Or(m.text, name)), true
	default:
		return nil, false
	}
}

// kind returns the first type that s allows, or the one that its other keywords are about.
func (s *schema) kind() string {
	var types []string
	switch {
	case json.UnmarshalForeign(s.Type, &types) == nil && len(types) > 0:
		return types[0]
	case s.Type != nil:
		types = make([]string, 1)
		_ = json.UnmarshalForeign(s.Type, &types[0]) // no text: no type
		return types[0]
	case s.Properties != nil || s.Required != nil:
		return "object"
	case s.Items != nil:
		return "array"
	case s.Minimum != nil || s.ExclusiveMinimum != nil:
		return "number"
	default:
		return "string"
	}
}

func (s *schema) least() (n float64) {
	if s.Minimum != nil {
		n = max(n, *s.Minimum)
	}
	if s.ExclusiveMinimum != nil && *s.ExclusiveMinimum >= n {
		n = math.Floor(*s.ExclusiveMinimum) + 1
	}
	return n
}

func appendNumber(dst []byte, n float64) []byte { return strconv.AppendFloat(dst, n, 'f', -1, 64) }

// appendObject appends an object with all properties, but those optional ones that have no instance.
func (m *maker) appendObject(dst []byte, s *schema) (out []byte, ok bool) {
	properties := map[string]json.Value{}
	if s.Properties != nil && !m.read(s.Properties, &properties) {
		return nil, false
	}
	required, written := map[string]bool{}, map[string]bool{}
	for _, name := range s.Required {
		required[name] = true
	}
	dst = append(dst, '{')
	start := len(dst)
	for _, name := range slices.Concat(json.Names(s.Properties), s.Required) {
		if written[name] {
			continue
		}
		written[name] = true
		member := dst
		if len(dst) > start {
			member = append(member, ", "...)
		}
		member = append(json.AppendString(member, name), ": "...)
		raw, known := properties[name]
		if !known {
			raw = json.Value(`{}`)
		}
		member, ok := m.appendValue(member, raw, name)
		switch {
		case ok:
			dst = member
		case required[name]:
			return nil, false
		}
	}
	return append(dst, '}'), true
}

// appendArray appends an array of one item or of as many as there must be.
func (m *maker) appendArray(dst []byte, s *schema, name string) (out []byte, ok bool) {
	items := s.Items
	if items == nil {
		items = json.Value(`{}`)
	}
	dst = append(dst, '[')
	for i := range max(1, s.MinItems) {
		item := dst
		if i > 0 {
			item = append(item, ", "...)
		}
		item, ok := m.appendValue(item, items, name)
		if !ok && i < s.MinItems {
			return nil, false
		}
		if ok {
			dst = item
		}
	}
	return append(dst, ']'), true
}

// appendReferred appends an instance of the schema that ref, as "#/$defs/node", points to.
func (m *maker) appendReferred(dst []byte, ref, name string) (out []byte, ok bool) {
	if slices.Contains(m.following, ref) {
		return nil, false
	}
	raw, ok := m.find(ref)
	if !ok {
		return nil, false
	}
	m.following = append(m.following, ref)
	out, ok = m.appendValue(dst, raw, name)
	m.following = m.following[:len(m.following)-1]
	return out, ok
}

func (m *maker) find(ref string) (json.Value, bool) {
	if raw, ok := m.found[ref]; ok {
		return raw, true
	}
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, false
	}
	raw := m.root
	for _, step := range strings.Split(path, "/")[1:] {
		if raw, ok = m.step(raw, strings.NewReplacer("~1", "/", "~0", "~").Replace(step)); !ok {
			return nil, false
		}
	}
	m.found[ref] = raw
	return raw, true
}

// step returns the member or the item of raw with that name.
func (m *maker) step(raw json.Value, name string) (json.Value, bool) {
	if json.Kind(raw) == '[' {
		var items []json.Value
		i, err := strconv.Atoi(name)
		if err != nil || !m.read(raw, &items) || i < 0 || i >= len(items) {
			return nil, false
		}
		return items[i], true
	}
	var members map[string]json.Value
	if !m.read(raw, &members) {
		return nil, false
	}
	member, ok := members[name]
	return member, ok
}
