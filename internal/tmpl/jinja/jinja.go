// Package jinja is an interpreter for the templates of Jinja2 3.1. It bounds the time, the memory, the output and the depth of a rendering.
//
// It covers the language without extensions and with the default settings (autoescape off). It has no inheritance, includes or imports,
// since a template stands alone. Values behave and print as in Python (package pyval). The package never panics, reads only its arguments,
// and returns equal results for equal arguments.
package jinja

import (
	"context"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// maxSource bounds the length of a template, in bytes.
const maxSource = 4 << 20

// Template is a parsed template. It is immutable and safe for concurrent use.
type Template struct {
	src      string
	body     []stmt
	scope    *scope
	uses     []*inputUse
	vars     []string
	required []string
	filters  map[string]*filter
	tests    map[string]*test
}

// Parse parses a template. Its errors are [*Error].
func Parse(src string) (*Template, error) {
	if len(src) > maxSource {
		return nil, &Error{Kind: pyval.Limit, Msg: "the template is too long"}
	}
	src = normalize(src)
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	body, err := (&parser{src: src, tokens: tokens}).parse()
	if err != nil {
		return nil, err
	}
	root, uses, err := resolve(src, body)
	if err != nil {
		return nil, err
	}
	t := &Template{src: src, body: body, scope: root, uses: uses, filters: filters, tests: tests}
	needed := required(body)
	for _, u := range inOrder(uses) {
		t.vars = append(t.vars, u.id)
		if needed[u.index] {
			t.required = append(t.required, u.id)
		}
	}
	return t, nil
}

// Variables returns the names of the inputs that t reads, in order of first use. The caller must not change the slice.
func (t *Template) Variables() []string { return t.vars }

// Reads calls yield for every place where t reads an input, with the name of the input and the offset in [Template.Source].
func (t *Template) Reads(yield func(name string, offset int)) {
	for _, u := range inOrder(t.uses) {
		for _, at := range u.places {
			yield(u.id, int(at))
		}
	}
}

// Source returns the text of t as it was read: its lines end with a line feed alone.
func (t *Template) Source() string { return t.src }

// Required returns the [Template.Variables] that t reads without a guard; see package tmpl. The caller must not change the slice.
func (t *Template) Required() []string { return t.required }

// Render renders t. lookup returns the input with a name, in a form that [pyval.Convert] accepts. If lookup returns false, the variable is
// undefined, as in Jinja2. Errors are [*Error]. Rendering stops when ctx ends.
func (t *Template) Render(ctx context.Context, lookup func(name string) (any, bool), lim Limits) (string, error) {
	if t.isText() && len(t.src) <= lim.Output {
		return t.src, nil
	}
	s := newState(ctx, t, lookup, lim)
	if err := s.render(); err != nil {
		return "", errorAt(t.src, 0, err)
	}
	return string(s.out), nil
}

// isText reports whether t renders to its own source.
func (t *Template) isText() bool {
	if len(t.body) == 0 {
		return t.src == ""
	}
	only, ok := t.body[0].(*data)
	return ok && len(only.s) == len(t.src)
}

func (s *state) render() error {
	e, err := s.enter(s.t.scope, nil)
	if err != nil {
		return err
	}
	s.env = e
	return s.exec(s.t.body)
}
