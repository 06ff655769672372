package llm

import "slices"

// errorPrefix begins the result of a tool that failed, on wires that have no other sign of it.
const errorPrefix = "Error: "

// Adapted returns r as an endpoint with these abilities takes it: what the wire has no place for is said in another way. r itself is not
// changed.
func (r *Request) Adapted(a *Abilities) *Request {
	if !a.ToolErrors && slices.ContainsFunc(r.Messages, func(m Message) bool { return m.IsError }) {
		out := *r
		out.Messages = slices.Clone(r.Messages)
		for i := range out.Messages {
			out.Messages[i].tellError()
		}
		r = &out
	}
	return r
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
