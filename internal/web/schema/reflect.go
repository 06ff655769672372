package schema

import (
	"encoding"
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/json"
)

var (
	typeValue  = reflect.TypeFor[json.Value]()
	typeTime   = reflect.TypeFor[time.Time]()
	typeBytes  = reflect.TypeFor[[]byte]()
	typeSchema = reflect.TypeFor[Schemer]()
	ownMethods = []reflect.Type{
		reflect.TypeFor[interface{ MarshalJSONTo(enc *json.Encoder) error }](),
		reflect.TypeFor[interface {
			UnmarshalJSONFrom(dec *json.Decoder) error
		}](),
		reflect.TypeFor[interface{ MarshalJSON() ([]byte, error) }](),
		reflect.TypeFor[interface{ UnmarshalJSON(data []byte) error }](),
	}
	textMethods = []reflect.Type{reflect.TypeFor[encoding.TextMarshaler](), reflect.TypeFor[encoding.TextUnmarshaler]()}
)

// Builder makes the schemas of Go types, each once. Making a new one is not safe for concurrent use; reading is.
type Builder struct {
	described map[reflect.Type]Type
	schemas   map[reflect.Type]*Schema
	checks    map[reflect.Type]*pending
	resolved  map[*Schema]*Schema // of hand-written ones
}

// NewBuilder returns a Builder that takes the schemas of the given types as they are described.
func NewBuilder(types []Type) *Builder {
	b := &Builder{
		described: map[reflect.Type]Type{}, schemas: map[reflect.Type]*Schema{}, checks: map[reflect.Type]*pending{},
		resolved: map[*Schema]*Schema{},
	}
	for _, t := range types {
		b.described[t.typ] = t
	}
	return b
}

// Made is the schema of t, which [Builder.Of] or [Builder.Describe] made before; nil for a nil t.
func (b *Builder) Made(t reflect.Type) *Schema {
	if t == nil {
		return nil
	}
	s, _ := b.Of(t) // an unnamed type is made again, of parts that are not
	return s
}

// Describe makes the schemas of types. It skips nil ones.
func (b *Builder) Describe(types ...reflect.Type) error {
	for _, t := range types {
		if t == nil {
			continue
		}
		if _, err := b.Of(t); err != nil {
			return err
		}
	}
	return nil
}

// Of is the schema of t.
func (b *Builder) Of(t reflect.Type) (*Schema, error) {
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
		return &Schema{Type: TypeString, Format: FormatTime}, nil
	case t == typeBytes:
		return &Schema{Type: TypeString, Format: FormatBytes}, nil
	case IsOpt(t):
		return b.nullable(t.Field(OptValue).Type)
	case t.Kind() == reflect.Pointer:
		return b.Of(t.Elem())
	case t.Implements(typeSchema):
		return b.adopt(t, reflect.Zero(t).Interface().(Schemer).JSONSchema())
	case hasOwn(t, ownMethods):
		return nil, fmt.Errorf("the type %s has its own JSON methods and is not described (see schema.Describe)", t)
	case hasOwn(t, textMethods):
		return String(), nil
	}
	return b.ofKind(t)
}

// The formats of a string.
const (
	FormatTime  = "date-time"
	FormatDate  = "date"
	FormatBytes = "byte"
)

func (b *Builder) ofKind(t reflect.Type) (*Schema, error) {
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
		return &Schema{Type: TypeInteger, Min: new(float64)}, nil
	case reflect.Interface:
		return Any(), nil
	case reflect.Slice, reflect.Array:
		items, err := b.Of(t.Elem())
		return List(items), err
	case reflect.Map:
		values, err := b.Of(t.Elem())
		return MapOf(values), err
	case reflect.Struct:
		return b.object(t)
	default:
		return nil, fmt.Errorf("the type %s has no JSON form", t)
	}
}

func (b *Builder) nullable(t reflect.Type) (*Schema, error) {
	s, err := b.Of(t)
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

// adopt makes given the schema of t. References to types ([Of]) are replaced by their schemas.
func (b *Builder) adopt(t reflect.Type, given *Schema) (*Schema, error) {
	if given == nil {
		return nil, fmt.Errorf("the schema of %s is nil", t)
	}
	if given.of != nil && given.of != t {
		return b.Of(given.of)
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

func (b *Builder) resolve(given *Schema) (*Schema, error) {
	if given == nil {
		return nil, nil
	}
	if given.of != nil {
		return b.Of(given.of)
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

func (b *Builder) object(t reflect.Type) (*Schema, error) {
	s := &Schema{Type: TypeObject, Name: componentName(t), pkg: path.Base(t.PkgPath())}
	if t.Name() != "" {
		b.schemas[t] = s // before its members, which may hold t again
	}
	return s, b.members(s, t)
}

// members adds the members of the struct t. Its own ones hide those of the same name in structs that it embeds, as in JSON.
func (b *Builder) members(s *Schema, t reflect.Type) error {
	for f := range fields(t) {
		if f.embedded {
			inner := &Schema{Values: s.Values, Open: s.Open}
			if err := b.embed(inner, f.Type); err != nil {
				return err
			}
			s.Values, s.Open = inner.Values, inner.Open
			s.Members = append(s.Members, slices.DeleteFunc(inner.Members, func(m Member) bool { return hides(t, m.Name) })...)
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

// hides reports whether t has a field of its own for the member name.
func hides(t reflect.Type, name string) bool {
	for f := range fields(t) {
		if !f.embedded && f.json == name {
			return true
		}
	}
	return false
}

// embed adds the members of an embedded struct. An embedded map or json.Value takes all further members.
func (b *Builder) embed(s *Schema, t reflect.Type) error {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == typeValue:
		s.Open = true
		return nil
	case t.Kind() == reflect.Map:
		var err error
		s.Values, err = b.Of(t.Elem())
		return err
	default:
		return b.members(s, t)
	}
}

func (b *Builder) member(f field) (Member, error) {
	s, err := b.Of(f.Type)
	if err != nil {
		return Member{}, err
	}
	rules, err := RulesOf(f.Tag)
	if err != nil {
		return Member{}, err
	}
	if s, err = rules.Apply(s); err != nil {
		return Member{}, err
	}
	m := Member{Name: f.json, Schema: s, Description: f.Tag.Get("doc"), Required: rules.Required, Either: f.Tag.Get("either")}
	m.Always, m.OrNull = !f.omit, !f.omit && f.Type.Kind() == reflect.Pointer
	return m, nil
}

// IsOpt reports whether t is a json.Opt.
func IsOpt(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.PkgPath() == typeOpt.PkgPath() && strings.HasPrefix(t.Name(), "Opt[")
}

var typeOpt = reflect.TypeFor[json.Opt[bool]]()

// The fields of a json.Opt.
const (
	OptSet   = 0
	OptNull  = 1
	OptValue = 2
)

func hasOwn(t reflect.Type, methods []reflect.Type) bool {
	for _, m := range methods {
		if t.Implements(m) || reflect.PointerTo(t).Implements(m) {
			return true
		}
	}
	return false
}

// componentName is the name of t in the OpenAPI document: its own, followed by those of its type arguments.
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

// QualifiedName is the name of s prefixed with its Go package. It tells apart two schemas with one name: V5Error, LlmError.
func (s *Schema) QualifiedName() string { return capital(s.pkg) + s.Name }
