package jinja

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// kind is the kind of a token.
type kind uint8

const (
	tEOF kind = iota
	tData
	tPrintBegin
	tPrintEnd
	tTagBegin
	tTagEnd
	tName
	tString
	tInt
	tFloat
	tOp
)

// token is one lexical element. text is the data, the name, the operator, the decoded string or the digits of a number.
type token struct {
	kind kind
	pos  pos
	text string
}

func (t token) is(k kind, text string) bool { return t.kind == k && t.text == text }

func (t token) op(text string) bool { return t.is(tOp, text) }

func (t token) name(text string) bool { return t.is(tName, text) }

// String describes t for messages.
func (t token) String() string {
	switch t.kind {
	case tEOF:
		return "end of template"
	case tData:
		return "text"
	case tPrintBegin:
		return "'{{'"
	case tPrintEnd:
		return "'}}'"
	case tTagBegin:
		return "'{%'"
	case tTagEnd:
		return "'%}'"
	case tString:
		return "a string"
	case tInt, tFloat:
		return "a number"
	case tName, tOp:
	}
	return "'" + t.text + "'"
}

// maxTokens bounds the size of the tree.
const maxTokens = 250_000

// lexer splits a template into tokens.
type lexer struct {
	src    string
	at     int
	tokens []token
	open   []byte // closing brackets that are expected, the next one last
}

// normalize unifies line ends and drops one at the end, as Jinja2 does by default.
func normalize(src string) string {
	if strings.IndexByte(src, '\r') >= 0 {
		src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSuffix(src, "\n")
}

// lex returns the tokens of a normalized source, the last of them tEOF.
func lex(src string) ([]token, error) {
	l := &lexer{src: src}
	for l.at < len(src) {
		err := l.text()
		if err == nil && len(l.tokens) > maxTokens {
			err = pyval.Errorf(pyval.Limit, "the template is too long")
		}
		if err != nil {
			return nil, errorAt(src, pos(l.at), err) //nolint:gosec // sources are below 2 GiB
		}
	}
	l.add(tEOF, l.at, "")
	return l.tokens, nil
}

func (l *lexer) add(k kind, at int, text string) {
	l.tokens = append(l.tokens, token{kind: k, pos: pos(at), text: text}) //nolint:gosec // sources are below 2 GiB
}

// text reads data up to a tag, and the tag.
func (l *lexer) text() error {
	start := l.at
	i := l.nextTag(start)
	if i < 0 {
		l.add(tData, start, l.src[start:])
		l.at = len(l.src)
		return nil
	}
	body := l.src[i+2:]
	data := l.src[start:i]
	if strings.HasPrefix(body, "-") {
		data = strings.TrimRightFunc(data, pyval.IsSpace)
	}
	if data != "" {
		l.add(tData, start, data)
	}
	l.at = i + 2
	if body != "" && (body[0] == '-' || body[0] == '+') {
		l.at++
	}
	switch l.src[i+1] {
	case '#':
		return l.comment()
	case '%':
		if end, ok := l.bareTag(l.at, "raw", false); ok {
			l.at = end
			return l.raw()
		}
		l.add(tTagBegin, i, "")
		return l.code(tTagEnd, "%}")
	}
	l.add(tPrintBegin, i, "")
	return l.code(tPrintEnd, "}}")
}

// nextTag returns the offset of the next opening delimiter at or after i, or -1.
func (l *lexer) nextTag(i int) int {
	for i < len(l.src)-1 {
		j := strings.IndexByte(l.src[i:len(l.src)-1], '{')
		if j < 0 {
			return -1
		}
		i += j
		switch l.src[i+1] {
		case '{', '%', '#':
			return i
		}
		i++
	}
	return -1
}

// comment skips to the end of a comment.
func (l *lexer) comment() error {
	i := strings.Index(l.src[l.at:], "#}")
	if i < 0 {
		return syntaxErrorf("a comment is not closed")
	}
	strip := i > 0 && l.src[l.at+i-1] == '-'
	l.at += i + 2
	if strip {
		l.skipSpace()
	}
	return nil
}

func (l *lexer) skipSpace() { l.at = l.spaceFrom(l.at) }

// spaceFrom returns the offset of the first character at or after i that is not white space.
func (l *lexer) spaceFrom(i int) int {
	return len(l.src) - len(strings.TrimLeftFunc(l.src[i:], pyval.IsSpace))
}

// bareTag matches the rest of `{% word %}` at i and returns its end, which includes white space after -%}. If end
// is set, the tag may also close with +%}.
func (l *lexer) bareTag(i int, word string, end bool) (int, bool) {
	i = l.spaceFrom(i)
	if !strings.HasPrefix(l.src[i:], word) {
		return 0, false
	}
	i = l.spaceFrom(i + len(word))
	rest := l.src[i:]
	switch {
	case strings.HasPrefix(rest, "-%}"):
		return l.spaceFrom(i + 3), true
	case end && strings.HasPrefix(rest, "+%}"):
		return i + 3, true
	case strings.HasPrefix(rest, "%}"):
		return i + 2, true
	}
	return 0, false
}

// raw reads data up to an endraw tag.
func (l *lexer) raw() error {
	start := l.at
	for i := start; ; i += 2 {
		j := strings.Index(l.src[i:], "{%")
		if j < 0 {
			return syntaxErrorf("a raw block is not closed")
		}
		i += j
		sign := l.src[i+2 : min(i+3, len(l.src))]
		after := i + 2
		if sign == "-" || sign == "+" {
			after++
		}
		end, ok := l.bareTag(after, "endraw", true)
		if !ok {
			continue
		}
		data := l.src[start:i]
		if sign == "-" {
			data = strings.TrimRightFunc(data, pyval.IsSpace)
		}
		if data != "" {
			l.add(tData, start, data)
		}
		l.at = end
		return nil
	}
}

// code reads tokens up to the closing delimiter.
func (l *lexer) code(end kind, shut string) error {
	l.open = l.open[:0]
	for l.at < len(l.src) && len(l.tokens) <= maxTokens {
		if len(l.open) == 0 && l.closed(end, shut) {
			return nil
		}
		r, size := utf8.DecodeRuneInString(l.src[l.at:])
		if pyval.IsSpace(r) {
			l.at += size
			continue
		}
		if err := l.token(r); err != nil {
			return err
		}
	}
	return nil
}

// closed consumes the closing delimiter if it is next.
func (l *lexer) closed(end kind, shut string) bool {
	rest := l.src[l.at:]
	n := 2
	switch {
	case strings.HasPrefix(rest, shut):
	case strings.HasPrefix(rest, "-"+shut), end == tTagEnd && strings.HasPrefix(rest, "+"+shut):
		n = 3
	default:
		return false
	}
	l.add(end, l.at, "")
	l.at += n
	if rest[0] == '-' {
		l.skipSpace()
	}
	return true
}

// token reads one token that starts with r.
func (l *lexer) token(r rune) error {
	switch {
	case '0' <= r && r <= '9':
		l.number()
		return nil
	case r == '"' || r == '\'':
		return l.quoted(byte(r))
	case r == '_' || unicode.IsLetter(r):
		return l.word()
	}
	return l.operator()
}

func (l *lexer) word() error {
	rest := l.src[l.at:]
	n := strings.IndexFunc(rest, func(r rune) bool {
		return r != '_' && (r < utf8.RuneSelf && !isAlnum(byte(r)) || //nolint:gosec // ASCII
			r >= utf8.RuneSelf && !unicode.In(r, unicode.L, unicode.N, unicode.Mn, unicode.Mc, unicode.Pc))
	})
	if n < 0 {
		n = len(rest)
	}
	if !pyval.IsIdentifier(rest[:n]) {
		return syntaxErrorf("invalid character in identifier")
	}
	l.add(tName, l.at, rest[:n])
	l.at += n
	return nil
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func (l *lexer) operator() error {
	rest := l.src[l.at:]
	n := 0
	if len(rest) >= 2 {
		switch rest[:2] {
		case "//", "**", "==", "!=", ">=", "<=":
			n = 2
		}
	}
	if n == 0 && strings.IndexByte("+-/*%~[](){}><=.:|,;", rest[0]) >= 0 {
		n = 1
	}
	if n == 0 {
		r, _ := utf8.DecodeRuneInString(rest)
		return syntaxErrorf("unexpected character %q", r)
	}
	if err := l.balance(rest[0]); err != nil {
		return err
	}
	l.add(tOp, l.at, rest[:n])
	l.at += n
	return nil
}

// balance tracks brackets. Delimiters inside brackets have no meaning.
func (l *lexer) balance(c byte) error {
	switch c {
	case '(':
		l.open = append(l.open, ')')
	case '[':
		l.open = append(l.open, ']')
	case '{':
		l.open = append(l.open, '}')
	case ')', ']', '}':
		if len(l.open) == 0 {
			return syntaxErrorf("unexpected '%c'", c)
		}
		if want := l.open[len(l.open)-1]; want != c {
			return syntaxErrorf("unexpected '%c', expected '%c'", c, want)
		}
		l.open = l.open[:len(l.open)-1]
	}
	return nil
}
