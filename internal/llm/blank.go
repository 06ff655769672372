package llm

import (
	"strings"
	"unicode"
)

// IsBlank reports whether s is empty or holds only white space. Providers that refuse an empty text refuse a blank one too.
func IsBlank(s string) bool { return strings.TrimLeftFunc(s, isWhite) == "" }

// TrimEnd returns s without trailing white space.
func TrimEnd(s string) string { return strings.TrimRightFunc(s, isWhite) }

// isWhite reports whether any of the languages that providers are written in treats r as white space. It accepts Unicode's White_Space,
// Python's separators U+001C to U+001F, and JavaScript's byte order mark.
func isWhite(r rune) bool {
	const firstSeparator, lastSeparator, byteOrderMark = 0x1c, 0x1f, 0xfeff
	return unicode.IsSpace(r) || r >= firstSeparator && r <= lastSeparator || r == byteOrderMark
}
