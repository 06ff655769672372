package llm

import (
	"strings"
	"unicode"
)

// IsBlank reports whether s says nothing: providers that refuse an empty text refuse one of white space too.
func IsBlank(s string) bool { return strings.TrimLeftFunc(s, isWhite) == "" }

// TrimEnd is s without white space at its end.
func TrimEnd(s string) string { return strings.TrimRightFunc(s, isWhite) }

// isWhite is what any of the languages that providers are written in takes for white space: Unicode's White_Space, Python's separators
// U+001C to U+001F, and the byte order mark, which is JavaScript's.
func isWhite(r rune) bool {
	const firstSeparator, lastSeparator, byteOrderMark = 0x1c, 0x1f, 0xfeff
	return unicode.IsSpace(r) || r >= firstSeparator && r <= lastSeparator || r == byteOrderMark
}
