package jinja

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// maxTreeDepth bounds the depth of the tree. A long chain such as a+b+c+… makes a deep tree without nesting in the text.
const maxTreeDepth = 400

// resolver binds every name of a tree to a variable.
type resolver struct {
	src    string
	depth  int
	soft   int // number of enclosing conditions; inside one an unknown filter is an error only when it is used
	loops  int
	inputs map[string]*inputUse
	err    error
}

// inputUse is an input that the template reads.
type inputUse struct {
	id     string
	places []pos // where it is read
	index  int
}

// first is the first place where u is read.
func (u *inputUse) first() pos { return slices.Min(u.places) }

// resolve binds the names of body. It returns the scope of body, and the inputs in order of their index.
func resolve(src string, body []stmt) (*scope, []*inputUse, error) {
	r := &resolver{src: src, inputs: map[string]*inputUse{}}
	root := newScope(nil)
	r.scope(root, body)
	if r.err != nil {
		return nil, nil, r.err
	}
	uses := make([]*inputUse, len(r.inputs))
	for _, u := range r.inputs {
		uses[u.index] = u
	}
	return root, uses, nil
}

// enter counts one level of the tree. It returns false if the walk must stop.
func (r *resolver) enter() bool {
	if r.depth >= maxTreeDepth {
		r.fail(0, pyval.Errorf(pyval.Limit, "an expression of the template is too long"))
		return false
	}
	r.depth++
	return r.err == nil || r.unwind()
}

func (r *resolver) unwind() bool {
	r.depth--
	return false
}

func (r *resolver) leave() { r.depth-- }

func (r *resolver) fail(p pos, err error) {
	if r.err == nil {
		r.err = errorAt(r.src, p, err)
	}
}

// scope hoists and binds the statements of s.
func (r *resolver) scope(s *scope, body []stmt) {
	h := &hoister{r: r, s: s}
	h.body(body)
	r.finish(s)
	r.body(s, body)
}

// finish numbers the inputs that s loads.
func (r *resolver) finish(s *scope) {
	for _, v := range s.vars {
		if v.origin == input {
			v.input = r.use(v.id).index
		}
	}
}

func (r *resolver) use(id string) *inputUse {
	u := r.inputs[id]
	if u == nil {
		u = &inputUse{id: id, index: len(r.inputs)}
		r.inputs[id] = u
	}
	return u
}

func (r *resolver) body(s *scope, body []stmt) {
	for _, st := range body {
		if r.err != nil {
			return
		}
		r.stmt(s, st)
	}
}

func (r *resolver) stmt(s *scope, st stmt) {
	if !r.enter() {
		return
	}
	defer r.leave()
	switch n := st.(type) {
	case *output:
		r.expr(s, n.x)
	case *ifStmt:
		r.soft++
		for _, b := range n.branches {
			r.expr(s, b.test)
			r.body(s, b.body)
		}
		r.body(s, n.els_)
		r.soft--
	case *forStmt:
		r.forStmt(s, n)
	case *setStmt:
		r.expr(s, n.x)
		r.target(s, n.target, n.pos)
	case *setBlock:
		r.target(s, n.target, n.pos)
		n.scope = newScope(s)
		(&hoister{r: r, s: n.scope}).expr(n.filter)
		r.scope(n.scope, n.body)
		r.expr(n.scope, n.filter)
	case *filterBlock:
		n.scope = newScope(s)
		r.scope(n.scope, n.body)
		r.expr(n.scope, n.filter)
	case *withStmt:
		r.withStmt(s, n)
	case *macroStmt:
		r.target(s, n.target, n.def.pos)
		r.macro(s, n.def)
	case *callBlock:
		r.expr(s, n.call)
		r.macro(s, n.def)
	}
}

func (r *resolver) withStmt(s *scope, n *withStmt) {
	for _, x := range n.values {
		r.expr(s, x)
	}
	n.scope = newScope(s)
	for _, t := range n.targets {
		n.scope.params(t)
	}
	r.scope(n.scope, n.body)
}

func (r *resolver) forStmt(s *scope, n *forStmt) {
	r.expr(s, n.iter)
	r.loops++
	defer func() { r.loops-- }()
	if assignsLoop(n.target) {
		r.fail(n.pos, syntaxErrorf("can't assign to the special variable 'loop'"))
	}
	n.scope = newScope(s)
	n.loop = n.scope.define("loop", param)
	n.scope.params(n.target)
	r.scope(n.scope, n.body)
	if n.test != nil {
		n.testScope, n.testTarget = newScope(s), cloneTarget(n.target)
		n.testScope.params(n.testTarget)
		(&hoister{r: r, s: n.testScope}).expr(n.test)
		r.finish(n.testScope)
		r.expr(n.testScope, n.test)
	}
	n.elseScope = newScope(s)
	r.scope(n.elseScope, n.els_)
}

func assignsLoop(t target) bool {
	switch t := t.(type) {
	case *nameTarget:
		return t.id == "loop"
	case *tupleTarget:
		return slices.ContainsFunc(t.items, assignsLoop)
	}
	return false
}

func (r *resolver) macro(s *scope, def *macroDef) {
	def.scope = newScope(s)
	for _, t := range def.params {
		def.scope.params(t)
	}
	for _, t := range def.special {
		if t != nil {
			def.scope.params(t)
		}
	}
	h := &hoister{r: r, s: def.scope}
	for _, x := range def.defaults {
		h.expr(x)
	}
	r.scope(def.scope, def.body)
	for _, x := range def.defaults {
		r.expr(def.scope, x)
	}
}

func (r *resolver) target(s *scope, t target, at pos) {
	switch t := t.(type) {
	case *nameTarget:
		if r.loops > 0 && t.id == "loop" {
			r.fail(at, syntaxErrorf("can't assign to the special variable 'loop'"))
			return
		}
		t.v = s.byName[t.id]
		t.slot = t.v.slot
	case *tupleTarget:
		for _, item := range t.items {
			r.target(s, item, at)
		}
	case *nsTarget:
		r.name(s, t.ns)
	}
}

func (r *resolver) expr(s *scope, x expr) {
	if x == nil || !r.enter() {
		return
	}
	defer r.leave()
	switch n := x.(type) {
	case *name:
		r.name(s, n)
		return
	case *cond:
		r.soft++
		defer func() { r.soft-- }()
	case *filterCall:
		if n.def == nil && r.soft == 0 {
			r.fail(n.pos, unknownFilter(n.id))
		}
	case *testCall:
		if n.def == nil && r.soft == 0 {
			r.fail(n.pos, syntaxErrorf("no test named '%s'", n.id))
		}
	}
	x.each(func(part expr) { r.expr(s, part) })
}

// unknownFilter returns the error for a filter that does not exist.
func unknownFilter(id string) error {
	switch id {
	case "random", "urlize", "xmlattr", "pprint":
		return unsupportedf("the filter '%s' is not available", id)
	}
	return syntaxErrorf("no filter named '%s'", id)
}

func (r *resolver) name(s *scope, n *name) {
	v := s.find(n.id)
	if v == nil {
		return // only after an error
	}
	v.read = true
	n.v, n.up, n.slot = v, s.level-v.scope.level, v.slot
	if root := v.root(); root.origin == input {
		u := r.use(root.id)
		u.places = append(u.places, n.pos)
	}
}

// root follows aliases to the outermost variable.
func (v *variable) root() *variable {
	for v.origin == aliasing {
		v = v.outer
	}
	return v
}

// inOrder returns the inputs that are read, in order of first use. Globals are not inputs.
func inOrder(uses []*inputUse) []*inputUse {
	sorted := slices.DeleteFunc(slices.Clone(uses), func(u *inputUse) bool {
		_, global := globals[u.id]
		return len(u.places) == 0 || global
	})
	slices.SortFunc(sorted, func(a, b *inputUse) int { return cmp.Compare(a.first(), b.first()) })
	return sorted
}
