package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

// macro is a macro, or the body of a call block as its `caller`.
type macro struct {
	s   *state
	def *macroDef
	env *env
}

// TypeName returns the name of the type for messages.
func (c *macro) TypeName() string { return "Macro" }

// Attr returns an attribute of the macro, such as name or arguments.
func (c *macro) Attr(id string) (pyval.Value, bool) {
	switch id {
	case "name":
		if c.def.id == "" {
			return nil, true
		}
		return c.def.id, true
	case "arguments":
		var names []pyval.Value
		for _, p := range c.def.params {
			names = append(names, p.id)
		}
		return &pyval.Tuple{Items: names}, true
	case "caller":
		return c.def.special[0] != nil, true
	case "catch_kwargs":
		return c.def.special[1] != nil, true
	case "catch_varargs":
		return c.def.special[2] != nil, true
	}
	return nil, false
}

// Print shows the name.
func (c *macro) Print(*pyval.Meter) (string, error) {
	if c.def.id == "" {
		return "<Macro anonymous>", nil
	}
	return "<Macro '" + c.def.id + "'>", nil
}

// Call renders the body with the arguments.
func (c *macro) Call(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	var text string
	err := c.s.nested(func() error {
		e, err := c.s.enter(c.def.scope, c.env)
		if err != nil {
			return err
		}
		return c.s.within(e, func() error {
			if err := c.bind(a); err != nil {
				return err
			}
			text, err = c.s.capture(func() error { return c.s.exec(c.def.body) })
			return err
		})
	})
	return text, err
}

// bind sets the parameters in the current env.
func (c *macro) bind(a pyval.Args) error {
	def, s := c.def, c.s
	if err := s.m.Work(4 * len(def.params) * len(a.Named)); err != nil {
		return err
	}
	extra := a
	first := len(def.params) - len(def.defaults)
	for i, p := range def.params {
		if i < len(a.Pos) {
			s.env.vars[p.slot] = a.Pos[i]
			continue
		}
		if v, ok := a.Lookup(p.id); ok {
			s.env.vars[p.slot] = v
			extra = extra.Without(p.id)
			continue
		}
		if i < first {
			s.env.vars[p.slot] = pyval.Undefinedf("parameter '" + p.id + "' was not provided")
			continue
		}
		v, err := s.eval(def.defaults[i-first])
		if err != nil {
			return err
		}
		s.env.vars[p.slot] = v
	}
	extra.Pos = a.Pos[min(len(a.Pos), len(def.params)):]
	return c.bindSpecial(extra)
}

// bindSpecial sets caller, kwargs and varargs from the arguments that no parameter took.
func (c *macro) bindSpecial(a pyval.Args) error {
	vars := c.s.env.vars
	if t := c.def.special[0]; t != nil {
		v, ok := a.Lookup("caller")
		if !ok || v == nil {
			v = pyval.Undefinedf("No caller defined")
		}
		vars[t.slot] = v
		a = a.Without("caller")
	}
	if t := c.def.special[1]; t != nil {
		d := pyval.NewDict(len(a.Named))
		if err := d.Update(c.s.m, pyval.Args{Named: a.Named}); err != nil {
			return err
		}
		vars[t.slot] = d
	} else if len(a.Named) > 0 {
		return pyval.Errorf(pyval.TypeError, "macro '%s' takes no keyword argument '%s'", c.def.id, a.Named[0].Name)
	}
	if t := c.def.special[2]; t != nil {
		vars[t.slot] = &pyval.Tuple{Items: a.Pos}
	} else if len(a.Pos) > 0 {
		return pyval.Errorf(pyval.TypeError, "macro '%s' takes not more than %d argument(s)", c.def.id, len(c.def.params))
	}
	return nil
}
