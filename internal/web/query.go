package web

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"openloop/internal/errs"
	"openloop/internal/json"
)

// param is a parameter of the path, the query or the header.
type param struct {
	source   string // path, query or header
	name     string
	index    int // of the field
	doc      string
	required bool
	fallback string // the text that stands in for an absent one
	schema   *Schema
	set      setter
}

// The sources of parameters.
const (
	inPath   = "path"
	inQuery  = "query"
	inHeader = "header"
	inBody   = "body"
)

// setter stores the value that text stands for.
type setter func(field reflect.Value, text string) *fault

// newParam compiles a field that is tagged with one of the sources.
func newParam(b *builder, source, name string, f reflect.StructField, index int) (param, error) {
	rules, err := rulesOf(f.Tag)
	if err != nil {
		return param{}, err
	}
	s, err := b.of(f.Type)
	if err != nil {
		return param{}, err
	}
	if s.Format == formatTime {
		s = &Schema{OneOf: []*Schema{s, {Type: typeString, Format: formatDate}}}
	}
	if s, err = rules.apply(s); err != nil {
		return param{}, err
	}
	if s.Nullable { // a json.Opt: a parameter is absent or there, and never null
		plain := *s
		plain.Nullable, s = false, &plain
	}
	set, err := setterOf(f.Type, s)
	if err != nil {
		return param{}, err
	}
	p := param{source: source, name: name, index: index, doc: f.Tag.Get("doc"), schema: s, set: set}
	p.required, p.fallback = rules.required || source == inPath, f.Tag.Get("default")
	if p.fallback == "" {
		return p, nil
	}
	if f := set(reflect.New(f.Type).Elem(), p.fallback); f != nil {
		return param{}, fmt.Errorf("the default %q %s", p.fallback, f.message)
	}
	return p, nil
}

// setterOf makes the setter of fields of type t.
func setterOf(t reflect.Type, s *Schema) (setter, error) {
	switch {
	case isOpt(t):
		inner, err := setterOf(t.Field(optValue).Type, s)
		return func(v reflect.Value, text string) *fault {
			v.Field(optSet).SetBool(true)
			return inner(v.Field(optValue), text)
		}, err
	case t.Kind() == reflect.Pointer:
		inner, err := setterOf(t.Elem(), s)
		return func(v reflect.Value, text string) *fault {
			v.Set(reflect.New(t.Elem()))
			return inner(v.Elem(), text)
		}, err
	case t.Kind() == reflect.Slice:
		inner, err := setterOf(t.Elem(), s.Items)
		return func(v reflect.Value, text string) *fault {
			item := reflect.New(t.Elem()).Elem()
			f := inner(item, text)
			v.Set(reflect.Append(v, item))
			return f
		}, err
	case t == typeTime:
		return setTime, nil
	}
	return scalarSetter(t, s)
}

func setTime(v reflect.Value, text string) *fault {
	at, ok := ParseTime(text)
	if !ok {
		return notATime()
	}
	*v.Addr().Interface().(*time.Time) = at
	return nil
}

func scalarSetter(t reflect.Type, s *Schema) (setter, error) {
	switch t.Kind() {
	case reflect.String:
		return func(v reflect.Value, text string) *fault {
			v.SetString(text)
			return checkText(text, s)
		}, nil
	case reflect.Bool:
		return func(v reflect.Value, text string) *fault {
			value, f := parseBool(text)
			v.SetBool(value)
			return f
		}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value, text string) *fault {
			n, f := parseInt(text)
			if f == nil && v.OverflowInt(n) {
				f = &fault{kind: ruleIntSize, message: "is too large"}
			}
			if f != nil {
				return f
			}
			v.SetInt(n)
			return checkBounds(float64(n), s)
		}, nil
	case reflect.Float64:
		return func(v reflect.Value, text string) *fault {
			n, f := parseNumber(text)
			if f != nil {
				return f
			}
			v.SetFloat(n)
			return checkBounds(n, s)
		}, nil
	default:
		return nil, fmt.Errorf("the type %s cannot be a parameter", t)
	}
}

// decodeParams sets the fields of all parameters and collects what is wrong with them.
func (p *input) decodeParams(r *http.Request, in reflect.Value, f *findings) error {
	var seen uint64 // one bit for each parameter
	for i := range p.params {
		one := &p.params[i]
		text := ""
		switch one.source {
		case inPath:
			text = r.PathValue(one.name)
		case inHeader:
			text = r.Header.Get(one.name)
		}
		if text == "" {
			continue
		}
		seen |= 1 << i
		if err := one.take(in, text, &f.violations); err != nil {
			return err
		}
	}
	if r.URL.RawQuery != "" {
		if err := p.decodeQuery(r.URL.RawQuery, in, &seen, f); err != nil {
			return err
		}
	}
	for i := range p.params {
		if seen&(1<<i) == 0 {
			p.params[i].absent(in, &f.violations)
		}
	}
	return nil
}

// decodeQuery reads `key=value` pairs; a scalar that is given twice has its last value.
func (p *input) decodeQuery(query string, in reflect.Value, seen *uint64, f *findings) error {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		name := unescape(key)
		i := p.queryParam(name)
		if i < 0 && name != "" {
			f.unknowns.add([]any{inQuery, truncate(name, maxLocName)}, p.queryNames)
		}
		if i < 0 {
			continue
		}
		*seen |= 1 << i
		if err := p.params[i].take(in, unescape(value), &f.violations); err != nil {
			return err
		}
	}
	return nil
}

func (p *input) queryParam(name string) int {
	for i := range p.params {
		if p.params[i].source == inQuery && p.params[i].name == name {
			return i
		}
	}
	return -1
}

// queryNames yields the names of the query parameters.
func (p *input) queryNames(yield func(string) bool) {
	for i := range p.params {
		if p.params[i].source == inQuery && !yield(p.params[i].name) {
			return
		}
	}
}

// unescape decodes a part of a query. What is not validly escaped stands for itself, as in Python.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

func (p *param) take(in reflect.Value, text string, found *violations) error {
	if !utf8.ValidString(text) {
		return errs.New(errs.InvalidEncoding, "The %s parameter %s is not valid UTF-8.", p.source, p.name)
	}
	if strings.IndexByte(text, 0) >= 0 {
		p.fault(found, &fault{kind: ruleCharacters, message: "must not contain a NUL character"})
		return nil
	}
	p.fault(found, p.set(in.Field(p.index), text))
	return nil
}

func (p *param) fault(found *violations, f *fault) {
	if f != nil {
		found.add([]any{p.source, p.name}, f)
	}
}

func (p *param) absent(in reflect.Value, found *violations) {
	switch {
	case p.fallback != "":
		p.set(in.Field(p.index), p.fallback) // was tried when the route was made
	case p.required:
		p.fault(found, missing())
	}
}

// defaultJSON is the default of p as JSON, nil when it has none.
func (p *param) defaultJSON() json.Value {
	if p.fallback == "" {
		return nil
	}
	switch p.schema.Type {
	case typeInteger, typeNumber, typeBoolean:
		return json.Value(p.fallback)
	default:
		return json.AppendString(nil, p.fallback)
	}
}
