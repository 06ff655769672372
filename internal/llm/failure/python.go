package failure

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
)

// pythonValue reads the value at the beginning of text, as Python's repr writes it, and returns it as JSON. SDKs and proxies in Python
// embed answers in sentences this way. It returns "" for anything else. Its time is linear in the text.
func pythonValue(text string) string {
	p := python{in: text}
	if !p.value(0) {
		return ""
	}
	return string(p.out)
}

type python struct {
	in  string
	out []byte
}

func (p *python) blank() { p.in = strings.TrimLeft(p.in, " \t\r\n") }

func (p *python) take(prefix string) bool {
	p.blank()
	rest, ok := strings.CutPrefix(p.in, prefix)
	p.in = rest
	return ok
}

// value reads one value at a depth of nesting.
func (p *python) value(depth int) bool {
	p.blank()
	if p.in == "" || depth > maxDepth {
		return false
	}
	switch c := p.in[0]; c {
	case '{':
		return p.items('{', '}', '}', depth)
	case '[':
		return p.items('[', ']', ']', depth)
	case '(':
		return p.items('[', ')', ']', depth)
	case '\'', '"':
		return p.text()
	case 'b', 'u', 'r':
		p.in = p.in[1:]
		return p.in != "" && (p.in[0] == '\'' || p.in[0] == '"') && p.text()
	default:
		return p.scalar()
	}
}

// items reads a dict, a list or a tuple up to closing, and writes it between open and end.
func (p *python) items(open byte, closing, end byte, depth int) bool {
	p.in = p.in[1:]
	p.out = append(p.out, open)
	for n := 0; ; n++ {
		if p.take(string(closing)) {
			p.out = append(p.out, end)
			return true
		}
		if n > 0 {
			if !p.take(",") {
				return false
			}
			if p.take(string(closing)) {
				p.out = append(p.out, end)
				return true
			}
			p.out = append(p.out, ',')
		}
		if open == '{' && !p.name() || !p.value(depth+1) {
			return false
		}
	}
}

// name reads a dict's key, which must be a string in JSON, and the colon.
func (p *python) name() bool {
	p.blank()
	if p.in == "" || p.in[0] != '\'' && p.in[0] != '"' || !p.text() || !p.take(":") {
		return false
	}
	p.out = append(p.out, ':')
	return true
}

func (p *python) scalar() bool {
	for word, value := range map[string]string{"None": "null", "True": "true", "False": "false"} {
		if p.take(word) {
			p.out = append(p.out, value...)
			return true
		}
	}
	n := 0
	for n < len(p.in) && strings.IndexByte("+-.0123456789eE", p.in[n]) >= 0 {
		n++
	}
	if !json.Valid([]byte(p.in[:n])) {
		return false
	}
	p.out = append(p.out, p.in[:n]...)
	p.in = p.in[n:]
	return true
}

// text reads a string in either kind of quotes.
func (p *python) text() bool {
	quote := p.in[0]
	var s []byte
	for i := 1; i < len(p.in); i++ {
		switch c := p.in[i]; c {
		case quote:
			p.out = json.AppendString(p.out, strings.ToValidUTF8(string(s), "\uFFFD"))
			p.in = p.in[i+1:]
			return true
		case '\\':
			var n int
			s, n = appendEscape(s, p.in[i:])
			i += n - 1
		default:
			s = append(s, c)
		}
	}
	return false
}

// appendEscape appends the character that the escape at the beginning of text stands for, and returns the length of the escape. It keeps an
// unknown escape as it is.
func appendEscape(s []byte, text string) ([]byte, int) {
	if len(text) < 2 {
		return append(s, '\\'), 1
	}
	if i := strings.IndexByte(`nrt\'"`, text[1]); i >= 0 {
		return append(s, "\n\r\t\\'\""[i]), 2
	}
	if size := map[byte]int{'x': 4, 'u': 6, 'U': 10}[text[1]]; size > 0 && len(text) >= size {
		if n, err := strconv.ParseUint(text[2:size], 16, 32); err == nil {
			return utf8.AppendRune(s, rune(min(n, 0x10FFFF+1))), size
		}
	}
	return append(s, '\\', text[1]), 2
}
