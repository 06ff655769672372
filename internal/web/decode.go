package web

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// input is the compiled input of an operation.
type input struct {
	params []param
	body   *bodyPlan // nil when the operation reads none
}

// bodyPlan is how a body is read.
type bodyPlan struct {
	mode   string
	index  int // of the field
	schema *Schema
	look   look
	form   *form // of bodyForm
}

// The modes of a body.
const (
	bodyJSON     = "json"
	bodyOptional = "optional"
	bodyBytes    = "bytes"
	bodyForm     = "form"
)

const maxParams = 64 // one bit each

// newInput compiles the input struct of r, which may be nil.
func newInput(b *builder, r *Route) (*input, error) {
	p := &input{}
	t := r.Op.in
	if t == nil {
		return p, nil
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("its input %s is no struct", t)
	}
	for i := range t.NumField() {
		if err := p.add(b, t.Field(i), i); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", t, t.Field(i).Name, err)
		}
	}
	if len(p.params) > maxParams {
		return nil, fmt.Errorf("its input has more than %d parameters", maxParams)
	}
	return p, p.matches(r.Path)
}

func (p *input) add(b *builder, f reflect.StructField, index int) error {
	for _, source := range [...]string{inPath, inQuery, inHeader} {
		name, ok := f.Tag.Lookup(source)
		if !ok {
			continue
		}
		if !f.IsExported() || name == "" {
			return fmt.Errorf("a parameter needs an exported field and a name")
		}
		one, err := newParam(b, source, name, f, index)
		p.params = append(p.params, one)
		return err
	}
	mode, ok := f.Tag.Lookup(inBody)
	if !ok {
		return nil
	}
	if p.body != nil || !f.IsExported() {
		return fmt.Errorf("there is one body, in an exported field")
	}
	var err error
	p.body, err = newBody(b, mode, f.Type, index)
	return err
}

func newBody(b *builder, mode string, t reflect.Type, index int) (*bodyPlan, error) {
	switch mode {
	case bodyBytes:
		if t != typeBytes {
			return nil, fmt.Errorf("a body of bytes is a []byte")
		}
		return &bodyPlan{mode: mode, index: index}, nil
	case bodyForm:
		f, err := newForm(t)
		if err != nil {
			return nil, err
		}
		return &bodyPlan{mode: mode, index: index, schema: f.schema, form: f}, nil
	case bodyJSON, bodyOptional:
		s, err := b.of(t)
		if err != nil {
			return nil, err
		}
		return &bodyPlan{mode: mode, index: index, schema: s, look: b.lookAt(t)}, nil
	default:
		return nil, fmt.Errorf("there is no body of the kind %q", mode)
	}
}

// matches makes sure that the path parameters are the wildcards of the pattern.
func (p *input) matches(pattern string) error {
	wildcards := wildcardsOf(pattern)
	n := 0
	for _, one := range p.params {
		if one.source != inPath {
			continue
		}
		if n++; !slices.Contains(wildcards, one.name) {
			return fmt.Errorf("the path has no wildcard {%s}", one.name)
		}
	}
	if n != len(wildcards) {
		return fmt.Errorf("the input takes %d of the %d wildcards of the path", n, len(wildcards))
	}
	return nil
}

// wildcardsOf lists the wildcards of a pattern.
func wildcardsOf(pattern string) []string {
	var out []string
	for segment := range strings.SplitSeq(pattern, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && name != "$}" {
			out = append(out, strings.TrimSuffix(strings.TrimSuffix(name, "}"), "..."))
		}
	}
	return out
}

// decode reads the request into the struct that in points to. The error is of reason validation_failed with every violation, or says
// why the body could not be read at all.
func (p *input) decode(c *call, r *http.Request, in reflect.Value) error {
	in = in.Elem()
	f := &findings{unknowns: unknowns{known: c.server.opts.Tolerated}}
	f.strict = c.strict(r, &f.violations)
	if err := p.decodeParams(r, in, f); err != nil {
		return err
	}
	if err := p.decodeBody(c, r, in, f); err != nil {
		return err
	}
	if p.body != nil || !c.route.Public() { // monitors and browsers add parameters of their own
		f.settle(f.strict, c.Header(), &f.violations)
	}
	if err := f.err(); err != nil {
		return err
	}
	c.input = p
	return nil
}

// findings are what is wrong with a request, and what nothing reads of it.
type findings struct {
	violations
	unknowns
	strict bool
}

func (p *input) decodeBody(c *call, r *http.Request, in reflect.Value, f *findings) error {
	if p.body == nil {
		return nil
	}
	b := c.server.takeBody()
	defer b.done()
	if err := c.readBody(r, b); err != nil {
		return err
	}
	return p.body.decode(r, b.Bytes(), in.Field(p.body.index), f)
}

var emptyObject = []byte("{}")

// decode decodes data into field.
func (b *bodyPlan) decode(r *http.Request, data []byte, field reflect.Value, f *findings) error {
	if b.mode == bodyBytes {
		field.SetBytes(append([]byte(nil), data...))
		return nil
	}
	if b.form != nil {
		return b.form.decode(r.Header, data, field, f)
	}
	data = trimBlank(data)
	if len(data) == 0 {
		if b.mode == bodyOptional {
			return nil
		}
		data = emptyObject
	} else if err := checkMedia(r.Header); err != nil {
		return err
	}
	if !f.strict && b.quick(data, field) == nil && (b.look == nil || b.look(field)) {
		return nil
	}
	return b.careful(data, field, f)
}

// trimBlank takes away white space and a byte order mark, which Windows tools write.
func trimBlank(data []byte) []byte {
	if len(data) >= 3 && data[0] == 0xEF && data[1] == 0xBB && data[2] == 0xBF {
		data = data[3:]
	}
	for len(data) > 0 && (data[0] == ' ' || data[0] == '\n' || data[0] == '\r' || data[0] == '\t') {
		data = data[1:]
	}
	return data
}

// quick decodes in one pass what is known to the last member.
func (b *bodyPlan) quick(data []byte, field reflect.Value) error {
	into := field.Addr().Interface()
	if hot, ok := into.(BodyDecoder); ok {
		return hot.DecodeBody(data)
	}
	return json.UnmarshalKnown(data, into)
}

// syntax reads any JSON value and keeps nothing of it.
type syntax struct{}

// UnmarshalJSONFrom implements the method of JSON v2.
func (*syntax) UnmarshalJSONFrom(dec *json.Decoder) error {
	_, err := dec.ReadValue()
	return err
}

// careful finds all that is wrong with data, or decodes it with its coercions.
func (b *bodyPlan) careful(data []byte, field reflect.Value, f *findings) error {
	if json.Kind(data) == 'n' && json.Valid(data) { // null is the same as absent
		data = emptyObject
	}
	if err := json.Unmarshal(data, new(syntax)); err != nil {
		return unreadable(data, err)
	}
	v := &validator{found: &f.violations, unknown: &f.unknowns, loc: []any{inBody}}
	before := f.violations.total
	if err := v.validate(data, b.schema); err != nil { // the text is JSON, so this does not happen
		return unreadable(data, err)
	}
	if f.violations.total > before {
		return nil
	}
	field.SetZero()
	if err := json.Unmarshal(v.rewritten(data), field.Addr().Interface()); err != nil {
		return undecoded(v.rewritten(data), err, &f.violations)
	}
	if b.look != nil {
		b.look(field) // for what it makes absent; what it doubts was found to be valid
	}
	return nil
}

// unreadable is the error of a text that is not JSON.
func unreadable(data []byte, err error) error {
	f := json.Describe(data, err)
	if f.UTF8 {
		return errs.New(errs.InvalidEncoding, "The body is not valid UTF-8: see line %d, column %d.", f.Line, f.Column)
	}
	e := errs.New(errs.InvalidJSON, "The body is not valid JSON: line %d, column %d: %s.", f.Line, f.Column, syntaxMessage(f.Reason))
	e.Param = strings.Join(pointerParts(f.Pointer), ".")
	return e
}

// syntaxMessage is the reason, unless it quotes an escape sequence of the caller's text.
func syntaxMessage(reason string) string {
	if len(reason) > maxReason || strings.Contains(reason, "surrogate pair") {
		return "a string holds an invalid escape sequence"
	}
	return reason
}

const maxReason = 100

// undecoded adds the violation that the schema did not foresee: a type's own JSON method refused its value.
func undecoded(data []byte, err error, found *violations) error {
	f := json.Describe(data, err)
	if f.Syntax {
		return unreadable(data, err)
	}
	loc := []any{inBody}
	for _, part := range pointerParts(f.Pointer) {
		if n, err := strconv.Atoi(part); err == nil {
			loc = append(loc, n)
		} else {
			loc = append(loc, truncate(part, maxLocName))
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
