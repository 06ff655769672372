package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/web/schema"
)

// form says how a multipart body is read into a struct: each field takes the part with its name.
type form struct {
	fields []formField
	schema *schema.Schema
}

// formField takes a file (a []byte) or a text (a string).
type formField struct {
	name     string
	index    int
	file     bool
	required bool
	schema   *schema.Schema
}

const (
	formatBinary = "binary"
	maxParts     = 100 // of a form
)

func newForm(t reflect.Type) (*form, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("a form is a struct")
	}
	f := &form{schema: schema.Object("")}
	for i := range t.NumField() {
		field := t.Field(i)
		one, err := newFormField(field, i)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field.Name, err)
		}
		f.fields = append(f.fields, one)
		f.schema.Members = append(f.schema.Members, schema.Member{
			Name: one.name, Schema: one.schema, Description: field.Tag.Get("doc"), Required: one.required,
		})
	}
	return f, nil
}

func newFormField(f reflect.StructField, index int) (formField, error) {
	one := formField{name: f.Tag.Get("part"), index: index, file: f.Type == typeBytes, schema: schema.String()}
	rules, err := schema.RulesOf(f.Tag)
	if err != nil {
		return one, err
	}
	one.required = rules.Required
	switch {
	case one.name == "" || !f.IsExported():
		return one, fmt.Errorf("a part needs an exported field and a name")
	case one.file:
		one.schema = &schema.Schema{Type: schema.TypeString, Format: formatBinary}
		return one, nil
	case f.Type.Kind() != reflect.String:
		return one, fmt.Errorf("a part is a []byte or a string")
	}
	one.schema, err = rules.Apply(one.schema)
	return one, err
}

// decode reads data into the struct into. The last of several parts with one name counts. Unknown parts are reported.
func (f *form) decode(h http.Header, data []byte, into reflect.Value, found *findings) error {
	boundary, err := boundaryOf(h, data)
	if err != nil {
		return err
	}
	seen := make([]bool, len(f.fields))
	parts := multipart.NewReader(bytes.NewReader(data), boundary)
	for n := range maxParts {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) && n == 0 {
			return badForm("it has no part that its boundary begins")
		}
		if errors.Is(err, io.EOF) {
			f.missing(seen, &found.violations)
			return nil
		}
		if err != nil {
			return badForm("it does not end as its boundary says")
		}
		i := slices.IndexFunc(f.fields, func(one formField) bool { return one.name == part.FormName() })
		if i < 0 && part.FormName() != "" {
			found.unknowns.add([]any{InBody, errs.Truncate(part.FormName(), maxLocName)}, f.schema.Names)
		}
		if i < 0 {
			continue
		}
		seen[i] = true
		content, err := io.ReadAll(part)
		if err != nil {
			return badForm("it does not end as its boundary says")
		}
		if err := f.fields[i].set(into, content, &found.violations); err != nil {
			return err
		}
	}
	return badForm(fmt.Sprintf("it has more than %d parts", maxParts))
}

func (f *form) missing(seen []bool, found *violations) {
	for i, one := range f.fields {
		if one.required && !seen[i] {
			found.add([]any{InBody, one.name}, &fault{kind: ruleMissing, message: "is required"})
		}
	}
}

func (f *formField) set(into reflect.Value, content []byte, found *violations) error {
	field := into.Field(f.index)
	if f.file {
		field.SetBytes(content)
		return nil
	}
	if !utf8.Valid(content) {
		return errs.New(errs.InvalidEncoding, "The part %s of the form is not valid UTF-8.", f.name)
	}
	field.SetString(string(content))
	v := &validator{found: found, loc: []any{InBody, f.name}}
	return v.validate(json.AppendString(nil, string(content)), f.schema)
}

// boundaryOf is the text that separates the parts of data. It is in the Content-Type; if not, as with some clients, it is the first line of
// data.
func boundaryOf(h http.Header, data []byte) (string, error) {
	given := h.Get("Content-Type")
	media, params, _ := mime.ParseMediaType(given)
	if media != MediaForm {
		return "", errs.New(errs.UnsupportedMediaType, "The body has the Content-Type %q. Send a form, with Content-Type: multipart/form-data.",
			errs.Truncate(given, maxMediaShown))
	}
	if boundary := params["boundary"]; boundary != "" {
		return boundary, nil
	}
	first, _, _ := bytes.Cut(data, []byte{'\n'})
	boundary, ok := bytes.CutPrefix(bytes.TrimRight(first, " \t\r"), []byte("--"))
	if !ok || len(boundary) == 0 || len(boundary) > maxBoundary {
		return "", badForm("neither its Content-Type nor its first line has a boundary")
	}
	return string(boundary), nil
}

const maxBoundary = 70 // RFC 2046, section 5.1.1

func badForm(why string) error {
	return errs.New(errs.InvalidEncoding, "The body is not a form in multipart/form-data: %s.", why)
}
