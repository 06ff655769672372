package jinja

import (
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// maxSyntaxDepth bounds the nesting of expressions and blocks.
const maxSyntaxDepth = 100

// parser turns tokens into a tree by recursive descent.
type parser struct {
	src    string
	tokens []token
	i      int
	depth  int
	macros []*macroDef // the macros around the current token
	ends   [][]string  // the tags that the open blocks wait for
}

func (p *parser) cur() token { return p.tokens[p.i] }

func (p *parser) peek() token { return p.tokens[min(p.i+1, len(p.tokens)-1)] }

// next returns the current token and moves to the next one.
func (p *parser) next() token {
	t := p.tokens[p.i]
	if p.i < len(p.tokens)-1 {
		p.i++
	}
	return t
}

func (p *parser) skipOp(text string) bool {
	if !p.cur().op(text) {
		return false
	}
	p.next()
	return true
}

func (p *parser) skipName(text string) bool {
	if !p.cur().name(text) {
		return false
	}
	p.next()
	return true
}

// fail returns a syntax error at t.
func (p *parser) fail(t token, format string, args ...any) error {
	return errorAt(p.src, t.pos, syntaxErrorf(format, args...))
}

func (p *parser) expect(k kind, what string) (token, error) {
	if t := p.cur(); t.kind != k {
		return t, p.fail(t, "expected %s, got %s", what, t)
	}
	return p.next(), nil
}

func (p *parser) expectOp(text string) error {
	if t := p.cur(); !p.skipOp(text) {
		return p.fail(t, "expected '%s', got %s", text, t)
	}
	return nil
}

func (p *parser) expectName(text string) error {
	if t := p.cur(); !p.skipName(text) {
		return p.fail(t, "expected '%s', got %s", text, t)
	}
	return nil
}

// enter counts one level of nesting. leave ends the level.
func (p *parser) enter() error {
	if p.depth++; p.depth > maxSyntaxDepth {
		return errorAt(p.src, p.cur().pos, pyval.Errorf(pyval.Limit, "the template is nested too deeply"))
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

// parse reads the whole template.
func (p *parser) parse() ([]stmt, error) {
	body, err := p.body()
	if err != nil {
		return nil, err
	}
	if t := p.cur(); t.kind != tEOF {
		return nil, p.fail(t, "unexpected %s", t)
	}
	return body, nil
}

// body reads statements up to one of the tags in ends. The name of that tag is then the current token.
func (p *parser) body(ends ...string) ([]stmt, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	p.ends = append(p.ends, ends)
	defer func() { p.ends = p.ends[:len(p.ends)-1] }()
	var out []stmt
	for {
		t := p.cur()
		switch t.kind {
		case tData:
			p.next()
			out = append(out, &data{t.text})
			continue
		case tEOF:
			if len(ends) > 0 {
				return nil, p.fail(t, "unexpected end of template; looking for %s", orList(ends))
			}
			return out, nil
		default:
			p.next()
		}
		if t.kind == tTagBegin && p.cur().kind == tName && slices.Contains(ends, p.cur().text) {
			return out, nil
		}
		st, err := p.item(t)
		if err != nil {
			return nil, err
		}
		out = append(out, st...)
	}
}

func orList(tags []string) string { return "'" + strings.Join(tags, "' or '") + "'" }

// item reads one print statement or tag after its opening delimiter.
func (p *parser) item(begin token) ([]stmt, error) {
	if begin.kind == tPrintBegin {
		x, err := p.tuple(true)
		if err != nil {
			return nil, err
		}
		_, err = p.expect(tPrintEnd, "'}}'")
		return []stmt{&output{begin.pos, x}}, err
	}
	if begin.kind != tTagBegin {
		return nil, p.fail(begin, "unexpected %s", begin)
	}
	st, err := p.statement()
	if err != nil {
		return nil, err
	}
	_, err = p.expect(tTagEnd, "'%}'")
	return st, err
}

// statement reads one tag but not its closing delimiter.
func (p *parser) statement() ([]stmt, error) {
	t, err := p.expect(tName, "a tag name")
	if err != nil {
		return nil, err
	}
	var st stmt
	switch t.text {
	case "if":
		st, err = p.ifStmt()
	case "for":
		st, err = p.forStmt(t)
	case "set":
		st, err = p.setStmt(t)
	case "with":
		st, err = p.withStmt(t)
	case "macro":
		st, err = p.macroStmt(t)
	case "call":
		st, err = p.callBlock(t)
	case "filter":
		st, err = p.filterBlock(t)
	case "print":
		return p.printStmt(t)
	default:
		return nil, p.unknownTag(t)
	}
	return []stmt{st}, err
}

func (p *parser) unknownTag(t token) error {
	switch t.text {
	case "include", "import", "from", "extends", "block":
		return errorAt(p.src, t.pos, unsupportedf("{%% %s %%} is not available: a template stands alone", t.text))
	case "autoescape", "do", "break", "continue", "trans", "debug":
		return errorAt(p.src, t.pos, unsupportedf("{%% %s %%} is not available", t.text))
	}
	for _, ends := range slices.Backward(p.ends) {
		if len(ends) > 0 {
			return p.fail(t, "unknown tag '%s'; looking for %s", t.text, orList(ends))
		}
	}
	return p.fail(t, "unknown tag '%s'", t.text)
}

// block reads `%}`, statements, and the name of the tag in ends that follows them.
func (p *parser) block(ends ...string) ([]stmt, string, error) {
	p.skipOp(":")
	if _, err := p.expect(tTagEnd, "'%}'"); err != nil {
		return nil, "", err
	}
	body, err := p.body(ends...)
	if err != nil {
		return nil, "", err
	}
	return body, p.next().text, nil
}

func (p *parser) ifStmt() (stmt, error) {
	n := &ifStmt{}
	for {
		test, err := p.tuple(false)
		if err != nil {
			return nil, err
		}
		body, end, err := p.block("elif", "else", "endif")
		if err != nil {
			return nil, err
		}
		n.branches = append(n.branches, branch{test, body})
		switch end {
		case "elif":
			continue
		case "else":
			n.els_, _, err = p.block("endif")
		}
		return n, err
	}
}

func (p *parser) forStmt(t token) (stmt, error) {
	n := &forStmt{pos: t.pos}
	var err error
	if n.target, err = p.target(false); err != nil {
		return nil, err
	}
	if err := p.expectName("in"); err != nil {
		return nil, err
	}
	if n.iter, err = p.tuple(false, "recursive"); err != nil {
		return nil, err
	}
	if p.skipName("if") {
		if n.test, err = p.expression(); err != nil {
			return nil, err
		}
	}
	n.recursive = p.skipName("recursive")
	body, end, err := p.block("endfor", "else")
	if err != nil {
		return nil, err
	}
	n.body = body
	if end == "else" {
		n.els_, _, err = p.block("endfor")
	}
	return n, err
}

func (p *parser) setStmt(t token) (stmt, error) {
	to, err := p.target(true)
	if err != nil {
		return nil, err
	}
	if p.skipOp("=") {
		x, err := p.tuple(true)
		return &setStmt{t.pos, to, x}, err
	}
	var x expr = &captured{}
	if p.cur().op("|") {
		if x, err = p.filters(x); err != nil {
			return nil, err
		}
	}
	body, _, err := p.block("endset")
	return &setBlock{pos: t.pos, target: to, filter: x, body: body}, err
}

func (p *parser) withStmt(t token) (stmt, error) {
	n := &withStmt{pos: t.pos}
	for p.cur().kind != tTagEnd {
		if len(n.targets) > 0 {
			if err := p.expectOp(","); err != nil {
				return nil, err
			}
		}
		to, err := p.target(false)
		if err != nil {
			return nil, err
		}
		if err := p.expectOp("="); err != nil {
			return nil, err
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		n.targets, n.values = append(n.targets, to), append(n.values, x)
	}
	var err error
	n.body, _, err = p.block("endwith")
	return n, err
}

func (p *parser) macroStmt(t token) (stmt, error) {
	id, err := p.expect(tName, "a name")
	if err != nil {
		return nil, err
	}
	def := &macroDef{pos: t.pos, id: id.text}
	if err := p.macroBody(def, true, nil, "endmacro"); err != nil {
		return nil, err
	}
	return &macroStmt{&nameTarget{id: id.text}, def}, nil
}

func (p *parser) callBlock(t token) (stmt, error) {
	n := &callBlock{pos: t.pos, def: &macroDef{pos: t.pos}}
	err := p.macroBody(n.def, p.cur().op("("), func() error {
		x, err := p.expression()
		if err != nil {
			return err
		}
		c, ok := x.(*call)
		if !ok {
			return p.fail(t, "expected call")
		}
		n.call = c
		return nil
	}, "endcall")
	return n, err
}

// macroBody reads a signature, then whatever between reads, then the body.
func (p *parser) macroBody(def *macroDef, signed bool, between func() error, end string) error {
	p.macros = append(p.macros, def)
	defer func() { p.macros = p.macros[:len(p.macros)-1] }()
	if signed {
		if err := p.signature(def); err != nil {
			return err
		}
	}
	if between != nil {
		if err := between(); err != nil {
			return err
		}
	}
	def.special = [3]*nameTarget{} // only uses in the body count
	body, _, err := p.block(end)
	def.body = body
	return err
}

// specialNames are the variables that a macro has if its body reads them.
var specialNames = [3]string{"caller", "kwargs", "varargs"}

// maxParams bounds the parameters of a macro.
const maxParams = 255

func (p *parser) signature(def *macroDef) error {
	if err := p.expectOp("("); err != nil {
		return err
	}
	for !p.cur().op(")") {
		if len(def.params) > 0 {
			if err := p.expectOp(","); err != nil {
				return err
			}
		}
		id, err := p.expect(tName, "a name")
		if err != nil {
			return err
		}
		def.params = append(def.params, &nameTarget{id: id.text})
		if p.skipOp("=") {
			x, err := p.expression()
			if err != nil {
				return err
			}
			def.defaults = append(def.defaults, x)
		} else if len(def.defaults) > 0 {
			return p.fail(id, "non-default argument follows default argument")
		}
		if len(def.params) > maxParams {
			return errorAt(p.src, id.pos, pyval.Errorf(pyval.Limit, "the macro has too many parameters"))
		}
	}
	p.next()
	return nil
}

func (p *parser) filterBlock(t token) (stmt, error) {
	x, err := p.filterNamed(&captured{})
	if err != nil {
		return nil, err
	}
	if p.cur().op("|") {
		if x, err = p.filters(x); err != nil {
			return nil, err
		}
	}
	body, _, err := p.block("endfilter")
	return &filterBlock{pos: t.pos, filter: x, body: body}, err
}

func (p *parser) printStmt(t token) ([]stmt, error) {
	var out []stmt
	for p.cur().kind != tTagEnd {
		if len(out) > 0 {
			if err := p.expectOp(","); err != nil {
				return nil, err
			}
		}
		x, err := p.expression()
		if err != nil {
			return nil, err
		}
		out = append(out, &output{t.pos, x})
	}
	return out, nil
}

// target reads the target of an assignment or a loop. Only `{% set %}` may assign to attributes of namespaces.
func (p *parser) target(namespaces bool) (target, error) {
	var items []target
	tuple := false
	for {
		t := p.cur()
		if len(items) > 0 && (t.kind == tTagEnd || t.op(")") || t.op("=") || t.name("in")) {
			break
		}
		to, err := p.targetItem(namespaces)
		if err != nil {
			return nil, err
		}
		items = append(items, to)
		if !p.skipOp(",") {
			break
		}
		tuple = true
	}
	if !tuple {
		return items[0], nil
	}
	return &tupleTarget{items}, nil
}

func (p *parser) targetItem(namespaces bool) (target, error) {
	if t := p.cur(); p.skipOp("(") {
		if err := p.enter(); err != nil {
			return nil, err
		}
		defer p.leave()
		if p.cur().op(")") {
			return nil, p.fail(t, "can't assign to an empty tuple")
		}
		to, err := p.target(namespaces)
		if err != nil {
			return nil, err
		}
		return to, p.expectOp(")")
	}
	t, err := p.expect(tName, "a name to assign to")
	if err != nil {
		return nil, err
	}
	if namespaces && p.skipOp(".") {
		id, err := p.expect(tName, "a name")
		return &nsTarget{&name{pos: t.pos, id: t.text}, id.text}, err
	}
	switch t.text {
	case "true", "false", "none", "True", "False", "None":
		return nil, p.fail(t, "can't assign to '%s'", t.text)
	}
	return &nameTarget{id: t.text}, nil
}
