package input

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Plan is the compiled input struct of an operation.
type Plan struct {
	Params []Param
	Body   *Body // nil when the operation reads none
}

// Body says how a body is read.
type Body struct {
	Mode   string
	Schema *schema.Schema // nil for [BodyBytes]

	index    int // of the field
	check    schema.Check
	form     *form // of BodyForm
	deferred bool  // the field is a [Deferred]
}

// Keeps reports whether the value of the body shares memory with its bytes.
func (b *Body) Keeps() bool { return b.deferred }

// The modes of a body.
const (
	BodyJSON     = "json"
	BodyOptional = "optional"
	BodyBytes    = "bytes"
	BodyForm     = "form"
)

const maxParams = 64 // one bit each

var (
	typeTime  = reflect.TypeFor[time.Time]()
	typeBytes = reflect.TypeFor[[]byte]()
)

// NewPlan compiles the input struct t of an operation served at pattern. Parameters may be fields of embedded structs, which operations share.
// A nil t means that the operation has no input.
func NewPlan(b *schema.Builder, t reflect.Type, pattern string) (*Plan, error) {
	p := &Plan{}
	if t == nil {
		return p, nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("its input %s is no struct", t)
	}
	for _, f := range reflect.VisibleFields(t) {
		if err := p.add(b, f); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, f.Name, err)
		}
	}
	if len(p.Params) > maxParams {
		return nil, fmt.Errorf("its input has more than %d parameters", maxParams)
	}
	return p, p.matches(pattern)
}

func (p *Plan) add(b *schema.Builder, f reflect.StructField) error {
	for _, source := range [...]string{InPath, InQuery, InHeader} {
		name, ok := f.Tag.Lookup(source)
		if !ok {
			continue
		}
		if !f.IsExported() || name == "" {
			return fmt.Errorf("a parameter needs an exported field and a name")
		}
		one, err := newParam(b, source, name, f)
		p.Params = append(p.Params, one)
		return err
	}
	mode, ok := f.Tag.Lookup(InBody)
	if !ok {
		return nil
	}
	if p.Body != nil || !f.IsExported() || len(f.Index) > 1 {
		return fmt.Errorf("there is one body, in an exported field")
	}
	var err error
	p.Body, err = newBody(b, mode, f.Type, f.Index[0])
	return err
}

func newBody(b *schema.Builder, mode string, t reflect.Type, index int) (*Body, error) {
	switch mode {
	case BodyBytes:
		if t != typeBytes {
			return nil, fmt.Errorf("a body of bytes is a []byte")
		}
		return &Body{Mode: mode, index: index}, nil
	case BodyForm:
		f, err := newForm(t)
		if err != nil {
			return nil, err
		}
		return &Body{Mode: mode, index: index, Schema: f.schema, form: f}, nil
	case BodyJSON, BodyOptional:
		value, deferred := deferredValue(t)
		s, err := b.Of(value)
		if err != nil {
			return nil, err
		}
		return &Body{Mode: mode, index: index, Schema: s, check: b.Check(value), deferred: deferred}, nil
	default:
		return nil, fmt.Errorf("there is no body of the kind %q", mode)
	}
}

// matches makes sure that the path parameters are the wildcards of the pattern.
func (p *Plan) matches(pattern string) error {
	wildcards := Wildcards(pattern)
	n := 0
	for _, one := range p.Params {
		if one.Source != InPath {
			continue
		}
		if n++; !slices.Contains(wildcards, one.Name) {
			return fmt.Errorf("the path has no wildcard {%s}", one.Name)
		}
	}
	if n != len(wildcards) {
		return fmt.Errorf("the input takes %d of the %d wildcards of the path", n, len(wildcards))
	}
	return nil
}

// Wildcards lists the wildcards of a pattern.
func Wildcards(pattern string) []string {
	var out []string
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && name != "$}" {
			out = append(out, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return out
}

var emptyObject = []byte("{}")

func (b *Body) decode(h http.Header, data []byte, field reflect.Value, f *findings) error {
	if b.Mode == BodyBytes {
		field.SetBytes(append([]byte(nil), data...))
		return nil
	}
	if b.form != nil {
		return b.form.decode(h, data, field, f)
	}
	data = trimBlank(data)
	if len(data) == 0 {
		if b.Mode == BodyOptional {
			return nil
		}
		data = emptyObject
	} else if err := checkMedia(h); err != nil {
		return err
	}
	if b.deferred {
		return b.postpone(data, field, f)
	}
	return b.decodeJSON(data, field, f)
}

func (b *Body) decodeJSON(data []byte, field reflect.Value, f *findings) error {
	if !f.strict && b.sure(data, field, json.UnmarshalKnown) {
		return nil
	}
	return b.careful(data, field, f)
}

// sure decodes data in one pass. It reports whether the value is certainly valid.
func (b *Body) sure(data []byte, field reflect.Value, decode Decode) bool {
	field.SetZero()
	return b.quick(data, field, decode) == nil && (b.check == nil || b.check(field))
}

// BodyDecoder is implemented by pointers to frequent body types, to decode themselves faster than package json. On an error the body is
// decoded by package json, which finds out what is wrong. DecodeBody decodes the parts of the body by decode, and must not keep data.
type BodyDecoder interface {
	DecodeBody(data []byte, decode Decode) error
}

// Decode is [json.Unmarshal] or [json.UnmarshalKnown].
type Decode func(data []byte, v any) error

// trimBlank removes white space at the start, and a byte order mark, which Windows tools write.
func trimBlank(data []byte) []byte {
	if len(data) >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF {
		data = data[3:]
	}
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\n' || data[0] == '\r' || data[0] == '\t') {
		data = data[1:]
	}
	return data
}

// quick decodes data in one pass.
func (b *Body) quick(data []byte, field reflect.Value, decode Decode) error {
	into := field.Addr().Interface()
	if hot, ok := into.(BodyDecoder); ok {
		return hot.DecodeBody(data, decode)
	}
	return decode(data, into)
}

// syntax reads any JSON value and drops it.
type syntax struct{}

// UnmarshalJSONFrom implements the method of JSON v2.
func (*syntax) UnmarshalJSONFrom(dec *json.Decoder) error {
	_, err := dec.ReadValue()
	return err
}

// careful finds every violation in data. If there are none, it decodes data with its scalars converted.
func (b *Body) careful(data []byte, field reflect.Value, f *findings) error {
	if json.Kind(data) == 'n' && json.Valid(data) { // null is the same as absent
		data = emptyObject
	}
	if err := json.Unmarshal(data, new(syntax)); err != nil {
		return unreadable(data, err)
	}
	v := &validator{found: &f.violations, unknown: &f.unknowns, loc: []any{InBody}}
	before := f.violations.total
	if err := v.validate(data, b.Schema); err != nil { // cannot happen: data is JSON
		return unreadable(data, err)
	}
	if f.violations.total > before {
		return nil
	}
	field.SetZero()
	if err := json.Unmarshal(v.rewritten(data), field.Addr().Interface()); err != nil {
		return undecoded(v.rewritten(data), err, &f.violations)
	}
	if b.check != nil {
		b.check(field) // empties null members; the result does not matter, as the schema found data valid
	}
	return nil
}

func unreadable(data []byte, err error) error {
	f := json.Describe(data, err)
	if f.UTF8 {
		return errs.New(errs.InvalidEncoding, "The body is not valid UTF-8: see line %d, column %d.", f.Line, f.Column)
	}
	e := errs.New(errs.InvalidJSON, "The body is not valid JSON: line %d, column %d: %s.", f.Line, f.Column, syntaxMessage(f.Reason))
	e.Param = strings.Join(pointerParts(f.Pointer), ".")
	return e
}

// syntaxMessage is the reason, without quotes of the caller's text.
func syntaxMessage(reason string) string {
	if len(reason) > maxReason || strings.Contains(reason, "surrogate pair") {
		return "a string holds an invalid escape sequence"
	}
	return reason
}

const maxReason = 100

// undecoded adds a violation that the schema does not know: a type's own JSON method refused the value.
func undecoded(data []byte, err error, found *violations) error {
	f := json.Describe(data, err)
	if f.Syntax {
		return unreadable(data, err)
	}
	loc := []any{InBody}
	for _, part := range pointerParts(f.Pointer) {
		if n, err := strconv.Atoi(part); err == nil {
			loc = append(loc, n)
		} else {
			loc = append(loc, errs.Truncate(part, maxLocName))
		}
	}
	found.add(loc, &fault{kind: ruleOther, message: "has a value that is not valid here"})
	return nil
}

func pointerParts(pointer string) []string {
	if pointer == "" {
		return nil
	}
	parts := strings.Split(pointer[1:], "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return parts
}
