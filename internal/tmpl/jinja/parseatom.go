package jinja

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// primary reads a name, a literal or an expression in brackets.
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
	default:
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

// markSpecial records that all enclosing macros read special variable i.
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

// sequence reads elements, separated by commas, up to the closing bracket.
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
