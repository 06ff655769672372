package llmhttp

// document finds the end of a bare JSON document across several reads. It checks only the nesting.
type document struct {
	begun    bool
	at       int // bytes scanned; the length of the document once it is complete
	depth    int
	inString bool
	escaped  bool
}

// atDocument reports whether a bare JSON document starts or continues at the line at pos. No line of an
// event stream begins with one of these braces.
func (r *reader) atDocument() bool {
	if r.doc.begun {
		return true
	}
	r.skipNewline()
	b := r.buf.bytes
	return r.pos < len(b) && (b[r.pos] == '{' || b[r.pos] == '[')
}

// scan continues with the document that starts with b and reports whether it is complete.
func (d *document) scan(b []byte) bool {
	d.begun = true
	for d.at < len(b) {
		c := b[d.at]
		d.at++
		switch {
		case d.escaped:
			d.escaped = false
		case d.inString:
			d.escaped = c == '\\'
			d.inString = c != '"'
		case c == '"':
			d.inString = true
		case c == '{' || c == '[':
			d.depth++
		case c == '}' || c == ']':
			d.depth--
			if d.depth == 0 {
				return true
			}
		}
	}
	return false
}
