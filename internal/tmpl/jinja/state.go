package jinja

import (
	"context"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// Limits bound one rendering. All must be positive.
type Limits struct {
	Output int // bytes of output, and of the text that any block captures
	Steps  int // nodes evaluated, loops run, and units of work of large operations
	Memory int // bytes allocated over the whole rendering, whether freed or not
	Depth  int // nested calls of macros
}

// state is one rendering.
type state struct {
	m        *pyval.Meter
	t        *Template
	lookup   func(name string) (any, bool)
	inputs   []pyval.Value // converted, by index; missing until first used
	env      *env
	out      []byte
	limits   Limits
	depth    int
	captures int    // number of captures in progress
	captured string // result of the last capture
}

// env holds the values of one scope.
type env struct {
	vars   []pyval.Value
	parent *env
}

// missing stands for a variable without a value, and for an input that is not converted yet.
var missing pyval.Value = &pyval.Undef{Hint: "missing"}

func newState(ctx context.Context, t *Template, lookup func(string) (any, bool), lim Limits) *state {
	s := &state{m: pyval.NewMeter(ctx, lim.Steps, lim.Memory), t: t, lookup: lookup, limits: lim}
	s.inputs = make([]pyval.Value, len(t.uses))
	for i := range s.inputs {
		s.inputs[i] = missing
	}
	return s
}

// fail returns err with the place p.
func (s *state) fail(p pos, err error) error {
	if err == nil {
		return nil
	}
	return errorAt(s.t.src, p, err)
}

func (s *state) eval(x expr) (pyval.Value, error) {
	if err := s.m.Step(); err != nil {
		return nil, err
	}
	return x.eval(s)
}

func (s *state) evalAll(items []expr) ([]pyval.Value, error) {
	if err := s.m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	out := make([]pyval.Value, len(items))
	for i, x := range items {
		v, err := s.eval(x)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (s *state) exec(body []stmt) error {
	for _, st := range body {
		if err := s.m.Step(); err != nil {
			return err
		}
		if err := st.exec(s); err != nil {
			return err
		}
	}
	return nil
}

// enter opens a scope inside parent.
func (s *state) enter(sc *scope, parent *env) (*env, error) {
	e := &env{vars: make([]pyval.Value, len(sc.vars)), parent: parent}
	if err := s.m.GrowItems(4 + len(sc.vars)); err != nil {
		return nil, err
	}
	return e, s.reset(sc, e)
}

// reset gives the variables of a scope their initial values.
func (s *state) reset(sc *scope, e *env) error {
	for i, v := range sc.vars {
		switch v.origin {
		case aliasing:
			from := e
			for range sc.level - v.outer.scope.level {
				from = from.parent
			}
			e.vars[i] = from.vars[v.outer.slot]
		case input:
			val, err := s.input(v.input)
			if err != nil {
				return err
			}
			e.vars[i] = val
		case unset, param:
			e.vars[i] = missing
		}
	}
	return nil
}

// input returns input i, or the global of the same name, or missing. An input is converted when it is first used.
func (s *state) input(i int) (pyval.Value, error) {
	if v := s.inputs[i]; v != missing {
		return v, nil
	}
	id := s.t.uses[i].id
	raw, ok := s.lookup(id)
	if !ok {
		if g, ok := globals[id]; ok {
			return g, nil
		}
		return missing, nil
	}
	v, err := pyval.Convert(s.m, raw)
	if err != nil {
		return nil, err
	}
	s.inputs[i] = v
	return v, nil
}

func (s *state) write(text string) error {
	if len(text) > s.limits.Output-len(s.out) {
		return s.overflow()
	}
	s.out = append(s.out, text...)
	if s.captures == 0 {
		return nil
	}
	return s.m.Grow(3 * len(text)) // for the growth, and for the string made of it
}

func (s *state) overflow() error {
	return pyval.Errorf(pyval.Limit, "the output is longer than %d bytes", s.limits.Output)
}

// writeValue writes the text of v.
func (s *state) writeValue(v pyval.Value) error {
	if text, ok := pyval.Text(v); ok {
		return s.write(text)
	}
	out, err := pyval.AppendStr(s.m, s.out, v)
	if err != nil {
		return err
	}
	if len(out) > s.limits.Output {
		return s.overflow()
	}
	s.out = out
	return nil
}

// capture returns what f writes.
func (s *state) capture(f func() error) (string, error) {
	saved := s.out
	s.out = nil
	s.captures++
	err := f()
	s.captures--
	text := string(s.out)
	s.out = saved
	return text, err
}

// within runs f with e as the current env.
func (s *state) within(e *env, f func() error) error {
	saved := s.env
	s.env = e
	err := f()
	s.env = saved
	return err
}

// nested runs f one call deeper.
func (s *state) nested(f func() error) error {
	if s.depth >= s.limits.Depth {
		return pyval.Errorf(pyval.Limit, "calls are nested too deeply")
	}
	s.depth++
	err := f()
	s.depth--
	return err
}
