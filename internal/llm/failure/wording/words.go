package wording

import (
	"strconv"
	"strings"
)

// word is a word of a message. text is in lower case; raw is as it was written.
type word struct {
	text, raw string
	quoted    bool // it stood alone in quotes
	name      bool // it looks like an identifier: an underscore, an inner dot, inner capitals, or letters and digits
	colon     bool // a colon precedes it
	number    int64
}

// longestQuote is the most words in quotes that are read. A longer quotation is somebody's text, which the message only echoes.
const longestQuote = 3

// maxWords bounds the words of a message. Messages of 2000 characters have fewer.
const maxWords = 600

// divide splits a message into words, one slice for each sentence. A sentence ends at a full stop, at a semicolon, at the end of a line, or
// before ", please", because advice follows there. Hyphens divide words. A slash becomes the word "per".
func divide(message string) [][]word {
	s := scanner{rest: strings.ReplaceAll(message, "’", "'")}
	for s.rest != "" && s.count < maxWords {
		s.step()
	}
	s.end()
	return s.out
}

type scanner struct {
	rest  string
	last  byte // the byte before rest
	words []word
	out   [][]word
	count int
	colon bool
}

func (s *scanner) end() {
	if len(s.words) > 0 {
		s.out = append(s.out, s.words)
		s.words = nil
	}
}

func (s *scanner) skip(n int) {
	s.last = s.rest[n-1]
	s.rest = s.rest[n:]
}

// step reads one thing from the beginning of the rest: a word, a quotation or a mark.
func (s *scanner) step() {
	c := s.rest[0]
	if n := wordLen(s.rest); n > 0 {
		s.add(s.rest[:n], false)
		s.skip(n)
		return
	}
	switch {
	case c == ':':
		s.colon = true
	case c == '>':
		s.words = append(s.words, word{text: ">"})
	case c == '/':
		s.words = append(s.words, word{text: "per"})
	case c == '\n', c == ';', (c == '.' || c == '!' || c == '?') && (len(s.rest) == 1 || strings.IndexByte(" \t\r\n\"')", s.rest[1]) >= 0):
		s.end()
	case c == ',' && strings.HasPrefix(Lower(s.rest[:min(len(s.rest), 8)]), ", please"):
		s.end()
	case strings.IndexByte("\"'`[(", c) >= 0 && !isWordByte(s.last):
		if n := s.quotation(); n > 0 {
			s.skip(n)
			return
		}
	}
	s.skip(1)
}

// quotation reads the quotation at the beginning of the rest and returns its length, 0 if there is none. It reads a short quotation as
// words and skips a longer one. It ignores parentheses and reads the words inside them.
func (s *scanner) quotation() int {
	closing := map[byte]byte{'[': ']', '(': ')'}[s.rest[0]]
	if closing == 0 {
		closing = s.rest[0]
	}
	n := 0
	for n = 1; n < len(s.rest) && s.rest[n] != '\n'; n++ {
		if s.rest[n] == closing && (closing != '\'' || n+1 == len(s.rest) || !isWordByte(s.rest[n+1])) {
			break
		}
	}
	if s.rest[0] == '(' || n >= len(s.rest) || s.rest[n] != closing {
		return 0
	}
	inner := strings.Fields(s.rest[1:n])
	if len(inner) > longestQuote {
		return n + 1
	}
	for _, field := range inner {
		if len(inner) == 1 && Identifier(field) != "" {
			s.add(field, true)
			continue
		}
		for field != "" {
			size := wordLen(field)
			if size > 0 {
				s.add(field[:size], len(inner) == 1 && size == len(field))
			}
			field = field[max(size, 1):]
		}
	}
	return n + 1
}

func (s *scanner) add(raw string, quoted bool) {
	s.count++
	text := strings.TrimSuffix(Lower(raw), "'s")
	w := word{colon: s.colon, text: text, raw: strings.TrimSuffix(raw, "'s"), quoted: quoted, name: looksNamed(raw)}
	w.number, _ = strconv.ParseInt(leadingDigits(strings.ReplaceAll(text, ",", "")), 10, 64)
	s.words, s.colon = append(s.words, w), false
}

func leadingDigits(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }

// wordLen returns the length of the word that s begins with, 0 if there is none. Dots, commas and apostrophes between letters belong to the
// word: "messages.0", "1,000", "isn't".
func wordLen(s string) int {
	n := 0
	for n < len(s) && (isWordByte(s[n]) || joins(s, n)) {
		n++
	}
	return n
}

// joins reports whether the mark at i joins the characters around it into one word.
func joins(s string, i int) bool {
	if i == 0 || i+1 >= len(s) || !isWordByte(s[i+1]) {
		return false
	}
	return s[i] == '.' || s[i] == '\'' || s[i] == ',' && isDigit(s[i-1]) && isDigit(s[i+1])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_' || c >= 0x80
}

// looksNamed reports whether a word looks like an identifier, not like a word of a language.
func looksNamed(raw string) bool {
	letters, digits := false, false
	for i := range len(raw) {
		c := raw[i]
		switch {
		case c == '_', c == '.', i > 0 && c >= 'A' && c <= 'Z' && raw[i-1] >= 'a' && raw[i-1] <= 'z':
			return letters || c == '_'
		case isDigit(c):
			digits = true
		default:
			letters = true
		}
	}
	return letters && digits
}
