package failure

import "strings"

// echoes are the members in which providers send the caller's own text back.
var echoes = [...]string{"flagged_input", "failed_generation", "input"}

// withoutEchoes replaces the values of echoes in JSON text, at any depth and also where the JSON is quoted inside a string.
func withoutEchoes(text string) string {
	for _, name := range echoes {
		if !strings.Contains(text, name) {
			continue
		}
		var out strings.Builder
		for {
			i, quote := nextMember(text, name)
			if i < 0 {
				break
			}
			out.WriteString(text[:i])
			out.WriteString(quote + "[omitted]" + quote)
			text = text[i:]
			text = text[valueLen(text, quote):]
		}
		out.WriteString(text)
		text = out.String()
	}
	return text
}

// nextMember returns where the value of the first member of that name begins, and the quote that its level of JSON uses: `"`, or `\"`
// inside a string.
func nextMember(text, name string) (int, string) {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return -1, ""
		}
		start := from + i
		from = start + len(name)
		rest := text[from:]
		if start == 0 || text[start-1] != '"' {
			continue
		}
		quote := rest[:len(rest)-len(strings.TrimLeft(rest, `\`))] + `"`
		if !strings.HasPrefix(rest, quote) {
			continue
		}
		after := strings.TrimLeft(rest[len(quote):], " \t\r\n")
		if !strings.HasPrefix(after, ":") {
			continue
		}
		value := strings.TrimLeft(after[1:], " \t\r\n")
		if !strings.HasPrefix(value, quote) && !strings.HasPrefix(value, "{") && !strings.HasPrefix(value, "[") {
			continue // a number or null echoes nothing
		}
		return len(text) - len(value), quote
	}
}

// valueLen is the length of the JSON value that text begins with, all of text when the value does not end.
func valueLen(text, quote string) int {
	depth, quoted, slashes := 0, false, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\\':
			slashes++
			continue
		case c == '"' && endsString(slashes, len(quote)-1):
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			depth--
		}
		slashes = 0
		if depth <= 0 && !quoted && strings.IndexByte(`"}]`, text[i]) >= 0 {
			return i + 1
		}
	}
	return len(text)
}

// endsString reports whether a quote after so many backslashes begins or ends a string, where quotes of its level have own of them:
// each level of quoting writes a backslash as two, and a quote as a backslash and a quote.
func endsString(slashes, own int) bool {
	more := slashes - own
	return more >= 0 && more%(own+1) == 0 && more/(own+1)%2 == 0
}
