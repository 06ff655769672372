package failure

import "strings"

// echoes are the members in which providers repeat the caller's own text.
var echoes = [...]string{"flagged_input", "failed_generation", "input"}

// withoutEchoes replaces the values of echoes in JSON text, at any depth, and also in JSON that is quoted inside a string.
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

// nextMember returns where the value of the first member with that name begins, and the quote at its level of JSON: `"`, or `\"` inside a
// string. It returns -1 if there is none.
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
			continue // a number or null repeats no text
		}
		return len(text) - len(value), quote
	}
}

// valueLen returns the length of the JSON value that text begins with, or the length of text if the value does not end.
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

// endsString reports whether a quote after that many slashes begins or ends a string at a level of JSON whose own quotes follow own
// backslashes. Each level of quoting doubles the backslashes and puts one before each quote.
func endsString(slashes, own int) bool {
	more := slashes - own
	return more >= 0 && more%(own+1) == 0 && more/(own+1)%2 == 0
}
