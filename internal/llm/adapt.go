package llm

import "slices"

// errorPrefix begins the result of a tool that failed, on wires that have no other sign of it.
const errorPrefix = "Error: "

// Adapted returns r as an endpoint with these abilities takes it: what the wire has no place for is said in another way, or left out if it is
// [Ignored], and of the marks of caches the last ones stay. r itself is not changed.
func (r *Request) Adapted(a *Abilities) *Request {
	failed := !a.ToolErrors && slices.ContainsFunc(r.Messages, func(m Message) bool { return m.IsError })
	files, extra := r.has(func(p *Part) bool { return p.File != nil }), len(a.ignored(r)) > 0 || len(r.marks()) > maxMarks
	if !failed && !files && !extra {
		return r
	}
	out := r.copied()
	for i := range extras {
		if e := &extras[i]; !e.taken(a) {
			e.drop(out)
		}
	}
	out.keepMarks(maxMarks)
	for i := range out.Messages {
		m := &out.Messages[i]
		if failed {
			m.tellError()
		}
		for j := range m.Content.Parts {
			if p := &m.Content.Parts[j]; p.File != nil {
				p.readFile()
			}
		}
	}
	return out
}

// copied returns a copy of r whose messages, parts and tools can be changed.
func (r *Request) copied() *Request {
	out := *r
	out.Messages, out.Tools = slices.Clone(r.Messages), slices.Clone(r.Tools)
	for i := range out.Messages {
		out.Messages[i].Content.Parts = slices.Clone(out.Messages[i].Content.Parts)
	}
	return &out
}

// readFile makes a text of a file that is one.
func (p *Part) readFile() {
	if f := p.File.Plain(); f.isText() {
		cache := p.Cache
		*p = f.told()
		p.Cache = cache
	}
}

// tellError says in the content of m that the tool failed, if it did.
func (m *Message) tellError() {
	if !m.IsError {
		return
	}
	m.IsError = false
	parts := slices.Clone(m.Content.all())
	if len(parts) == 0 || parts[0].Type != TextPart {
		parts = slices.Insert(parts, 0, Part{Type: TextPart})
	}
	parts[0].Text = errorPrefix + parts[0].Text
	m.Content = ContentOf(parts)
}

// ContentOf returns parts as a content: one text as a text.
func ContentOf(parts []Part) Content {
	if len(parts) == 1 && parts[0].isText() {
		return Text(parts[0].Text)
	}
	return Parts(parts...)
}
