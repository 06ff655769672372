package jinja

import "slices"

// flow finds the inputs that a template cannot do without. It follows which variables are known to be defined along each path:
//
//   - `x is defined`, the truth of a bare x, and tests of its type do not need x, and make x known on the path where they hold;
//   - `x|default(…)` does not need x;
//   - a variable that is assigned on every path is known afterwards.
//
// Every other read of an input needs the input.
type flow struct {
	known   map[*variable]bool
	journal []*variable // the variables added to known, in order
	needed  map[int]bool
}

// required returns the indices of the inputs that body needs.
func required(body []stmt) map[int]bool {
	f := &flow{known: map[*variable]bool{}, needed: map[int]bool{}}
	f.body(body)
	return f.needed
}

func (f *flow) learn(vars []*variable) {
	for _, v := range vars {
		if v != nil && !f.known[v] {
			f.known[v] = true
			f.journal = append(f.journal, v)
		}
	}
}

func (f *flow) mark() int { return len(f.journal) }

// forget undoes what was learnt since the mark and returns it.
func (f *flow) forget(mark int) []*variable {
	gone := slices.Clone(f.journal[mark:])
	for _, v := range gone {
		delete(f.known, v)
	}
	f.journal = f.journal[:mark]
	return gone
}

func (f *flow) isKnown(v *variable) bool {
	for ; v != nil; v = v.outer {
		if f.known[v] {
			return true
		}
	}
	return false
}

// common returns the members that all sets share.
func common(sets ...[]*variable) []*variable {
	in := map[*variable]int{} // the number of sets in a row, from the first, that have it
	for i, set := range sets {
		for _, v := range set {
			if in[v] == i {
				in[v]++
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(sets[0]), func(v *variable) bool { return in[v] < len(sets) })
}

// typeTests are the tests that are false for an undefined value.
var typeTests = []string{"boolean", "callable", "defined", "false", "float", "integer", "mapping", "number", "string", "true"}

// condition follows an expression whose truth alone matters. It returns the variables that are known if it
// is true, and those known if it is false.
func (f *flow) condition(x expr) (yes, no []*variable) {
	switch n := x.(type) {
	case *name:
		return []*variable{n.v}, nil
	case *not:
		no, yes = f.condition(n.x)
		return yes, no
	case *testCall:
		return f.test(n)
	case *logic:
		return f.logic(n)
	}
	f.read(x)
	return nil, nil
}

func (f *flow) test(n *testCall) (yes, no []*variable) {
	n.args.each(f.read)
	if in, ok := n.in.(*name); ok {
		switch {
		case slices.Contains(typeTests, n.id):
			return []*variable{in.v}, nil
		case n.id == "undefined":
			return nil, []*variable{in.v}
		}
	}
	f.read(n.in)
	return nil, nil
}

func (f *flow) logic(n *logic) (yes, no []*variable) {
	yesL, noL := f.condition(n.l)
	mark := f.mark()
	if n.and {
		f.learn(yesL)
	} else {
		f.learn(noL)
	}
	yesR, noR := f.condition(n.r)
	f.forget(mark)
	if n.and {
		return slices.Concat(yesL, yesR), common(noL, noR)
	}
	return common(yesL, yesR), slices.Concat(noL, noR)
}

// read follows an expression whose value is used.
func (f *flow) read(x expr) {
	switch n := x.(type) {
	case *name:
		if root := n.v.root(); root.origin == input && !f.isKnown(n.v) {
			f.needed[root.input] = true
		}
	case *not, *testCall:
		f.condition(x)
	case *logic:
		yes, no := f.condition(n.l)
		if !n.and {
			yes = no
		}
		f.readKnowing(yes, n.r)
	case *cond:
		yes, no := f.condition(n.test)
		f.readKnowing(yes, n.then)
		if n.els_ != nil {
			f.readKnowing(no, n.els_)
		}
	case *filterCall:
		if _, bare := n.in.(*name); bare && (n.id == "default" || n.id == "d") {
			n.args.each(f.read)
			return
		}
		n.each(f.read)
	default:
		x.each(f.read)
	}
}

func (f *flow) readKnowing(vars []*variable, x expr) {
	mark := f.mark()
	f.learn(vars)
	f.read(x)
	f.forget(mark)
}

func (f *flow) body(body []stmt) {
	for _, st := range body {
		f.stmt(st)
	}
}

// maybe follows statements that may not run.
func (f *flow) maybe(body []stmt) {
	mark := f.mark()
	f.body(body)
	f.forget(mark)
}

func (f *flow) stmt(st stmt) {
	switch n := st.(type) {
	case *output:
		f.read(n.x)
	case *ifStmt:
		f.ifStmt(n)
	case *forStmt:
		f.forStmt(n)
	case *setStmt:
		f.read(n.x)
		f.assign(n.target)
	case *setBlock:
		f.body(n.body)
		f.read(n.filter)
		f.assign(n.target)
	case *filterBlock:
		f.body(n.body)
		f.read(n.filter)
	case *withStmt:
		for _, x := range n.values {
			f.read(x)
		}
		f.body(n.body)
	case *macroStmt:
		f.assign(n.target)
		f.macro(n.def)
	case *callBlock:
		f.read(n.call)
		f.macro(n.def)
	}
}

func (f *flow) macro(def *macroDef) {
	mark := f.mark()
	for _, x := range def.defaults {
		f.read(x)
	}
	f.body(def.body)
	f.forget(mark)
}

func (f *flow) assign(t target) {
	switch t := t.(type) {
	case *nameTarget:
		f.learn([]*variable{t.v})
	case *tupleTarget:
		for _, item := range t.items {
			f.assign(item)
		}
	case *nsTarget:
		f.read(t.ns)
	}
}

func (f *flow) forStmt(n *forStmt) {
	f.read(n.iter)
	mark := f.mark()
	if n.test != nil {
		yes, _ := f.condition(n.test)
		f.learn(yes)
		for _, v := range yes { // the test has a scope of its own
			if same := n.scope.byName[v.id]; v.origin == input && same != nil && same.origin == input {
				f.learn([]*variable{same})
			}
		}
	}
	f.body(n.body)
	f.forget(mark)
	f.maybe(n.els_)
}

// ifStmt follows each path, and keeps what is known at the end of every path.
func (f *flow) ifStmt(n *ifStmt) {
	base := f.mark()
	var ends [][]*variable
	for _, b := range n.branches {
		yes, no := f.condition(b.test)
		mark := f.mark()
		f.learn(yes)
		f.body(b.body)
		ends = append(ends, slices.Clone(f.journal[base:]))
		f.forget(mark)
		f.learn(no)
	}
	f.body(n.els_)
	ends = append(ends, f.forget(base))
	f.learn(common(ends...))
}
