package tmpl

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Read is a place where a template reads an input, or calls a tool. Line and Column count from 1, Column in characters.
type Read struct {
	Name   string // of a call, its text; see [ToolCall]
	Call   bool
	Line   int
	Column int

	offset int
}

// Reads returns the places where t reads inputs and calls tools, in order. The inputs of a call are at the place of the call.
func (t *Template) Reads() []Read {
	var out []Read
	src := t.src
	if t.jinja != nil {
		src = t.jinja.Source()
		t.jinja.Reads(func(name string, offset int) { out = append(out, Read{Name: name, offset: offset}) })
	}
	for i := range t.parts {
		p := &t.parts[i]
		if p.v == nil {
			continue
		}
		at := skipBlanks(src, p.offset+2)
		out = append(out, Read{Name: p.v.name, Call: p.call, offset: at})
		for _, arg := range p.args {
			if arg.v != nil {
				out = append(out, Read{Name: arg.v.name, offset: at})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Read) int { return cmp.Compare(a.offset, b.offset) })
	locate(src, out)
	return out
}

// locate sets the lines and columns of reads, which are in order, in one pass.
func locate(src string, reads []Read) {
	line, column, last := 1, 1, 0 // of the read before
	for i := range reads {
		r := &reads[i]
		between := src[last:r.offset]
		if n := strings.Count(between, "\n"); n > 0 {
			line += n
			between, column = between[strings.LastIndexByte(between, '\n')+1:], 1
		}
		column += utf8.RuneCountInString(between)
		r.Line, r.Column, last = line, column, r.offset
	}
}
