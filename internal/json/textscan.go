package json

import (
	"bytes"

	"github.com/go-json-experiment/json/jsontext"
)

// textScanner finds where values begin and end in a text that is known to be valid JSON. In another text it finds anything, but stays within it.
type textScanner struct {
	text []byte
	at   int
}

// members calls yield with each member of the object that the text is. It reports false for another text.
func (s *textScanner) members(yield func(textMember)) bool {
	if !s.open('{') {
		return false
	}
	for s.peek() == '"' {
		m := textMember{start: s.at}
		s.skipString()
		m.name = textName(s.text[m.start:s.at])
		if s.peek() != ':' {
			return false
		}
		s.at++
		s.peek()
		m.from = s.at
		s.skip()
		m.to = s.at
		yield(m)
		if s.peek() != ',' {
			break
		}
		s.at++
	}
	return s.peek() == '}'
}

// elements calls yield with the place of each element of the list that the text is. It reports false for another text.
func (s *textScanner) elements(yield func(from, to int)) bool {
	if !s.open('[') {
		return false
	}
	for c := s.peek(); c != ']' && c != 0; c = s.peek() {
		from := s.at
		s.skip()
		if s.at == from {
			return false
		}
		yield(from, s.at)
		if s.peek() != ',' {
			break
		}
		s.at++
	}
	return s.peek() == ']'
}

func (s *textScanner) open(brace byte) bool {
	if s.peek() != brace {
		return false
	}
	s.at++
	return true
}

// peek skips white space and returns the byte that follows, 0 at the end.
func (s *textScanner) peek() byte {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; c {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return c
		}
	}
	return 0
}

// skip skips a value.
func (s *textScanner) skip() {
	depth := 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			s.skipString()
		case '{', '[':
			depth++
			s.at++
			continue
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
			s.at++
		case ',':
			if depth == 0 {
				return
			}
			s.at++
			continue
		default:
			s.skipWord()
			if depth > 0 {
				continue
			}
			return
		}
		if depth == 0 {
			return
		}
	}
}

// skipWord skips what is neither a string nor a brace nor a comma.
func (s *textScanner) skipWord() {
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '"', '{', '[', '}', ']', ',', ' ', '\t', '\r', '\n':
			return
		}
	}
}

// skipString skips a string.
func (s *textScanner) skipString() {
	s.at++
	for {
		i := bytes.IndexByte(s.text[s.at:], '"')
		if i < 0 {
			s.at = len(s.text)
			return
		}
		end := s.at + i
		s.at = end + 1
		slashes := 0
		for end-slashes > 0 && s.text[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return
		}
	}
}

// textName is the name that a string says.
func textName(quoted []byte) string {
	if len(quoted) < len(`""`) {
		return ""
	}
	if inner := quoted[1 : len(quoted)-1]; bytes.IndexByte(inner, '\\') < 0 {
		return string(inner)
	}
	name, _ := jsontext.AppendUnquote(nil, quoted) // its error reports invalid UTF-8
	return string(name)
}
