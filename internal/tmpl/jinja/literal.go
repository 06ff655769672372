package jinja

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// number reads an integer or a float.
func (l *lexer) number() {
	rest := l.src[l.at:]
	if l.at == 0 || l.src[l.at-1] != '.' {
		if n := floatLen(rest); n > 0 {
			l.add(tFloat, l.at, strings.ReplaceAll(rest[:n], "_", ""))
			l.at += n
			return
		}
	}
	n := intLen(rest)
	l.add(tInt, l.at, strings.ReplaceAll(rest[:n], "_", ""))
	l.at += n
}

// run returns the length of the digits that s begins with. Single underscores may separate them.
func run(s string, digit func(byte) bool) int {
	n := 0
	for n < len(s) {
		switch {
		case digit(s[n]):
			n++
		case s[n] == '_' && n > 0 && n+1 < len(s) && digit(s[n+1]):
			n += 2
		default:
			return n
		}
	}
	return n
}

func isDecimal(c byte) bool { return '0' <= c && c <= '9' }

// floatLen returns the length of the float that s begins with, or 0.
func floatLen(s string) int {
	n := run(s, isDecimal)
	fraction := 0
	if n < len(s) && s[n] == '.' {
		fraction = run(s[n+1:], isDecimal)
		if fraction > 0 {
			fraction++
		}
	}
	end := n + fraction
	if e := exponentLen(s[end:]); e > 0 {
		return end + e
	}
	if fraction > 0 {
		return end
	}
	return 0
}

func exponentLen(s string) int {
	if s == "" || s[0] != 'e' && s[0] != 'E' {
		return 0
	}
	i := 1
	if len(s) > 1 && (s[1] == '+' || s[1] == '-') {
		i = 2
	}
	if n := run(s[i:], isDecimal); n > 0 {
		return i + n
	}
	return 0
}

// intLen returns the length of the integer that s begins with. s must begin with a digit.
func intLen(s string) int {
	if s[0] != '0' {
		return run(s, isDecimal)
	}
	if len(s) > 2 {
		body := strings.TrimPrefix(s[2:], "_")
		if n := run(body, baseDigit(s[1])); n > 0 {
			return len(s) - len(body) + n
		}
	}
	return run(s, func(c byte) bool { return c == '0' })
}

// baseDigit returns the test for digits after 0x, 0o or 0b. After any other letter nothing is a digit.
func baseDigit(letter byte) func(byte) bool {
	switch letter | 0x20 {
	case 'x':
		return func(c byte) bool { return isDecimal(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }
	case 'o':
		return func(c byte) bool { return '0' <= c && c <= '7' }
	case 'b':
		return func(c byte) bool { return c == '0' || c == '1' }
	}
	return func(byte) bool { return false }
}

// quoted reads a string literal.
func (l *lexer) quoted(quote byte) error {
	body := l.src[l.at+1:]
	escapes := false
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			escapes = true
			i++
		case quote:
			text := body[:i]
			if escapes {
				var err error
				if text, err = unescape(text); err != nil {
					return err
				}
			}
			l.add(tString, l.at, text)
			l.at += i + 2
			return nil
		}
	}
	return syntaxErrorf("a string is not closed")
}

// unescape decodes the backslash escapes of a Python string. Unknown escapes stay as they are.
func unescape(s string) (string, error) {
	var b strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		n, err := decodeEscape(&b, s[i+1:])
		if err != nil {
			return "", err
		}
		s = s[i+1+n:]
	}
	return b.String(), nil
}

// decodeEscape writes the character of an escape and returns the number of bytes that it took from s. s begins after the backslash.
func decodeEscape(b *strings.Builder, s string) (int, error) {
	switch c := s[0]; c {
	case '\n':
		return 1, nil
	case '\\', '\'', '"':
		b.WriteByte(c)
		return 1, nil
	case 'a', 'b', 'f', 'n', 'r', 't', 'v':
		b.WriteByte("\a\b\f\n\r\t\v"[strings.IndexByte("abfnrtv", c)])
		return 1, nil
	case 'x':
		return hexEscape(b, s, 2)
	case 'u':
		return hexEscape(b, s, 4)
	case 'U':
		return hexEscape(b, s, 8)
	case 'N':
		return 0, unsupportedf("the escape \\N{name} is not available")
	case '0', '1', '2', '3', '4', '5', '6', '7':
		n := 1
		for n < 3 && n < len(s) && '0' <= s[n] && s[n] <= '7' {
			n++
		}
		v, err := strconv.ParseUint(s[:n], 8, 16)
		b.WriteRune(rune(v))
		return n, err
	}
	b.WriteByte('\\')
	_, size := utf8.DecodeRuneInString(s)
	b.WriteString(s[:size])
	return size, nil
}

func hexEscape(b *strings.Builder, s string, digits int) (int, error) {
	if len(s) <= digits {
		return 0, syntaxErrorf("truncated \\%c escape", s[0])
	}
	v, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, syntaxErrorf("malformed \\%c escape", s[0])
	}
	b.WriteRune(rune(v))
	return 1 + digits, nil
}
