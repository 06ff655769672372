package jinja

import (
	"slices"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// expression reads an expression that may be conditional: `a if b else c`.
func (p *parser) expression() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	pos := p.cur().pos
	x, err := p.or()
	for err == nil && p.cur().name("if") {
		p.next()
		n := &cond{pos: pos, then: x}
		if n.test, err = p.or(); err == nil && p.skipName("else") {
			n.els_, err = p.expression()
		}
		x = n
	}
	return x, err
}

// tuple reads one expression, or several with commas between them as a tuple. A name in stops ends it.
func (p *parser) tuple(conditional bool, stops ...string) (expr, error) {
	var items []expr
	isTuple := false
	for {
		t := p.cur()
		if t.kind == tPrintEnd || t.kind == tTagEnd || t.op(")") || t.kind == tName && slices.Contains(stops, t.text) {
			break
		}
		read := p.or
		if conditional {
			read = p.expression
		}
		x, err := read()
		if err != nil {
			return nil, err
		}
		items = append(items, x)
		if !p.skipOp(",") {
			break
		}
		isTuple = true
	}
	switch {
	case isTuple:
		return &tupleLit{items}, nil
	case len(items) == 1:
		return items[0], nil
	}
	return nil, p.fail(p.cur(), "expected an expression, got %s", p.cur())
}

func (p *parser) or() (expr, error) {
	x, err := p.and()
	for err == nil && p.skipName("or") {
		n := &logic{l: x}
		n.r, err = p.and()
		x = n
	}
	return x, err
}

func (p *parser) and() (expr, error) {
	x, err := p.not()
	for err == nil && p.skipName("and") {
		n := &logic{and: true, l: x}
		n.r, err = p.not()
		x = n
	}
	return x, err
}

func (p *parser) not() (expr, error) {
	if !p.skipName("not") {
		return p.compare()
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	x, err := p.not()
	return &not{x}, err
}

func (p *parser) compare() (expr, error) {
	n := &compare{pos: p.cur().pos}
	x, err := p.sum()
	for err == nil {
		op := p.comparison()
		if op == "" {
			break
		}
		var r expr
		r, err = p.sum()
		n.rest = append(n.rest, comparison{op, r})
	}
	if err != nil || len(n.rest) == 0 {
		return x, err
	}
	n.first = x
	return n, nil
}

// comparison consumes a comparison operator. It returns "" if there is none.
func (p *parser) comparison() string {
	t := p.cur()
	switch {
	case t.kind == tOp:
		switch t.text {
		case "==", "!=", "<", "<=", ">", ">=":
			return p.next().text
		}
	case t.name("in"):
		return p.next().text
	case t.name("not") && p.peek().name("in"):
		p.next()
		p.next()
		return "not in"
	}
	return ""
}

// binary reads a chain of left-associative operators.
func (p *parser) binary(operand func() (expr, error), ops map[string]pyval.Op) (expr, error) {
	pos := p.cur().pos
	x, err := operand()
	for err == nil && p.cur().kind == tOp {
		op, ok := ops[p.cur().text]
		if !ok {
			break
		}
		p.next()
		n := &binary{pos: pos, op: op, l: x}
		n.r, err = operand()
		x = n
	}
	return x, err
}

var (
	sumOps  = map[string]pyval.Op{"+": pyval.Add, "-": pyval.Sub}
	termOps = map[string]pyval.Op{"*": pyval.Mul, "/": pyval.Div, "//": pyval.FloorDiv, "%": pyval.Mod}
	powOps  = map[string]pyval.Op{"**": pyval.Pow}
)

func (p *parser) sum() (expr, error) { return p.binary(p.concat, sumOps) }

func (p *parser) concat() (expr, error) {
	n := &concat{pos: p.cur().pos}
	x, err := p.term()
	n.parts = append(n.parts, x)
	for err == nil && p.skipOp("~") {
		x, err = p.term()
		n.parts = append(n.parts, x)
	}
	if err != nil || len(n.parts) == 1 {
		return x, err
	}
	return n, nil
}

func (p *parser) term() (expr, error) { return p.binary(p.power, termOps) }

func (p *parser) power() (expr, error) {
	return p.binary(func() (expr, error) { return p.unary(true) }, powOps)
}

func (p *parser) unary(filtered bool) (expr, error) {
	t := p.cur()
	var x expr
	var err error
	if t.op("-") || t.op("+") {
		p.next()
		if err := p.enter(); err != nil {
			return nil, err
		}
		x, err = p.unary(false)
		p.leave()
		x = &unary{t.pos, t.text == "-", x}
	} else {
		x, err = p.primary()
	}
	if err == nil {
		x, err = p.postfix(x)
	}
	if err == nil && filtered {
		x, err = p.filtersAndTests(x)
	}
	return x, err
}
