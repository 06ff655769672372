package errs

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxMessage is the most characters that a message has.
const MaxMessage = 2000

// Clean makes foreign text fit to show: valid UTF-8, without control characters except newline and tab, without white space around it, and
// with at most limit characters. A text that was cut ends in "…". Clean is idempotent, and does not allocate if nothing has to change.
func Clean(text string, limit int) string {
	if len(text) > limit*utf8.UTFMax { // so that the limit bounds the work
		text = cut(text, limit+1)
	}
	if !printable(text) {
		text = strings.Map(keep, strings.ToValidUTF8(text, "\uFFFD"))
	}
	text = strings.TrimSpace(text)
	if len(text) <= limit || utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(cut(text, limit-1)) + "…"
}

// cut returns the first n characters of text. Each byte of an invalid one counts.
func cut(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

func printable(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}

func keep(r rune) rune {
	if unicode.IsControl(r) && r != '\n' && r != '\t' {
		return -1
	}
	return r
}

// Truncate cuts s to at most n bytes, between two characters, and adds "…" if it did.
func Truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}
