package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

func filterMap(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error) {
	if !pyval.Truth(v) {
		return pyval.NewIterator(nil), nil
	}
	f, err := s.mapper(a)
	if err != nil {
		return nil, err
	}
	items, err := pyval.Collect(s.m, v)
	if err != nil {
		return nil, err
	}
	if err := s.m.GrowItems(len(items)); err != nil {
		return nil, err
	}
	out := make([]pyval.Value, len(items))
	for i, item := range items {
		if err := s.m.Step(); err != nil {
			return nil, err
		}
		if out[i], err = f(item); err != nil {
			return nil, err
		}
	}
	return pyval.NewIterator(out), nil
}

// mapper returns the function that map applies: the filter named by the first argument, or the lookup of an attribute.
func (s *state) mapper(a pyval.Args) (func(pyval.Value) (pyval.Value, error), error) {
	if attribute, ok := a.Lookup("attribute"); ok && len(a.Pos) == 0 {
		missing, _ := a.Lookup("default")
		if rest := a.Without("attribute").Without("default"); len(rest.Named) > 0 {
			return nil, pyval.Errorf(pyval.TypeError, "unexpected keyword argument '%s'", rest.Named[0].Name)
		}
		return s.getter(attribute, missing), nil
	}
	if len(a.Pos) == 0 {
		return nil, pyval.Errorf(pyval.TypeError, "map requires a filter argument")
	}
	id, _ := pyval.Text(a.Pos[0])
	f := s.t.filters[id]
	if f == nil {
		return nil, unknownFilter(id)
	}
	rest := pyval.Args{Pos: a.Pos[1:], Named: a.Named}
	return func(v pyval.Value) (pyval.Value, error) { return f.apply(s, id, v, rest) }, nil
}

// selecting makes select, reject (keep false), selectattr or rejectattr (ofAttr).
func selecting(keep, ofAttr bool) func(*state, pyval.Value, pyval.Args) (pyval.Value, error) {
	return func(s *state, v pyval.Value, a pyval.Args) (pyval.Value, error) {
		if !pyval.Truth(v) {
			return pyval.NewIterator(nil), nil
		}
		get := s.getter(nil, nil)
		if ofAttr {
			if len(a.Pos) == 0 {
				return nil, pyval.Errorf(pyval.TypeError, "missing parameter for attribute name")
			}
			get = s.getter(a.Pos[0], nil)
			a.Pos = a.Pos[1:]
		}
		items, err := pyval.Collect(s.m, v)
		if err != nil {
			return nil, err
		}
		var out []pyval.Value
		for _, item := range items {
			ok, err := s.passes(item, get, a)
			if err != nil {
				return nil, err
			}
			if ok == keep {
				out = append(out, item)
			}
		}
		return pyval.NewIterator(out), s.m.GrowItems(2 * len(out))
	}
}

// passes applies a test to the value that get finds in item: the test that a names, or the truth of the value.
func (s *state) passes(item pyval.Value, get func(pyval.Value) (pyval.Value, error), a pyval.Args) (bool, error) {
	if err := s.m.Step(); err != nil {
		return false, err
	}
	v, err := get(item)
	if err != nil {
		return false, err
	}
	if len(a.Pos) == 0 {
		return pyval.Truth(v), nil
	}
	id, _ := pyval.Text(a.Pos[0])
	t := s.t.tests[id]
	if t == nil {
		return false, syntaxErrorf("no test named '%s'", id)
	}
	return t.apply(s, id, v, pyval.Args{Pos: a.Pos[1:], Named: a.Named})
}
