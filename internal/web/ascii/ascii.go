// Package ascii writes JSON in ASCII, for event streams. Some clients decode each network packet by itself, which breaks characters of several bytes.
package ascii

import (
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. It escapes characters outside ASCII as \uXXXX, those above U+FFFF as a surrogate pair, and invalid
// UTF-8 as \ufffd.
func AppendString[T ~string | ~[]byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= ' ' && b < utf8.RuneSelf-1 && b != '"' && b != '\\' {
			i++
			continue
		}
		dst = append(dst, s[from:i]...)
		if b < utf8.RuneSelf {
			dst = appendControl(dst, b)
			i++
		} else {
			r, size := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
			dst = appendEscaped(dst, r)
			i += size
		}
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendControl(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	default:
		return appendUnit(dst, uint16(b))
	}
}

// appendEscaped appends r as \uXXXX, or as a surrogate pair.
func appendEscaped(dst []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
		return appendUnit(appendUnit(dst, uint16(high)), uint16(low)) //nolint:gosec // surrogates have 16 bits
	}
	return appendUnit(dst, uint16(r)) //nolint:gosec // other runes do too
}

func appendUnit(dst []byte, u uint16) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}

// Line returns a JSON text without line breaks and in ASCII. It returns data itself if nothing had to change.
func Line(data []byte) []byte {
	for i, b := range data {
		if b < ' ' || b >= utf8.RuneSelf {
			return appendLine(append(make([]byte, 0, len(data)+64), data[:i]...), data[i:])
		}
	}
	return data
}

// appendLine escapes characters outside ASCII and replaces control characters by blanks. JSON has the former only inside strings, and the
// latter only between values.
func appendLine(dst, data []byte) []byte {
	for len(data) > 0 {
		if b := data[0]; b < utf8.RuneSelf {
			dst = append(dst, max(b, ' '))
			data = data[1:]
			continue
		}
		r, size := utf8.DecodeRune(data)
		dst = appendEscaped(dst, r)
		data = data[size:]
	}
	return dst
}
