package web

import (
	"encoding"
	"fmt"
	"path"
	"reflect"
	"strings"
	"time"

	"openloop/internal/json"
)

var (
	typeValue   = reflect.TypeFor[json.Value]()
	typeTime    = reflect.TypeFor[time.Time]()
	typeBytes   = reflect.TypeFor[[]byte]()
	typeFailure = reflect.TypeFor[failure]()
	typeSchema  = reflect.TypeFor[Schemer]()
	ownMethods  = []reflect.Type{
		reflect.TypeFor[interface{ MarshalJSONTo(enc *json.Encoder) error }](),
		reflect.TypeFor[interface {
			UnmarshalJSONFrom(dec *json.Decoder) error
		}](),
		reflect.TypeFor[interface{ MarshalJSON() ([]byte, error) }](),
		reflect.TypeFor[interface{ UnmarshalJSON(data []byte) error }](),
	}
	textMethods = []reflect.Type{reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
)

// builder makes schemas of Go types, each once. It is used while a server is made, and only read afterwards.
type builder struct {
	described map[reflect.Type]Type
	schemas   map[reflect.Type]*Schema
	checks    map[reflect.Type]*check
	resolved  map[*Schema]*Schema // of hand-written ones
}

func newBuilder(types []Type) *builder {
	b := &builder{
		described: map[reflect.Type]Type{}, schemas: map[reflect.Type]*Schema{}, checks: map[reflect.Type]*check{},
		resolved: map[*Schema]*Schema{},
	}
	for _, t := range append([]Type{reasons()}, types...) {
		b.described[t.typ] = t
	}
	return b
}

// made is the schema of t, which was made before; nil for a nil t.
func (b *builder) made(t reflect.Type) *Schema {
	if t == nil {
		return nil
	}
	s, _ := b.of(t) // an unnamed type is made again, of parts that are not
	return s
}

// describe makes the schemas of types, of which some may be nil.
func (b *builder) describe(types ...reflect.Type) error {
	for _, t := range types {
		if t == nil {
			continue
		}
		if _, err := b.of(t); err != nil {
			return err
		}
	}
	return nil
}

// of is the schema of t.
func (b *builder) of(t reflect.Type) (*Schema, error) {
	if s := b.schemas[t]; s != nil {
		return s, nil
	}
	if d, ok := b.described[t]; ok {
		return b.adopt(t, d.schema)
	}
	switch {
	case t == typeValue:
		return Any(), nil
	case t == typeTime:
		return &Schema{Type: typeString, Format: formatTime}, nil
	case t == typeBytes:
		return &Schema{Type: typeString, Format: formatBytes}, nil
	case isOpt(t):
		return b.nullable(t.Field(optValue).Type)
	case t.Kind() == reflect.Pointer:
		return b.of(t.Elem())
	case t.Implements(typeSchema):
		return b.adopt(t, reflect.Zero(t).Interface().(Schemer).JSONSchema())
	case hasOwn(t, ownMethods):
		return nil, fmt.Errorf("the type %s has its own JSON methods and is not described (see web.Describe)", t)
	case hasOwn(t, textMethods):
		return String(), nil
	}
	return b.ofKind(t)
}

const (
	formatTime  = "date-time"
	formatDate  = "date"
	formatBytes = "byte"
)

func (b *builder) ofKind(t reflect.Type) (*Schema, error) {
	switch t.Kind() {
	case reflect.String:
		return String(), nil
	case reflect.Bool:
		return Boolean(), nil
	case reflect.Float32, reflect.Float64:
		return Number(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return Integer(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &Schema{Type: typeInteger, Min: new(float64)}, nil
	case reflect.Interface:
		return Any(), nil
	case reflect.Slice, reflect.Array:
		items, err := b.of(t.Elem())
		return List(items), err
	case reflect.Map:
		values, err := b.of(t.Elem())
		return MapOf(values), err
	case reflect.Struct:
		return b.object(t)
	default:
		return nil, fmt.Errorf("the type %s has no JSON form", t)
	}
}

// nullable is the schema of t or null.
func (b *builder) nullable(t reflect.Type) (*Schema, error) {
	s, err := b.of(t)
	if err != nil {
		return nil, err
	}
	if s.Name != "" {
		return &Schema{Nullable: true, OneOf: []*Schema{s}}, nil
	}
	out := *s
	out.Nullable = true
	return &out, nil
}

// adopt makes a given schema the one of t. The types it stands for are replaced by their schemas.
func (b *builder) adopt(t reflect.Type, given *Schema) (*Schema, error) {
	if given == nil {
		return nil, fmt.Errorf("the schema of %s is nil", t)
	}
	if given.of != nil && given.of != t {
		return b.of(given.of)
	}
	s := new(Schema)
	b.schemas[t] = s
	resolved, err := b.resolve(given)
	if err != nil {
		return nil, err
	}
	*s = *resolved
	s.pkg = path.Base(t.PkgPath())
	return s, nil
}

func (b *builder) resolve(given *Schema) (*Schema, error) {
	if given == nil {
		return nil, nil
	}
	if given.of != nil {
		return b.of(given.of)
	}
	if s := b.resolved[given]; s != nil {
		return s, nil
	}
	out := *given
	b.resolved[given] = &out
	var err error
	if out.Items, err = b.resolve(given.Items); err != nil {
		return nil, err
	}
	if out.Values, err = b.resolve(given.Values); err != nil {
		return nil, err
	}
	out.OneOf, out.Members = nil, nil
	for _, s := range given.OneOf {
		r, err := b.resolve(s)
		if err != nil {
			return nil, err
		}
		out.OneOf = append(out.OneOf, r)
	}
	for _, m := range given.Members {
		if m.Schema, err = b.resolve(m.Schema); err != nil {
			return nil, err
		}
		out.Members = append(out.Members, m)
	}
	return &out, nil
}

// object is the schema of a struct.
func (b *builder) object(t reflect.Type) (*Schema, error) {
	s := &Schema{Type: typeObject, Name: componentName(t), pkg: path.Base(t.PkgPath())}
	if t.Name() != "" {
		b.schemas[t] = s // before its members, which may hold t again
	}
	return s, b.members(s, t)
}

func (b *builder) members(s *Schema, t reflect.Type) error {
	for f := range fields(t) {
		if f.embedded {
			if err := b.embed(s, f.Type); err != nil {
				return err
			}
			continue
		}
		m, err := b.member(f)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
		s.Members = append(s.Members, m)
	}
	return nil
}

// embed adds the members of a struct, or says that any may follow.
func (b *builder) embed(s *Schema, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == typeValue:
		s.open = true
		return nil
	case t.Kind() == reflect.Map:
		var err error
		s.Values, err = b.of(t.Elem())
		return err
	default:
		return b.members(s, t)
	}
}

func (b *builder) member(f field) (Member, error) {
	s, err := b.of(f.Type)
	if err != nil {
		return Member{}, err
	}
	rules, err := rulesOf(f.Tag)
	if err != nil {
		return Member{}, err
	}
	if s, err = rules.apply(s); err != nil {
		return Member{}, err
	}
	m := Member{Name: f.json, Schema: s, Description: f.Tag.Get("doc"), Required: rules.required}
	m.Always, m.orNull = !f.omit, !f.omit && f.Type.Kind() == reflect.Pointer
	return m, nil
}

// isOpt reports whether t is a json.Opt.
func isOpt(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == typeOpt.PkgPath() && strings.HasPrefix(t.Name(), "Opt[")
}

var typeOpt = reflect.TypeFor[json.Opt[bool]]()

// The fields of a json.Opt.
const (
	optSet   = 0
	optNull  = 1
	optValue = 2
)

func hasOwn(t reflect.Type, methods []reflect.Type) bool {
	for _, m := range methods {
		if t.Implements(m) || reflect.PointerTo(t).Implements(m) {
			return true
		}
	}
	return false
}

// componentName is the name of t in the OpenAPI document: its own, with the names of its type arguments behind it.
func componentName(t reflect.Type) string {
	name, args, generic := strings.Cut(t.Name(), "[")
	name = capital(name)
	if !generic {
		return name
	}
	for arg := range strings.SplitSeq(strings.TrimSuffix(args, "]"), ",") {
		name += capital(arg[strings.LastIndexAny(arg, "./*]")+1:])
	}
	return name
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
