package promptfile

import "strings"

// The elements of a template. The name of a message is its role.
const (
	textElement     = "text"
	imageElement    = "image"
	toolElement     = "tool"
	thinkingElement = "thinking"
)

func elements() [8]string {
	return [...]string{"system", "user", "assistant", "developer", toolElement, textElement, imageElement, thinkingElement}
}

// isTag reports whether s begins with the start tag or end tag of an element, or with something that could become one.
func isTag(s string) bool {
	s, ok := strings.CutPrefix(s, "<")
	if !ok {
		return false
	}
	s = strings.TrimPrefix(s, "/")
	for _, e := range elements() {
		if rest, ok := strings.CutPrefix(s, e); ok && (rest == "" || !isNameByte(rest[0])) {
			return true
		}
	}
	return false
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-' || c == ':' || c == '.'
}

// nextTag is the offset of the first tag in s from i on, escaped or not; len(s) if there is none.
func nextTag(s string, i int) int {
	for i < len(s) {
		n := strings.IndexByte(s[i:], '<')
		if n < 0 {
			return len(s)
		}
		i += n
		if isTag(s[i:]) {
			return i
		}
		i++
	}
	return len(s)
}

// escaped reports whether a backslash before the tag at i makes it text.
func escaped(s string, i int) bool { return i > 0 && s[i-1] == '\\' }

// escape adds one backslash before each tag in a text.
func escape(text string) string {
	var b strings.Builder
	for {
		i := nextTag(text, 0)
		b.WriteString(text[:i])
		if i == len(text) {
			return b.String()
		}
		b.WriteString(`\<`)
		text = text[i+1:]
	}
}

// unescape removes one backslash before each tag that has one. It reverses escape.
func unescape(text string) string {
	var b strings.Builder
	from := 0
	for i := nextTag(text, 0); i < len(text); i = nextTag(text, i+1) {
		if !escaped(text, i) {
			continue
		}
		b.WriteString(text[from : i-1])
		from = i
	}
	b.WriteString(text[from:])
	return b.String()
}

// step is the indentation of the content of an element.
const step = 2

// indent writes the lines of a text in an element whose tags are indented by at.
func indent(b *strings.Builder, text string, at int) {
	for line := range strings.SplitSeq(escape(text), "\n") {
		if line != "" {
			writeBlanks(b, at+step)
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
}

func writeBlanks(b *strings.Builder, n int) { b.WriteString(strings.Repeat(" ", n)) }

// dedent is the text of the body of an element. It reverses indent. Blanks next to a tag on its line do not belong to the text. Neither does
// the indentation that all lines share, up to one step more than that of the tags.
func dedent(body string, at int) string {
	lines := strings.Split(body, "\n")
	if len(lines) == 1 {
		return unescape(strings.Trim(body, " \t"))
	}
	if blank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	indented := lines[1:]
	n := shared(indented, at+step)
	for i, line := range indented {
		indented[i] = line[min(n, leading(line)):]
	}
	if blank(lines[0]) {
		return unescape(strings.Join(indented, "\n"))
	}
	lines[0] = strings.TrimLeft(lines[0], " \t")
	return unescape(strings.Join(lines, "\n"))
}

// shared is the indentation that all lines with text have, at most limit.
func shared(lines []string, limit int) int {
	for _, line := range lines {
		if !blank(line) {
			limit = min(limit, leading(line))
		}
	}
	return limit
}

func blank(line string) bool { return strings.Trim(line, " \t") == "" }

func leading(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
