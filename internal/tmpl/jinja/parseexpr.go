package jinja

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"openloop/internal/tmpl/pyval"
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

// tuple reads an expression, or several with commas between as a tuple. stops are names that end it.
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

// comparison consumes a comparison operator, "" when there is none.
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

// binary reads a chain of operators that group to the left.
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

func (p *parser) primary() (expr, error) {
	t := p.cur()
	switch t.kind {
	case tName:
		p.next()
		return p.nameOrConstant(t), nil
	case tString:
		return p.strings(), nil
	case tInt, tFloat:
		p.next()
		return p.number(t)
	case tOp:
		switch t.text {
		case "(":
			return p.parenthesized()
		case "[":
			return p.list()
		case "{":
			return p.dict()
		}
	}
	return nil, p.fail(t, "unexpected %s", t)
}

func (p *parser) nameOrConstant(t token) expr {
	switch t.text {
	case "true", "True":
		return &constant{true}
	case "false", "False":
		return &constant{false}
	case "none", "None":
		return &constant{nil}
	}
	for i, id := range specialNames {
		if t.text == id {
			p.markSpecial(i)
		}
	}
	return &name{pos: t.pos, id: t.text}
}

// markSpecial notes that all macros around read special variable i.
func (p *parser) markSpecial(i int) {
	for _, def := range p.macros {
		if !slices.ContainsFunc(def.params, func(t *nameTarget) bool { return t.id == specialNames[i] }) {
			def.special[i] = &nameTarget{id: specialNames[i]}
		}
	}
}

// strings joins adjacent string literals.
func (p *parser) strings() expr {
	s := p.next().text
	if p.cur().kind != tString {
		return &constant{s}
	}
	parts := []string{s}
	for p.cur().kind == tString {
		parts = append(parts, p.next().text)
	}
	return &constant{strings.Join(parts, "")}
}

func (p *parser) number(t token) (expr, error) {
	if t.kind == tFloat {
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil && f == 0 {
			return nil, p.fail(t, "malformed number")
		}
		return &constant{f}, nil
	}
	digits, base := t.text, 10
	if len(digits) > 2 && digits[1] > '9' {
		digits, base = digits[2:], map[byte]int{'x': 16, 'o': 8, 'b': 2}[digits[1]|0x20]
	}
	if i, err := strconv.ParseInt(digits, base, 64); err == nil {
		return &constant{i}, nil
	}
	if len(digits) > 4000 {
		return nil, errorAt(p.src, t.pos, pyval.Errorf(pyval.Limit, "an integer is too large"))
	}
	z, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return nil, p.fail(t, "malformed number")
	}
	return &constant{z}, nil
}

func (p *parser) parenthesized() (expr, error) {
	p.next()
	if p.cur().op(")") {
		p.next()
		return &tupleLit{}, nil
	}
	x, err := p.tuple(true)
	if err != nil {
		return nil, err
	}
	return x, p.expectOp(")")
}

// sequence reads comma separated elements up to the closing bracket.
func (p *parser) sequence(shut string, element func() error) error {
	p.next()
	for n := 0; !p.cur().op(shut); n++ {
		if n > 0 {
			if err := p.expectOp(","); err != nil {
				return err
			}
			if p.cur().op(shut) {
				break
			}
		}
		if err := element(); err != nil {
			return err
		}
	}
	p.next()
	return nil
}

func (p *parser) list() (expr, error) {
	n := &listLit{}
	err := p.sequence("]", func() error {
		x, err := p.expression()
		n.items = append(n.items, x)
		return err
	})
	return n, err
}

func (p *parser) dict() (expr, error) {
	n := &dictLit{pos: p.cur().pos}
	err := p.sequence("}", func() error {
		key, err := p.expression()
		if err != nil {
			return err
		}
		if err := p.expectOp(":"); err != nil {
			return err
		}
		val, err := p.expression()
		n.keys, n.vals = append(n.keys, key), append(n.vals, val)
		return err
	})
	return n, err
}

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
	}
	return nil, p.fail(t, "expected a name or number after '.', got %s", t)
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

// key reads what stands in brackets: an expression, or a slice of obj.
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
	err := p.sequence(")", func() error {
		var err error
		ok := true
		switch {
		case p.skipOp("*"):
			ok = a.star == nil && a.starstar == nil
			a.star, err = p.expression()
		case p.skipOp("**"):
			ok = a.starstar == nil
			a.starstar, err = p.expression()
		case p.cur().kind == tName && p.peek().op("="):
			ok = a.starstar == nil
			n := namedExpr{id: p.next().text}
			p.next()
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

// filtersAndTests reads what may follow an operand: filters, tests and calls of their result.
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

// testArgs reads the arguments of a test: in parentheses, or one bare operand.
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
