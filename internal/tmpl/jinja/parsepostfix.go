package jinja

import "slices"

// postfix reads attributes, subscripts and calls.
func (p *parser) postfix(x expr) (expr, error) {
	var err error
	for err == nil && p.cur().kind == tOp {
		t := p.cur()
		switch t.text {
		case ".":
			x, err = p.attr(x)
		case "[":
			x, err = p.subscript(x)
		case "(":
			x, err = p.call(x)
		default:
			return x, nil
		}
	}
	return x, err
}

func (p *parser) attr(x expr) (expr, error) {
	dot := p.next()
	t := p.next()
	switch t.kind {
	case tName:
		return &attr{dot.pos, x, t.text}, nil
	case tInt:
		n, err := p.number(t)
		return &item{dot.pos, x, n}, err
	default:
		return nil, p.fail(t, "expected a name or number after '.', got %s", t)
	}
}

func (p *parser) subscript(x expr) (expr, error) {
	begin := p.next()
	var keys []expr
	for !p.cur().op("]") {
		if len(keys) > 0 {
			if err := p.expectOp(","); err != nil {
				return nil, err
			}
		}
		key, err := p.key(x, begin.pos)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	p.next()
	if len(keys) != 1 {
		if slices.ContainsFunc(keys, func(k expr) bool { _, ok := k.(*slice); return ok }) {
			return nil, p.fail(begin, "a slice can't be part of a tuple")
		}
		return &item{begin.pos, x, &tupleLit{keys}}, nil
	}
	if s, ok := keys[0].(*slice); ok {
		return s, nil
	}
	return &item{begin.pos, x, keys[0]}, nil
}

// key reads the expression or slice in brackets after obj.
func (p *parser) key(obj expr, at pos) (expr, error) {
	var parts [3]expr
	colons := 0
	for colons < 3 {
		t := p.cur()
		if t.op("]") || t.op(",") {
			break
		}
		if t.op(":") && colons < 2 {
			p.next()
			colons++
			continue
		}
		if parts[colons] != nil {
			return nil, p.fail(t, "expected ']', got %s", t)
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		parts[colons] = x
	}
	if colons == 0 && parts[0] != nil {
		return parts[0], nil
	}
	if colons == 0 {
		return nil, p.fail(p.cur(), "unexpected %s", p.cur())
	}
	return &slice{at, obj, parts[0], parts[1], parts[2]}, nil
}

func (p *parser) call(x expr) (expr, error) {
	at := p.cur().pos
	args, err := p.arguments()
	return &call{at, x, args}, err
}

func (p *parser) arguments() (arguments, error) {
	var a arguments
	begin := p.cur()
	seen := map[string]bool{}
	err := p.sequence(")", func() error {
		var err error
		var ok bool
		switch {
		case p.skipOp("*"):
			ok = a.star == nil && a.starstar == nil
			a.star, err = p.expression()
		case p.skipOp("**"):
			ok = a.starstar == nil
			a.starstar, err = p.expression()
		case p.cur().kind == tName && p.peek().op("="):
			n := namedExpr{id: p.next().text}
			p.next()
			ok = a.starstar == nil && !seen[n.id]
			seen[n.id] = true
			n.x, err = p.expression()
			a.named = append(a.named, n)
		default:
			ok = a.star == nil && a.starstar == nil && len(a.named) == 0
			var x expr
			x, err = p.expression()
			a.pos = append(a.pos, x)
		}
		if err == nil && !ok {
			err = p.fail(begin, "invalid syntax for function call expression")
		}
		return err
	})
	return a, err
}

// filtersAndTests reads what may follow an operand: filters, tests, and calls of their result.
func (p *parser) filtersAndTests(x expr) (expr, error) {
	var err error
	for err == nil {
		t := p.cur()
		switch {
		case t.op("|"):
			x, err = p.filters(x)
		case t.name("is"):
			x, err = p.test(x)
		case t.op("("):
			x, err = p.call(x)
		default:
			return x, nil
		}
	}
	return x, err
}

// filters reads one or more `|name`.
func (p *parser) filters(x expr) (expr, error) {
	var err error
	for err == nil && p.skipOp("|") {
		x, err = p.filterNamed(x)
	}
	return x, err
}

// dotted reads a name that may have dots.
func (p *parser) dotted() (token, error) {
	t, err := p.expect(tName, "a name")
	for err == nil && p.skipOp(".") {
		var part token
		part, err = p.expect(tName, "a name")
		t.text += "." + part.text
	}
	return t, err
}

func (p *parser) filterNamed(x expr) (expr, error) {
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	n := &filterCall{pos: t.pos, in: x, id: t.text, def: filters[t.text]}
	if p.cur().op("(") {
		n.args, err = p.arguments()
	}
	return n, err
}

func (p *parser) test(x expr) (expr, error) {
	p.next()
	negated := p.skipName("not")
	t, err := p.dotted()
	if err != nil {
		return nil, err
	}
	n := &testCall{pos: t.pos, in: x, id: t.text, def: tests[t.text]}
	if err := p.testArgs(&n.args); err != nil {
		return nil, err
	}
	if negated {
		return &not{n}, nil
	}
	return n, nil
}

// testArgs reads the arguments of a test: several in parentheses, or one bare operand.
func (p *parser) testArgs(a *arguments) error {
	t := p.cur()
	switch t.kind {
	case tOp:
		if t.text == "(" {
			var err error
			*a, err = p.arguments()
			return err
		}
		if t.text != "[" && t.text != "{" {
			return nil
		}
	case tName:
		switch t.text {
		case "else", "or", "and":
			return nil
		case "is":
			return p.fail(t, "tests can't be chained with 'is'")
		}
	case tString, tInt, tFloat:
	default:
		return nil
	}
	x, err := p.primary()
	if err == nil {
		x, err = p.postfix(x)
	}
	a.pos = []expr{x}
	return err
}
