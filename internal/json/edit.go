package json

import (
	"bytes"
	"slices"
)

// Edit changes members of an object in its text. What is not changed stays as it is, byte for byte: order, white space, numbers, escapes. Where
// the object has several members of a name, the last one counts; a change leaves one of them.
//
// An Edit must not be used by several goroutines at once.
type Edit struct {
	text    Value
	members []textMember
	added   []textMember
	changed bool
}

// textMember is a member in a text: its name begins at start, and its value is text[from:to]. Of an added one only the name and the new value count.
type textMember struct {
	name            string
	start, from, to int
	pieces          [][]byte // the new value; nil for the old one
	removed         bool
}

// NewEdit begins to edit an object, which must be valid JSON. It reports false for what is no object. The text itself is never changed.
func NewEdit(object Value) (*Edit, bool) {
	e := &Edit{text: object}
	s := textScanner{text: object}
	ok := s.members(func(m textMember) { e.members = append(e.members, m) })
	return e, ok
}

// Get returns the value of a member, or nil if there is none. The value shares memory with the text or with what was set.
func (e *Edit) Get(name string) Value {
	m := e.find(name)
	switch {
	case m == nil:
		return nil
	case m.pieces == nil:
		return e.text[m.from:m.to]
	}
	return slices.Concat(m.pieces...)
}

// Names lists the names of the members that the text has, in their order.
func (e *Edit) Names() []string {
	names := make([]string, len(e.members))
	for i := range e.members {
		names[i] = e.members[i].name
	}
	return names
}

// find returns the member that counts.
func (e *Edit) find(name string) *textMember {
	for _, list := range [...][]textMember{e.added, e.members} {
		for i := range slices.Backward(list) {
			if m := &list[i]; m.name == name && !m.removed {
				return m
			}
		}
	}
	return nil
}

// Set sets a member to the JSON value that pieces are together. A new member comes last.
func (e *Edit) Set(name string, pieces ...[]byte) {
	m := e.find(name)
	e.changed = true
	if m == nil {
		e.added = append(e.added, textMember{name: name, pieces: pieces})
		return
	}
	m.pieces = pieces
	for i := range e.members {
		if other := &e.members[i]; other != m && other.name == name {
			other.removed = true
		}
	}
}

// SetText sets a member to a string.
func (e *Edit) SetText(name, text string) { e.Set(name, AppendString(nil, text)) }

// Remove removes members.
func (e *Edit) Remove(names ...string) {
	for _, list := range [...][]textMember{e.members, e.added} {
		for i := range list {
			if slices.Contains(names, list[i].name) {
				list[i].removed, e.changed = true, true
			}
		}
	}
}

// Value returns the object as it is now: the text itself if nothing was changed.
func (e *Edit) Value() Value {
	if !e.changed {
		return e.text
	}
	out := make([]byte, 0, e.size())
	head := bytes.IndexByte(e.text, '{') + 1
	if len(e.members) > 0 {
		head = e.members[0].start
	}
	out = append(out, e.text[:head]...)
	end, some := head, false
	for i := range e.members {
		m := &e.members[i]
		if !m.removed {
			if some {
				out = append(out, e.text[e.members[i-1].to:m.start]...)
			}
			out, some = e.append(out, m), true
		}
		end = m.to
	}
	for i := range e.added {
		m := &e.added[i]
		if m.removed {
			continue
		}
		if some {
			out = append(out, ',')
		}
		out = append(AppendString(out, m.name), ':')
		for _, p := range m.pieces {
			out = append(out, p...)
		}
		some = true
	}
	return append(out, e.text[end:]...)
}

// append appends a member of the text: its name, what separates it from the value, and the value.
func (e *Edit) append(dst []byte, m *textMember) []byte {
	if m.pieces == nil {
		return append(dst, e.text[m.start:m.to]...)
	}
	dst = append(dst, e.text[m.start:m.from]...)
	for _, p := range m.pieces {
		dst = append(dst, p...)
	}
	return dst
}

// size is enough for the object as it is now.
func (e *Edit) size() int {
	n := len(e.text)
	for _, list := range [...][]textMember{e.members, e.added} {
		for i := range list {
			m := &list[i]
			if m.pieces != nil {
				n += len(m.name)*6 + 4
			}
			for _, p := range m.pieces {
				n += len(p)
			}
			if m.pieces != nil || m.removed {
				n -= m.to - m.from
			}
		}
	}
	return n
}

// Elements returns the elements of a list, which must be valid JSON. They share memory with it. ok is false for what is no list.
func Elements(list Value) (elements []Value, ok bool) {
	s := textScanner{text: list}
	ok = s.elements(func(from, to int) { elements = append(elements, list[from:to]) })
	return elements, ok
}
