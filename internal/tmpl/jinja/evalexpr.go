package jinja

import (
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

func (n *constant) eval(*state) (pyval.Value, error) { return n.v, nil }

func (n *captured) eval(s *state) (pyval.Value, error) { return s.captured, nil }

func (n *name) eval(s *state) (pyval.Value, error) {
	e := s.env
	for range n.up {
		e = e.parent
	}
	if v := e.vars[n.slot]; v != missing {
		return v, nil
	}
	return pyval.Undefinedf("'" + n.id + "' is undefined"), nil
}

func (n *listLit) eval(s *state) (pyval.Value, error) {
	items, err := s.evalAll(n.items)
	return &pyval.List{Items: items}, err
}

func (n *tupleLit) eval(s *state) (pyval.Value, error) {
	items, err := s.evalAll(n.items)
	return &pyval.Tuple{Items: items}, err
}

func (n *dictLit) eval(s *state) (pyval.Value, error) {
	if err := s.m.GrowItems(4 * len(n.keys)); err != nil {
		return nil, s.fail(n.pos, err)
	}
	d := pyval.NewDict(len(n.keys))
	for i := range n.keys {
		k, err := s.eval(n.keys[i])
		if err != nil {
			return nil, err
		}
		v, err := s.eval(n.vals[i])
		if err != nil {
			return nil, err
		}
		if err := d.Set(s.m, k, v); err != nil {
			return nil, s.fail(n.pos, err)
		}
	}
	return d, nil
}

func (n *attr) eval(s *state) (pyval.Value, error) {
	obj, err := s.eval(n.obj)
	if err != nil {
		return nil, err
	}
	v, err := s.attr(obj, n.id)
	return v, s.fail(n.pos, err)
}

// attr evaluates obj.id: the attribute if there is one, else the item.
func (s *state) attr(obj pyval.Value, id string) (pyval.Value, error) {
	v, ok, err := pyval.Attr(obj, id)
	if ok || err != nil {
		return v, err
	}
	if d, isDict := obj.(*pyval.Dict); isDict {
		if v, ok := d.GetName(id); ok {
			return v, nil
		}
	}
	return pyval.Undefinedf("'" + pyval.TypeName(obj) + " object' has no attribute '" + id + "'"), nil
}

func (n *item) eval(s *state) (pyval.Value, error) {
	obj, err := s.eval(n.obj)
	if err != nil {
		return nil, err
	}
	key, err := s.eval(n.key)
	if err != nil {
		return nil, err
	}
	v, err := s.item(obj, key)
	return v, s.fail(n.pos, err)
}

// item evaluates obj[key]: the item if there is one, else the attribute.
func (s *state) item(obj, key pyval.Value) (pyval.Value, error) {
	v, ok, err := pyval.Item(s.m, obj, key)
	if ok || err != nil {
		return v, err
	}
	if id, isText := pyval.Text(key); isText {
		if v, ok, err := pyval.Attr(obj, id); ok || err != nil {
			return v, err
		}
		return pyval.Undefinedf("'" + pyval.TypeName(obj) + " object' has no such attribute"), nil
	}
	return pyval.Undefinedf(pyval.TypeName(obj) + " object has no such element"), nil
}

func (n *slice) eval(s *state) (pyval.Value, error) {
	var parts [4]pyval.Value
	for i, x := range []expr{n.obj, n.start, n.stop, n.step} {
		if x == nil {
			continue
		}
		v, err := s.eval(x)
		if err != nil {
			return nil, err
		}
		parts[i] = v
	}
	v, err := pyval.Slice(s.m, parts[0], parts[1], parts[2], parts[3])
	return v, s.fail(n.pos, err)
}

func (n *call) eval(s *state) (pyval.Value, error) { return n.run(s, nil) }

// run performs the call. If caller is not nil, it is passed as one more keyword argument.
func (n *call) run(s *state, caller pyval.Value) (pyval.Value, error) {
	fn, method, err := n.callee(s)
	if err != nil {
		return nil, err
	}
	args, err := n.args.eval(s)
	if err != nil {
		return nil, s.fail(n.pos, err)
	}
	if caller != nil {
		args.Named = append(args.Named, pyval.NamedArg{Name: "caller", Val: caller})
	}
	var v pyval.Value
	if method != "" {
		v, _, err = pyval.CallMethod(s.m, fn, method, args)
	} else {
		v, err = pyval.Call(s.m, fn, args)
	}
	return v, s.fail(n.pos, err)
}

// callee returns the function to call. For a method of a builtin type it returns the value and the name of the method.
func (n *call) callee(s *state) (fn pyval.Value, method string, err error) {
	a, ok := n.fn.(*attr)
	if !ok {
		fn, err = s.eval(n.fn)
		return fn, "", err
	}
	obj, err := s.eval(a.obj)
	if err != nil {
		return nil, "", err
	}
	if pyval.HasMethod(obj, a.id) {
		return obj, a.id, nil
	}
	fn, err = s.attr(obj, a.id)
	return fn, "", s.fail(a.pos, err)
}

func (a *arguments) eval(s *state) (pyval.Args, error) {
	var out pyval.Args
	var err error
	if len(a.pos) > 0 {
		if out.Pos, err = s.evalAll(a.pos); err != nil {
			return out, err
		}
	}
	for _, n := range a.named {
		v, err := s.eval(n.x)
		if err != nil {
			return out, err
		}
		out.Named = append(out.Named, pyval.NamedArg{Name: n.id, Val: v})
	}
	if a.star != nil || a.starstar != nil {
		err = a.unpack(s, &out)
	}
	return out, err
}

// unpack adds *args and **kwargs to out.
func (a *arguments) unpack(s *state, out *pyval.Args) error {
	if a.star != nil {
		v, err := s.eval(a.star)
		if err != nil {
			return err
		}
		items, err := pyval.CollectNew(s.m, v)
		if err != nil {
			return err
		}
		out.Pos = append(out.Pos, items...)
	}
	if a.starstar == nil {
		return nil
	}
	v, err := s.eval(a.starstar)
	if err != nil {
		return err
	}
	d, ok := v.(*pyval.Dict)
	if !ok {
		return pyval.Errorf(pyval.TypeError, "argument after ** must be a mapping, not %s", pyval.TypeName(v))
	}
	if err := s.m.GrowItems(4 * d.Len()); err != nil {
		return err
	}
	for _, e := range d.Entries() {
		id, ok := pyval.Text(e.Key)
		if !ok {
			return pyval.Errorf(pyval.TypeError, "keywords must be strings")
		}
		out.Named = append(out.Named, pyval.NamedArg{Name: id, Val: e.Val})
	}
	return nil
}

func (n *filterCall) eval(s *state) (pyval.Value, error) {
	if n.def == nil {
		return nil, s.fail(n.pos, unknownFilter(n.id))
	}
	in, err := s.eval(n.in)
	if err != nil {
		return nil, err
	}
	args, err := n.args.eval(s)
	if err != nil {
		return nil, s.fail(n.pos, err)
	}
	v, err := n.def.apply(s, n.id, in, args)
	return v, s.fail(n.pos, err)
}

func (n *testCall) eval(s *state) (pyval.Value, error) {
	if n.def == nil {
		return nil, s.fail(n.pos, syntaxErrorf("no test named '%s'", n.id))
	}
	in, err := s.eval(n.in)
	if err != nil {
		return nil, err
	}
	args, err := n.args.eval(s)
	if err != nil {
		return nil, s.fail(n.pos, err)
	}
	ok, err := n.def.apply(s, n.id, in, args)
	return ok, s.fail(n.pos, err)
}

func (n *unary) eval(s *state) (pyval.Value, error) {
	v, err := s.eval(n.x)
	if err != nil {
		return nil, err
	}
	if n.neg {
		v, err = pyval.Negate(v)
	} else {
		v, err = pyval.Positive(v)
	}
	return v, s.fail(n.pos, err)
}

func (n *not) eval(s *state) (pyval.Value, error) {
	v, err := s.eval(n.x)
	return !pyval.Truth(v), err
}

func (n *binary) eval(s *state) (pyval.Value, error) {
	l, err := s.eval(n.l)
	if err != nil {
		return nil, err
	}
	r, err := s.eval(n.r)
	if err != nil {
		return nil, err
	}
	v, err := pyval.Arith(s.m, n.op, l, r)
	return v, s.fail(n.pos, err)
}

func (n *logic) eval(s *state) (pyval.Value, error) {
	l, err := s.eval(n.l)
	if err != nil || pyval.Truth(l) != n.and {
		return l, err
	}
	return s.eval(n.r)
}

func (n *compare) eval(s *state) (pyval.Value, error) {
	l, err := s.eval(n.first)
	if err != nil {
		return nil, err
	}
	for _, c := range n.rest {
		r, err := s.eval(c.x)
		if err != nil {
			return nil, err
		}
		ok, err := compareValues(s.m, c.op, l, r)
		if err != nil || !ok {
			return false, s.fail(n.pos, err)
		}
		l = r
	}
	return true, nil
}

func compareValues(m *pyval.Meter, op string, l, r pyval.Value) (bool, error) {
	switch op {
	case "==":
		return pyval.Equal(m, l, r)
	case "!=":
		eq, err := pyval.Equal(m, l, r)
		return !eq, err
	case "in":
		return pyval.Contains(m, r, l)
	case "not in":
		found, err := pyval.Contains(m, r, l)
		return !found, err
	case "<":
		return pyval.Order(m, pyval.Less, l, r)
	case "<=":
		return pyval.Order(m, pyval.LessEqual, l, r)
	case ">":
		return pyval.Order(m, pyval.Greater, l, r)
	}
	return pyval.Order(m, pyval.GreaterEqual, l, r)
}

func (n *concat) eval(s *state) (pyval.Value, error) {
	var buf []byte
	for _, x := range n.parts {
		v, err := s.eval(x)
		if err != nil {
			return nil, err
		}
		if buf, err = pyval.AppendStr(s.m, buf, v); err != nil {
			return nil, s.fail(n.pos, err)
		}
	}
	return string(buf), s.fail(n.pos, s.m.Grow(len(buf)))
}

func (n *cond) eval(s *state) (pyval.Value, error) {
	test, err := s.eval(n.test)
	if err != nil {
		return nil, err
	}
	switch {
	case pyval.Truth(test):
		return s.eval(n.then)
	case n.els_ != nil:
		return s.eval(n.els_)
	}
	return pyval.Undefinedf("the inline if-expression was false and has no else"), nil
}
