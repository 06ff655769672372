package jinja

import (
	"fmt"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

func (n *forStmt) exec(s *state) error {
	seq, err := s.eval(n.iter)
	if err != nil {
		return s.fail(n.pos, err)
	}
	return s.fail(n.pos, n.run(s, s.env, seq, 0))
}

// run loops over seq with parent as the surrounding env. depth counts the recursive calls around it.
func (n *forStmt) run(s *state, parent *env, seq pyval.Value, depth int64) error {
	it, err := n.items(s, parent, seq)
	if err != nil {
		return err
	}
	e, err := s.enter(n.scope, parent)
	if err != nil {
		return err
	}
	l := &loop{it: it, depth: depth}
	if n.recursive {
		l.recurse = func(seq pyval.Value) (pyval.Value, error) { return n.recurse(s, parent, seq, depth+1) }
	}
	err = s.within(e, func() error {
		for l.next() {
			if err := n.iteration(s, e, l); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || l.index > 0 || len(n.els_) == 0 {
		return err
	}
	if e, err = s.enter(n.elseScope, parent); err != nil {
		return err
	}
	return s.within(e, func() error { return s.exec(n.els_) })
}

func (n *forStmt) iteration(s *state, e *env, l *loop) error {
	if err := s.m.Step(); err != nil {
		return err
	}
	if l.index > 1 {
		if err := s.reset(n.scope, e); err != nil {
			return err
		}
	}
	if n.loop.read {
		e.vars[n.loop.slot] = l
	}
	if err := n.target.assign(s, n.pos, l.current); err != nil {
		return err
	}
	return s.exec(n.body)
}

// items returns the items of seq that pass the loop's test.
func (n *forStmt) items(s *state, parent *env, seq pyval.Value) (*pyval.Iterator, error) {
	it, err := pyval.Iter(s.m, seq)
	if err != nil || n.test == nil {
		return it, err
	}
	e, err := s.enter(n.testScope, parent)
	if err != nil {
		return nil, err
	}
	var kept []pyval.Value
	err = s.within(e, func() error {
		for v, ok := it.Next(); ok; v, ok = it.Next() {
			if err := n.testTarget.assign(s, n.pos, v); err != nil {
				return err
			}
			pass, err := s.eval(n.test)
			if err != nil {
				return err
			}
			if !pyval.Truth(pass) {
				continue
			}
			if err := s.m.GrowItems(2); err != nil {
				return err
			}
			kept = append(kept, v)
		}
		return nil
	})
	return pyval.NewIterator(kept), err
}

// recurse renders the loop over seq, for the call loop(seq) in a recursive loop.
func (n *forStmt) recurse(s *state, parent *env, seq pyval.Value, depth int64) (pyval.Value, error) {
	var text string
	err := s.nested(func() error {
		var err error
		text, err = s.capture(func() error { return n.run(s, parent, seq, depth) })
		return err
	})
	return text, err
}

// loop is the special variable of a loop.
type loop struct {
	it       *pyval.Iterator
	index    int64 // counts from 1; 0 before the first item
	depth    int64 // counts from 0
	current  pyval.Value
	previous pyval.Value
	changed  []pyval.Value
	recurse  func(pyval.Value) (pyval.Value, error)
}

func (l *loop) next() bool {
	v, ok := l.it.Next()
	if ok {
		l.index++
		l.previous, l.current = l.current, v
	}
	return ok
}

// Len returns the number of items.
func (l *loop) Len() int64 { return l.index + l.it.Left() }

// TypeName returns the name of the type for messages.
func (l *loop) TypeName() string { return "LoopContext" }

// Attr returns an attribute of the loop, such as index or last.
func (l *loop) Attr(id string) (pyval.Value, bool) {
	switch id {
	case "index":
		return l.index, true
	case "index0":
		return l.index - 1, true
	case "revindex":
		return l.it.Left() + 1, true
	case "revindex0":
		return l.it.Left(), true
	case "first":
		return l.index == 1, true
	case "last":
		return l.it.Left() == 0, true
	case "length":
		return l.Len(), true
	case "depth":
		return l.depth + 1, true
	case "depth0":
		return l.depth, true
	case "previtem":
		if l.index == 1 {
			return pyval.Undefinedf("there is no previous item"), true
		}
		return l.previous, true
	case "nextitem":
		if v, ok := l.it.Peek(); ok {
			return v, true
		}
		return pyval.Undefinedf("there is no next item"), true
	case "cycle":
		return &function{"cycle", l.cycle}, true
	case "changed":
		return &function{"changed", l.hasChanged}, true
	}
	return nil, false
}

// Print shows the position.
func (l *loop) Print(*pyval.Meter) (string, error) {
	return fmt.Sprintf("<LoopContext %d/%d>", l.index, l.Len()), nil
}

// Call renders a recursive loop over its argument.
func (l *loop) Call(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	if l.recurse == nil {
		return nil, pyval.Errorf(pyval.TypeError, "the loop must have the 'recursive' marker to be called recursively")
	}
	args, err := a.Bind("loop()", []pyval.Param{pyval.Req("iterable")})
	if err != nil {
		return nil, err
	}
	return l.recurse(args[0])
}

func (l *loop) cycle(_ *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	if len(a.Pos) == 0 || len(a.Named) > 0 {
		return nil, pyval.Errorf(pyval.TypeError, "no items for cycling given")
	}
	return a.Pos[(l.index-1)%int64(len(a.Pos))], nil
}

func (l *loop) hasChanged(m *pyval.Meter, a pyval.Args) (pyval.Value, error) {
	if l.changed != nil {
		same, err := pyval.Equal(m, &pyval.Tuple{Items: l.changed}, &pyval.Tuple{Items: a.Pos})
		if err != nil || same {
			return false, err
		}
	}
	l.changed = append([]pyval.Value{}, a.Pos...)
	return true, nil
}
