package openapi

import (
	"cmp"
	"errors"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

func (d *document) schemas() object {
	var out object
	for _, c := range d.components.all() {
		out = append(out, member{c.name, d.shape(c.schema, c.side)})
	}
	return out
}

// schema renders s, as a reference if it is a component.
func (d *document) schema(s *schema.Schema, side use) object {
	if s.Name != "" {
		return object{{"$ref", "#/components/schemas/" + d.components.nameOn(s, side)}}
	}
	return d.shape(s, side)
}

func (d *document) shape(s *schema.Schema, side use) object {
	out := object{}.with("description", s.Description)
	switch {
	case s.OneOf != nil:
		return append(out, d.union(s, side)...)
	case s.Known != nil:
		return append(out, growing(s)...)
	case s.Type == "":
		return out
	case s.Nullable:
		out = append(out, member{"type", list(s.Type, "null")})
	default:
		out = append(out, member{"type", s.Type})
	}
	out = out.with("format", s.Format)
	if s.Enum != nil {
		out = append(out, member{"enum", valuesOf(s.Enum, s.Nullable)})
	}
	out = append(out, bounds(s)...)
	if s.Type == schema.TypeArray {
		out = append(out, member{"items", d.schema(cmp.Or(s.Items, schema.Any()), side)})
	}
	if s.Type == schema.TypeObject {
		out = append(out, d.objectShape(s, side)...)
	}
	return out
}

// growing describes a string whose known values are listed, and which may have others.
func growing(s *schema.Schema) object {
	choices := list(object{{"type", s.Type}, {"enum", valuesOf(s.Known, false)}}, object{{"type", s.Type}})
	if s.Nullable {
		choices = append(choices, object{{"type", "null"}})
	}
	return object{{"anyOf", choices}}
}

func valuesOf(texts []string, orNull bool) []any {
	out := list()
	for _, v := range texts {
		out = append(out, v)
	}
	if orNull {
		out = append(out, nil)
	}
	return out
}

func bounds(s *schema.Schema) object {
	var out object
	if s.Min != nil {
		out = append(out, member{"minimum", *s.Min})
	}
	if s.Max != nil {
		out = append(out, member{"maximum", *s.Max})
	}
	least, most := "minLength", "maxLength"
	if s.Type == schema.TypeArray {
		least, most = "minItems", "maxItems"
	}
	if s.MinLen > 0 {
		out = append(out, member{least, s.MinLen})
	}
	if s.MaxLen > 0 {
		out = append(out, member{most, s.MaxLen})
	}
	return out
}

func (d *document) objectShape(s *schema.Schema, side use) object {
	var out, properties object
	var required []any
	for i := range s.Members {
		m := &s.Members[i]
		properties = append(properties, member{m.Name, d.memberShape(m, side)})
		if needs(m, side) {
			required = append(required, m.Name)
		}
	}
	if properties != nil {
		out = append(out, member{"properties", properties})
	}
	if required != nil {
		out = append(out, member{"required", required})
	}
	switch {
	case s.Values != nil:
		out = append(out, member{"additionalProperties", d.schema(s.Values, side)})
	case s.Open, len(s.Members) == 0:
		out = append(out, member{"additionalProperties", true})
	}
	if side == asked {
		out = append(out, d.groups(s)...)
	}
	return out
}

// groups says of which members a request needs at least one.
func (d *document) groups(s *schema.Schema) object {
	var all []any
	for _, names := range s.Groups() {
		choices := list()
		for i := range s.Members {
			if m := &s.Members[i]; slices.Contains(names, m.Name) {
				shape := object{{m.Name, d.schema(m.Schema, asked)}}
				choices = append(choices, object{{"type", schema.TypeObject}, {"properties", shape}, {"required", list(m.Name)}})
			}
		}
		all = append(all, object{{"anyOf", choices}})
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0].(object)
	default:
		return object{{"allOf", all}}
	}
}

func (d *document) memberShape(m *schema.Member, side use) object {
	out := d.schema(m.Schema, side)
	if side == answered && m.OrNull {
		out = object{{"anyOf", list(out, object{{"type", "null"}})}}
	}
	return out.with("description", m.Description)
}

func (d *document) union(s *schema.Schema, side use) object {
	var choices []any
	var mapping object
	for _, one := range s.OneOf {
		choices = append(choices, d.schema(one, side))
		for _, m := range one.Members {
			if m.Name != s.Tag || one.Name == "" {
				continue
			}
			for _, kind := range m.Schema.Enum {
				mapping = append(mapping, member{kind, "#/components/schemas/" + d.components.nameOn(one, side)})
			}
		}
	}
	if s.Nullable {
		choices = append(choices, object{{"type", "null"}})
	}
	if len(mapping) < len(s.OneOf) {
		return object{{"anyOf", choices}}
	}
	return object{{"oneOf", choices}, {"discriminator", object{{"propertyName", s.Tag}, {"mapping", mapping}}}}
}

type object []member

type member struct {
	name  string
	value any
}

func (o object) with(name, text string) object {
	if text == "" {
		return o
	}
	return append(slices.Clip(o), member{name, text})
}

// list is a JSON array. It is never null.
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
