package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

// globals are the functions that every template has. An input of the same name hides the function.
var globals = map[string]pyval.Value{
	"range":     &function{"range", makeRange},
	"dict":      &function{"dict", makeDict},
	"namespace": &function{"namespace", makeNamespace},
	"cycler":    &function{"cycler", makeCycler},
	"joiner":    &function{"joiner", makeJoiner},
	"lipsum": &function{"lipsum", func(*pyval.Meter, pyval.Args) (pyval.Value, error) {
		return nil, unsupportedf("lipsum() is not available: its text is random")
	}},
}

// function is a callable that is written in Go.
type function struct {
	id string
	f  func(m *pyval.Meter, a pyval.Args) (pyval.Value, error)
}

// TypeName returns the name of the type for messages.
func (f *function) TypeName() string { return "function" }

// Attr finds nothing: a function has no attributes.
func (f *function) Attr(string) (pyval.Value, bool) { return nil, false }

// Print fails: a function has no text.
func (f *function) Print(*pyval.Meter) (string, error) { return "", pyval.NoText("function") }

// Call runs the function.
func (f *function) Call(m *pyval.Meter, a pyval.Args) (pyval.Value, error) { return f.f(m, a) }

func makeRange(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	if len(a.Pos) < 1 || len(a.Pos) > 3 || len(a.Named) > 0 {
		return nil, pyval.Errorf(pyval.TypeError, "range expected 1 to 3 arguments")
	}
	var n [3]int64
	for i, v := range a.Pos {
		x, ok := pyval.Int(v)
		if u, undefined := v.(*pyval.Undef); undefined {
			return nil, u.Err()
		}
		if !ok || x > 1<<53 || x < -1<<53 {
			return nil, pyval.Errorf(pyval.TypeError, "range needs integers below 2**53, not %s", pyval.TypeName(v))
		}
		n[i] = x
	}
	switch len(a.Pos) {
	case 1:
		return &pyval.Range{Stop: n[0], Step: 1}, nil
	case 2:
		return &pyval.Range{Start: n[0], Stop: n[1], Step: 1}, nil
	}
	if n[2] == 0 {
		return nil, pyval.Errorf(pyval.ValueError, "range() arg 3 must not be zero")
	}
	return &pyval.Range{Start: n[0], Stop: n[1], Step: n[2]}, nil
}

func makeDict(m *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	d := pyval.NewDict(len(a.Named))
	return d, d.Update(m, a)
}

// namespace is an object whose attributes `{% set ns.x = … %}` can change from any scope.
type namespace struct{ attrs *pyval.Dict }

func makeNamespace(m *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	n := &namespace{pyval.NewDict(len(a.Named))}
	return n, n.attrs.Update(m, a)
}

// TypeName returns the name of the type for messages.
func (n *namespace) TypeName() string { return "Namespace" }

// Attr returns the attribute.
func (n *namespace) Attr(id string) (pyval.Value, bool) { return n.attrs.GetName(id) }

// Print shows the attributes.
func (n *namespace) Print(m *pyval.Meter) (string, error) {
	s, err := pyval.Repr(m, n.attrs)
	return "<Namespace " + s + ">", err
}

// cycler returns its items in turn, again and again.
type cycler struct {
	items []pyval.Value
	at    int
}

func makeCycler(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	if len(a.Pos) == 0 || len(a.Named) > 0 {
		return nil, pyval.Errorf(pyval.TypeError, "at least one item has to be provided")
	}
	return &cycler{items: a.Pos}, nil
}

// TypeName returns the name of the type for messages.
func (c *cycler) TypeName() string { return "Cycler" }

// Attr returns the current item or a method.
func (c *cycler) Attr(id string) (pyval.Value, bool) {
	switch id {
	case "current":
		return c.items[c.at], true
	case "next":
		return &function{"next", func(*pyval.Meter, pyval.Args) (pyval.Value, error) {
			v := c.items[c.at]
			c.at = (c.at + 1) % len(c.items)
			return v, nil
		}}, true
	case "reset":
		return &function{"reset", func(*pyval.Meter, pyval.Args) (pyval.Value, error) {
			c.at = 0
			return nil, nil
		}}, true
	}
	return nil, false
}

// Print fails: a cycler has no text.
func (c *cycler) Print(*pyval.Meter) (string, error) { return "", pyval.NoText("Cycler") }

func makeJoiner(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	args, err := a.Bind("joiner()", []pyval.Param{pyval.Opt("sep", ", ")})
	if err != nil {
		return nil, err
	}
	used := false
	return &function{"joiner", func(*pyval.Meter, pyval.Args) (pyval.Value, error) {
		if !used {
			used = true
			return "", nil
		}
		return args[0], nil
	}}, nil
}
