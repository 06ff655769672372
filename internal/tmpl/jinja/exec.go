package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

func (n *data) exec(s *state) error { return s.write(n.s) }

func (n *output) exec(s *state) error {
	v, err := s.eval(n.x)
	if err == nil {
		err = s.writeValue(v)
	}
	return s.fail(n.pos, err)
}

func (n *ifStmt) exec(s *state) error {
	for _, b := range n.branches {
		test, err := s.eval(b.test)
		if err != nil {
			return err
		}
		if pyval.Truth(test) {
			return s.exec(b.body)
		}
	}
	return s.exec(n.els_)
}

func (n *setStmt) exec(s *state) error {
	v, err := s.eval(n.x)
	if err != nil {
		return s.fail(n.pos, err)
	}
	return n.target.assign(s, n.pos, v)
}

func (n *setBlock) exec(s *state) error {
	v, err := s.filtered(n.scope, n.body, n.filter)
	if err != nil {
		return s.fail(n.pos, err)
	}
	return n.target.assign(s, n.pos, v)
}

func (n *filterBlock) exec(s *state) error {
	v, err := s.filtered(n.scope, n.body, n.filter)
	if err == nil {
		err = s.writeValue(v)
	}
	return s.fail(n.pos, err)
}

// filtered runs body and returns its output after filter.
func (s *state) filtered(sc *scope, body []stmt, filter expr) (pyval.Value, error) {
	e, err := s.enter(sc, s.env)
	if err != nil {
		return nil, err
	}
	var v pyval.Value
	err = s.within(e, func() error {
		text, err := s.capture(func() error { return s.exec(body) })
		if err != nil {
			return err
		}
		s.captured = text
		v, err = s.eval(filter)
		return err
	})
	return v, err
}

func (n *withStmt) exec(s *state) error {
	values, err := s.evalAll(n.values)
	if err != nil {
		return s.fail(n.pos, err)
	}
	e, err := s.enter(n.scope, s.env)
	if err != nil {
		return s.fail(n.pos, err)
	}
	return s.within(e, func() error {
		for i, t := range n.targets {
			if err := t.assign(s, n.pos, values[i]); err != nil {
				return err
			}
		}
		return s.exec(n.body)
	})
}

func (n *macroStmt) exec(s *state) error {
	return n.target.assign(s, n.def.pos, &macro{s: s, def: n.def, env: s.env})
}

func (n *callBlock) exec(s *state) error {
	v, err := n.call.run(s, &macro{s: s, def: n.def, env: s.env})
	if err == nil {
		err = s.writeValue(v)
	}
	return s.fail(n.pos, err)
}

func (t *nameTarget) assign(s *state, _ pos, v pyval.Value) error {
	s.env.vars[t.slot] = v
	return nil
}

func (t *tupleTarget) assign(s *state, p pos, v pyval.Value) error {
	if u, ok := v.(*pyval.Undef); ok && len(t.items) > 0 {
		return s.fail(p, u.Err())
	}
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return s.fail(p, err)
	}
	if len(items) != len(t.items) {
		return s.fail(p, pyval.Errorf(pyval.ValueError, "can't unpack %d values into %d names", len(items), len(t.items)))
	}
	for i, to := range t.items {
		if err := to.assign(s, p, items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (t *nsTarget) assign(s *state, p pos, v pyval.Value) error {
	obj, err := t.ns.eval(s)
	if err != nil {
		return err
	}
	ns, ok := obj.(*namespace)
	if !ok {
		return s.fail(p, pyval.Errorf(pyval.TypeError, "cannot assign attribute on non-namespace object"))
	}
	return s.fail(p, ns.attrs.Set(s.m, t.id, v))
}
