package input

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// Param is a parameter of the path, the query or the header.
type Param struct {
	Source   string // path, query or header
	Name     string
	Doc      string
	Required bool
	Default  string // the text that is read when it is absent
	Schema   *schema.Schema

	index []int // of the field, as of [reflect.Value.FieldByIndex]
	set   setter
}

// The sources of parameters.
const (
	InPath   = "path"
	InQuery  = "query"
	InHeader = "header"
	InBody   = "body"
)

type setter func(field reflect.Value, text string) *fault

// newParam compiles a field that is tagged with a source.
func newParam(b *schema.Builder, source, name string, f reflect.StructField) (Param, error) {
	rules, err := schema.RulesOf(f.Tag)
	if err != nil {
		return Param{}, err
	}
	s, err := b.Of(f.Type)
	if err != nil {
		return Param{}, err
	}
	if s.Format == schema.FormatTime {
		s = &schema.Schema{OneOf: []*schema.Schema{s, {Type: schema.TypeString, Format: schema.FormatDate}}}
	}
	if s, err = rules.Apply(s); err != nil {
		return Param{}, err
	}
	if s.Nullable { // a json.Opt: a parameter is absent or there, and never null
		plain := *s
		plain.Nullable, s = false, &plain
	}
	set, err := setterOf(f.Type, s)
	if err != nil {
		return Param{}, err
	}
	p := Param{Source: source, Name: name, Doc: f.Tag.Get("doc"), Schema: s, index: f.Index, set: set}
	p.Required, p.Default = rules.Required || source == InPath, f.Tag.Get("default")
	if p.Default == "" {
		return p, nil
	}
	if f := set(reflect.New(f.Type).Elem(), p.Default); f != nil {
		return Param{}, fmt.Errorf("the default %q %s", p.Default, f.message)
	}
	return p, nil
}

func setterOf(t reflect.Type, s *schema.Schema) (setter, error) {
	switch {
	case schema.IsOpt(t):
		inner, err := setterOf(t.Field(schema.OptValue).Type, s)
		return func(v reflect.Value, text string) *fault {
			v.Field(schema.OptSet).SetBool(true)
			return inner(v.Field(schema.OptValue), text)
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

func scalarSetter(t reflect.Type, s *schema.Schema) (setter, error) {
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

// decodeParams sets the fields of all parameters and collects their violations.
func (p *Plan) decodeParams(r *http.Request, in reflect.Value, f *findings) error {
	var seen uint64 // one bit for each parameter
	for i := range p.Params {
		one := &p.Params[i]
		text := ""
		switch one.Source {
		case InPath:
			text = r.PathValue(one.Name)
		case InHeader:
			text = r.Header.Get(one.Name)
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
	for i := range p.Params {
		if seen&(1<<i) == 0 {
			p.Params[i].absent(in, &f.violations)
		}
	}
	return nil
}

// decodeQuery reads `key=value` pairs. The last value of a scalar counts. A required parameter without a value is not there: as a filter, it would let
// everything through.
func (p *Plan) decodeQuery(query string, in reflect.Value, seen *uint64, f *findings) error {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		key, value, _ := strings.Cut(pair, "=")
		name := unescape(key)
		i := p.queryParam(name)
		if i < 0 && name != "" {
			f.unknowns.add([]any{InQuery, errs.Truncate(name, maxLocName)}, p.queryNames)
		}
		if i < 0 || value == "" && p.Params[i].Required {
			continue
		}
		*seen |= 1 << i
		if err := p.Params[i].take(in, unescape(value), &f.violations); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plan) queryParam(name string) int {
	for i := range p.Params {
		if p.Params[i].Source == InQuery && p.Params[i].Name == name {
			return i
		}
	}
	return -1
}

func (p *Plan) queryNames(yield func(string) bool) {
	for i := range p.Params {
		if p.Params[i].Source == InQuery && !yield(p.Params[i].Name) {
			return
		}
	}
}

// unescape decodes a part of a query. A text with an invalid escape is left as it is, as in Python.
func unescape(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	if out, err := url.QueryUnescape(s); err == nil {
		return out
	}
	return s
}

func (p *Param) take(in reflect.Value, text string, found *violations) error {
	if !utf8.ValidString(text) {
		return errs.New(errs.InvalidEncoding, "The %s parameter %s is not valid UTF-8.", p.Source, p.Name)
	}
	if strings.IndexByte(text, 0) >= 0 {
		p.fault(found, &fault{kind: ruleCharacters, message: "must not contain a NUL character"})
		return nil
	}
	p.fault(found, p.set(in.FieldByIndex(p.index), text))
	return nil
}

func (p *Param) fault(found *violations, f *fault) {
	if f != nil {
		found.add([]any{p.Source, p.Name}, f)
	}
}

func (p *Param) absent(in reflect.Value, found *violations) {
	switch {
	case p.Default != "":
		p.set(in.FieldByIndex(p.index), p.Default) // newParam made sure that it is valid
	case p.Required:
		p.fault(found, missing())
	}
}

// DefaultJSON is the default of p as JSON, nil when it has none.
func (p *Param) DefaultJSON() json.Value {
	if p.Default == "" {
		return nil
	}
	switch p.Schema.Type {
	case schema.TypeInteger, schema.TypeNumber, schema.TypeBoolean:
		return json.Value(p.Default)
	default:
		return json.AppendString(nil, p.Default)
	}
}
