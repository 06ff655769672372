package jinja

import "slices"

// origin says where a variable gets its value when its scope is entered.
type origin uint8

const (
	unset    origin = iota // no value: the variable is assigned before it is read
	param                  // set by the code that enters the scope
	input                  // the inputs, else the globals
	aliasing               // the variable of the same name in an outer scope
)

// variable is a name in one scope.
type variable struct {
	id     string
	origin origin
	slot   int
	outer  *variable // of an alias
	scope  *scope
	read   bool
	input  int // index of the input if origin is input
}

// scope is a region of the template with variables of its own. As in Jinja2, loops, macros, call blocks, filter blocks, set blocks and with
// have one, and conditions do not. All names of a scope are known before the scopes inside it are resolved.
type scope struct {
	parent *scope
	level  int
	byName map[string]*variable
	vars   []*variable
}

func newScope(parent *scope) *scope {
	s := &scope{parent: parent, byName: map[string]*variable{}}
	if parent != nil {
		s.level = parent.level + 1
	}
	return s
}

// find returns the variable that id means in s, or nil if no scope has it.
func (s *scope) find(id string) *variable {
	for ; s != nil; s = s.parent {
		if v := s.byName[id]; v != nil {
			return v
		}
	}
	return nil
}

func (s *scope) define(id string, from origin) *variable {
	v := &variable{id: id, origin: from, slot: len(s.vars), scope: s}
	s.byName[id] = v
	s.vars = append(s.vars, v)
	return v
}

// load records that id is read in s.
func (s *scope) load(id string) {
	if s.find(id) == nil {
		s.define(id, input)
	}
}

// store records that id is assigned in s. An assignment in a branch that may not run must also load the earlier value.
func (s *scope) store(id string, inBranch bool) {
	if s.byName[id] != nil {
		return
	}
	if s.parent != nil {
		if outer := s.parent.find(id); outer != nil {
			s.define(id, aliasing).outer = outer
			return
		}
	}
	if inBranch {
		s.define(id, input)
		return
	}
	s.define(id, unset)
}

// hoister records every name that the statements of scope s read or assign. It does not enter the scopes inside.
type hoister struct {
	r        *resolver
	s        *scope
	branches int // number of enclosing conditions
}

func (h *hoister) expr(x expr) {
	if x == nil || !h.r.enter() {
		return
	}
	defer h.r.leave()
	if n, ok := x.(*name); ok {
		h.s.load(n.id)
		return
	}
	x.each(h.expr)
}

func (h *hoister) target(t target) {
	switch t := t.(type) {
	case *nameTarget:
		h.s.store(t.id, h.branches > 0)
	case *tupleTarget:
		for _, item := range t.items {
			h.target(item)
		}
	case *nsTarget:
		h.s.load(t.ns.id)
	}
}

func (h *hoister) body(body []stmt) {
	for _, st := range body {
		h.stmt(st)
	}
}

func (h *hoister) stmt(st stmt) {
	switch n := st.(type) {
	case *output:
		h.expr(n.x)
	case *ifStmt:
		for i, b := range n.branches {
			if i > 0 {
				h.branches++
			}
			h.expr(b.test)
			h.branches++
			h.body(b.body)
			h.branches--
		}
		h.branches++
		h.body(n.els_)
		h.branches -= len(n.branches)
	case *forStmt:
		h.expr(n.iter)
	case *setStmt:
		h.expr(n.x)
		h.target(n.target)
	case *setBlock:
		h.target(n.target)
	case *withStmt:
		for _, x := range n.values {
			h.expr(x)
		}
	case *filterBlock:
		h.expr(n.filter)
	case *macroStmt:
		h.target(n.target)
	case *callBlock:
		h.expr(n.call)
	}
}

// params declares the variables of a target as set from outside the scope.
func (s *scope) params(t target) {
	switch t := t.(type) {
	case *nameTarget:
		t.v = s.define(t.id, param)
		t.slot = t.v.slot
	case *tupleTarget:
		for _, item := range t.items {
			s.params(item)
		}
	}
}

// cloneTarget copies a target for a second scope.
func cloneTarget(t target) target {
	switch t := t.(type) {
	case *nameTarget:
		return &nameTarget{id: t.id}
	case *tupleTarget:
		out := &tupleTarget{items: slices.Clone(t.items)}
		for i, item := range out.items {
			out.items[i] = cloneTarget(item)
		}
		return out
	}
	return t
}
