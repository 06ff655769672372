package jinja

import "github.com/openloop-server/openloop/internal/tmpl/pyval"

// expr is an expression.
type expr interface {
	eval(s *state) (pyval.Value, error)
	// each calls f for every direct part.
	each(f func(expr))
}

type (
	constant struct{ v pyval.Value }

	// name reads a variable. Its value is in slot slot of the env up levels above.
	name struct {
		pos  pos
		id   string
		v    *variable
		up   int
		slot int
	}

	listLit  struct{ items []expr }
	tupleLit struct{ items []expr }
	dictLit  struct {
		pos        pos
		keys, vals []expr
	}
	attr struct {
		pos pos
		obj expr
		id  string
	}
	item struct {
		pos      pos
		obj, key expr
	}
	slice struct {
		pos                    pos
		obj, start, stop, step expr // start, stop and step may be nil
	}
	call struct {
		pos  pos
		fn   expr
		args arguments
	}
	filterCall struct {
		pos  pos
		in   expr
		id   string
		def  *filter // nil if unknown, which is an error when it is used
		args arguments
	}
	testCall struct {
		pos  pos
		in   expr
		id   string
		def  *test
		args arguments
	}
	unary struct {
		pos pos
		neg bool
		x   expr
	}
	not    struct{ x expr }
	binary struct {
		pos  pos
		op   pyval.Op
		l, r expr
	}
	// logic is `and` or `or`.
	logic struct {
		and  bool
		l, r expr
	}
	compare struct {
		pos   pos
		first expr
		rest  []comparison
	}
	comparison struct {
		op string
		x  expr
	}
	concat struct {
		pos   pos
		parts []expr
	}
	cond struct {
		pos              pos
		test, then, els_ expr // els_ may be nil
	}
	// captured is the text that a filter block or set block captured.
	captured struct{}
)

// arguments are the arguments of a call, a filter or a test.
type arguments struct {
	pos      []expr
	named    []namedExpr
	star     expr // *args or nil
	starstar expr // **kwargs or nil
}

type namedExpr struct {
	id string
	x  expr
}

func (a *arguments) each(f func(expr)) {
	for _, x := range a.pos {
		f(x)
	}
	for _, n := range a.named {
		f(n.x)
	}
	if a.star != nil {
		f(a.star)
	}
	if a.starstar != nil {
		f(a.starstar)
	}
}

func all(items []expr, f func(expr)) {
	for _, x := range items {
		f(x)
	}
}

func (n *constant) each(func(expr))   {}
func (n *captured) each(func(expr))   {}
func (n *name) each(func(expr))       {}
func (n *listLit) each(f func(expr))  { all(n.items, f) }
func (n *tupleLit) each(f func(expr)) { all(n.items, f) }
func (n *concat) each(f func(expr))   { all(n.parts, f) }
func (n *attr) each(f func(expr))     { f(n.obj) }
func (n *unary) each(f func(expr))    { f(n.x) }
func (n *not) each(f func(expr))      { f(n.x) }

func (n *dictLit) each(f func(expr)) {
	for i := range n.keys {
		f(n.keys[i])
		f(n.vals[i])
	}
}

func (n *item) each(f func(expr)) {
	f(n.obj)
	f(n.key)
}

func (n *slice) each(f func(expr)) {
	f(n.obj)
	for _, x := range []expr{n.start, n.stop, n.step} {
		if x != nil {
			f(x)
		}
	}
}

func (n *call) each(f func(expr)) {
	f(n.fn)
	n.args.each(f)
}

func (n *filterCall) each(f func(expr)) {
	f(n.in)
	n.args.each(f)
}

func (n *testCall) each(f func(expr)) {
	f(n.in)
	n.args.each(f)
}

func (n *binary) each(f func(expr)) {
	f(n.l)
	f(n.r)
}

func (n *logic) each(f func(expr)) {
	f(n.l)
	f(n.r)
}

func (n *compare) each(f func(expr)) {
	f(n.first)
	for _, c := range n.rest {
		f(c.x)
	}
}

func (n *cond) each(f func(expr)) {
	f(n.test)
	f(n.then)
	if n.els_ != nil {
		f(n.els_)
	}
}

// stmt is a statement.
type stmt interface {
	exec(s *state) error
}

type (
	data struct{ s string }

	output struct {
		pos pos
		x   expr
	}
	ifStmt struct {
		branches []branch
		els_     []stmt
	}
	branch struct {
		test expr
		body []stmt
	}
	forStmt struct {
		pos       pos
		target    target
		iter      expr
		test      expr // nil for none
		recursive bool
		body      []stmt
		els_      []stmt

		scope      *scope
		loop       *variable
		testTarget target
		testScope  *scope
		elseScope  *scope
	}
	setStmt struct {
		pos    pos
		target target
		x      expr
	}
	setBlock struct {
		pos    pos
		target target
		filter expr // applied to captured
		body   []stmt
		scope  *scope
	}
	withStmt struct {
		pos     pos
		targets []target
		values  []expr
		body    []stmt
		scope   *scope
	}
	filterBlock struct {
		pos    pos
		filter expr
		body   []stmt
		scope  *scope
	}
	macroStmt struct {
		target *nameTarget
		def    *macroDef
	}
	callBlock struct {
		pos  pos
		def  *macroDef
		call *call
	}
)

// macroDef is what a macro and the body of a call block have in common.
type macroDef struct {
	pos      pos
	id       string // "" for a call block
	params   []*nameTarget
	defaults []expr // of the last len(defaults) params
	body     []stmt
	scope    *scope

	special [3]*nameTarget // caller, kwargs and varargs, each set if the body reads it
}

// target is something that can be assigned to.
type target interface {
	assign(s *state, p pos, v pyval.Value) error
}

type (
	nameTarget struct {
		id   string
		v    *variable
		slot int
	}
	tupleTarget struct{ items []target }
	// nsTarget is an attribute of a namespace.
	nsTarget struct {
		ns *name
		id string
	}
)
