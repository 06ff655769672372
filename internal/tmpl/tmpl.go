// Package tmpl parses and renders the templates of prompts. There are two template languages.
//
// The default language has only variables: `{{ name }}`. A name may have dots and brackets. Other text in braces stays as it is, and braces
// in an inserted value have no meaning. `{{ tool(arg, "literal") }}` is the call of a tool. [Template.Calls] lists them. Render takes their
// values from the inputs, by the text of the call.
//
// The language "jinja" is Jinja2 3.1 (see package jinja and DESIGN.md).
//
// A missing input is never ignored: [Template.Missing] and [MissingError] name all missing inputs at once. In the default language a
// template needs every variable, and null counts as missing. In Jinja it needs every input that it reads without a guard. The guards are
//
//   - `x is defined`, the truth of a bare `x` (`{% if x %}`, `x and …`, `… if x else …`), and a test of its type: they guard themselves and
//     all reads on the path where the test holds;
//   - `x|default(…)` and `x or …`;
//   - `{% set x = … %}` on all paths to the read, as after `{% if x is not defined %}{% set x = … %}{% endif %}`.
//
// In Jinja, null is the value None. A guarded input that is missing, or an attribute that a value does not have, is Jinja2's default
// undefined: it prints as nothing, and any other use of it is an error.
package tmpl

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/tmpl/jinja"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// Language names the language of a template. The zero Language is [Default].
type Language string

// The languages.
const (
	Default Language = "default"
	Jinja   Language = "jinja"
)

// Limits bound one rendering. A zero field means its default. A rendering that exceeds a limit ends with an [*Error] of kind [Limit].
type Limits struct {
	MaxOutput int // bytes of the result; 1 MiB by default
	MaxSteps  int // operations of a Jinja template; 1,000,000 by default
	MaxDepth  int // nested calls of Jinja macros; 100 by default
	MaxMemory int // bytes that a Jinja template allocates in total, whether freed or not; 32 MiB by default
}

func (l Limits) withDefaults() Limits {
	orElse := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	orElse(&l.MaxOutput, 1<<20)
	orElse(&l.MaxSteps, 1_000_000)
	orElse(&l.MaxDepth, 100)
	orElse(&l.MaxMemory, 32<<20)
	return l
}

// Template is a parsed template. It is immutable and safe for concurrent use.
type Template struct {
	src   string
	parts []part          // of the default language; nil if src is all text
	jinja *jinja.Template // nil in the default language
	vars  []string
}

// Parse parses a template. The empty lang means [Default]. Errors are [*Error].
func Parse(src string, lang Language) (*Template, error) {
	switch lang {
	case "", Default:
		t := &Template{src: src, parts: scan(src)}
		t.vars = names(t.parts)
		return t, nil
	case Jinja:
		j, err := jinja.Parse(src)
		if err != nil {
			return nil, errorOf(err)
		}
		return &Template{src: src, jinja: j, vars: j.Variables()}, nil
	}
	return nil, &Error{Kind: Unsupported, Msg: "unknown template language"}
}

// names lists the variables of parts, each once, in order of first use.
func names(parts []part) []string {
	var out []string
	seen := map[string]bool{}
	add := func(v *variable) {
		if !seen[v.name] {
			seen[v.name] = true
			out = append(out, v.name)
		}
	}
	for _, p := range parts {
		if p.v != nil && !p.call {
			add(p.v)
		}
		for _, arg := range p.args {
			if arg.v != nil {
				add(arg.v)
			}
		}
	}
	return out
}

// Variables returns the names of the inputs that t reads, each once, in order of first use. The caller must not change the slice.
func (t *Template) Variables() []string { return t.vars }

// Missing returns the sorted names of the inputs that t needs and in lacks, or nil if there are none.
func (t *Template) Missing(in Inputs) []string {
	var out []string
	if t.jinja != nil {
		for _, name := range t.jinja.Required() {
			if _, ok := in[name]; !ok {
				out = append(out, name)
			}
		}
	}
	for i := range t.parts {
		p := &t.parts[i]
		if p.v == nil || in.given(p.v) != nil {
			continue
		}
		if !p.call {
			out = append(out, p.v.name)
		}
		for _, arg := range p.args {
			if arg.v != nil && in.given(arg.v) == nil {
				out = append(out, arg.v.name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Render renders t. The error is a [*MissingError] if inputs are missing, and otherwise an [*Error]. A Jinja template stops when ctx ends.
func (t *Template) Render(ctx context.Context, in Inputs, lim Limits) (string, error) {
	lim = lim.withDefaults()
	if t.jinja != nil {
		return t.renderJinja(ctx, in, lim)
	}
	if t.parts == nil {
		return t.src, t.fits(len(t.src), lim)
	}
	var few [16]string
	texts := few[:0]
	size := 0
	for i := range t.parts {
		text, err := t.text(ctx, &t.parts[i], in, lim)
		if err != nil {
			return "", err
		}
		texts = append(texts, text)
		size += len(text)
		if err := t.fits(size, lim); err != nil {
			return "", err
		}
	}
	return strings.Join(texts, ""), nil
}

func (t *Template) fits(size int, lim Limits) error {
	if size > lim.MaxOutput {
		return &Error{Kind: Limit, Msg: "the rendered template is too long"}
	}
	return nil
}

func (t *Template) renderJinja(ctx context.Context, in Inputs, lim Limits) (string, error) {
	if missing := t.Missing(in); missing != nil {
		return "", &MissingError{missing}
	}
	lookup := func(name string) (any, bool) {
		v, ok := in[name]
		return v, ok
	}
	limits := jinja.Limits{Output: lim.MaxOutput, Steps: lim.MaxSteps, Memory: lim.MaxMemory, Depth: lim.MaxDepth}
	out, err := t.jinja.Render(ctx, lookup, limits)
	if err != nil {
		return "", errorOf(err)
	}
	return out, nil
}

// text returns the rendered text of a part, in the default language.
func (t *Template) text(ctx context.Context, p *part, in Inputs, lim Limits) (string, error) {
	if p.v == nil {
		return p.text, nil
	}
	switch v := in.given(p.v).(type) {
	case string:
		return v, nil
	case nil:
		if missing := t.Missing(in); missing != nil {
			return "", &MissingError{missing}
		}
		line, column := place(t.src, p.offset)
		return "", &Error{Kind: Unsupported, Line: line, Column: column, Msg: "no Tools are called here, so inputs must give the value of the call"}
	default:
		return printed(ctx, v, lim)
	}
}

// printed returns Python's str of a JSON value.
func printed(ctx context.Context, v any, lim Limits) (string, error) {
	m := pyval.NewMeter(ctx, lim.MaxSteps, lim.MaxMemory)
	val, err := pyval.Convert(m, v)
	if err != nil {
		return "", errorOf(err)
	}
	text, err := pyval.Str(m, val)
	if err != nil {
		return "", errorOf(err)
	}
	return text, nil
}

// place returns the line and column of a byte offset.
func place(src string, offset int) (line, column int) {
	before := src[:offset]
	start := strings.LastIndexByte(before, '\n') + 1
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[start:])
}
