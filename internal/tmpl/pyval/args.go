package pyval

import "slices"

// Args are the arguments of a call. The zero Args means no arguments.
type Args struct {
	Pos   []Value
	Named []NamedArg
}

// NamedArg is a keyword argument.
type NamedArg struct {
	Name string
	Val  Value
}

// Param is one parameter of a function.
type Param struct {
	Name     string
	Default  Value
	Required bool
}

// Req makes a parameter that must be given.
func Req(name string) Param { return Param{Name: name, Required: true} }

// Opt makes a parameter with a default.
func Opt(name string, def Value) Param { return Param{Name: name, Default: def} }

// Lookup returns the keyword argument with that name, and whether there is one.
func (a Args) Lookup(name string) (Value, bool) {
	for _, n := range a.Named {
		if n.Name == name {
			return n.Val, true
		}
	}
	return nil, false
}

// Without returns a without the keyword argument name. a itself does not change.
func (a Args) Without(name string) Args {
	a.Named = slices.DeleteFunc(slices.Clone(a.Named), func(n NamedArg) bool { return n.Name == name })
	return a
}

// Bind assigns arguments to params as Python does and returns one value for each param. It fails with a [TypeError] if the arguments do not
// fit. fn names the function in messages.
func (a Args) Bind(fn string, params []Param) ([]Value, error) {
	if len(a.Pos) > len(params) {
		return nil, typeErrorf("%s takes at most %d arguments (%d given)", fn, len(params), len(a.Pos))
	}
	out := make([]Value, len(params))
	n := copy(out, a.Pos)
	used := 0
	for i := n; i < len(params); i++ {
		v, ok := a.Lookup(params[i].Name)
		switch {
		case ok:
			used++
			out[i] = v
		case params[i].Required:
			return nil, typeErrorf("%s needs the argument '%s'", fn, params[i].Name)
		default:
			out[i] = params[i].Default
		}
	}
	if used < len(a.Named) {
		return nil, a.surplus(fn, params, n)
	}
	return out, nil
}

// surplus returns the error for a keyword argument that no parameter took, or nil if there is none.
func (a Args) surplus(fn string, params []Param, positional int) error {
	for _, named := range a.Named {
		i := slices.IndexFunc(params, func(p Param) bool { return p.Name == named.Name })
		if i < 0 {
			return typeErrorf("%s has no argument '%s'", fn, named.Name)
		}
		if i < positional {
			return typeErrorf("%s got two values for the argument '%s'", fn, named.Name)
		}
	}
	return typeErrorf("%s got an argument twice", fn)
}
