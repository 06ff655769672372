package export

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
)

// pythonJSON encodes a value as Python's json.dumps would after json.loads had read our answer: with blanks after commas and colons, with nothing but ASCII,
// and with numbers as Python prints them.
func pythonJSON(value any) ([]byte, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return appendPython(make([]byte, 0, len(raw)+len(raw)/8), raw)
}

// appendPython appends raw, which is valid JSON, as Python writes it.
func appendPython(out []byte, raw json.Value) ([]byte, error) {
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '"':
			end := stringEnd(raw, i)
			var text string
			if err := json.UnmarshalForeign(raw[i:end], &text); err != nil {
				return nil, err
			}
			out, i = appendASCII(out, text), end
		case c == '-' || c >= '0' && c <= '9':
			end := i + 1
			for end < len(raw) && strings.IndexByte("+-.eE0123456789", raw[end]) >= 0 {
				end++
			}
			out, i = appendNumber(out, string(raw[i:end])), end
		case c == ',' || c == ':':
			out, i = append(out, c, ' '), i+1
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			i++
		default:
			out, i = append(out, c), i+1
		}
	}
	return out, nil
}

// stringEnd is where the string ends that begins at i.
func stringEnd(raw json.Value, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// appendNumber appends a number: a whole one as it is, and another one as Python's repr.
func appendNumber(out []byte, text string) []byte {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			text = "0"
		}
		return append(out, text...)
	}
	n, _ := strconv.ParseFloat(text, 64) // infinite if it is out of range
	switch {
	case math.IsInf(n, 1):
		return append(out, "Infinity"...)
	case math.IsInf(n, -1):
		return append(out, "-Infinity"...)
	case n != 0 && (math.Abs(n) < 1e-4 || math.Abs(n) >= 1e16):
		return strconv.AppendFloat(out, n, 'e', -1, 64)
	}
	start := len(out)
	out = strconv.AppendFloat(out, n, 'f', -1, 64)
	if strings.IndexByte(string(out[start:]), '.') < 0 {
		out = append(out, ".0"...)
	}
	return out
}

// appendASCII appends a string with escapes for all that is not printable ASCII.
func appendASCII(out []byte, text string) []byte {
	const short = "\"\"\\\\\nn\rr\tt\bb\ff" // pairs of a character and what follows the backslash
	out = append(out, '"')
	for _, r := range text {
		switch {
		case strings.ContainsRune("\"\\\n\r\t\b\f", r):
			out = append(out, '\\', short[strings.IndexRune(short, r)+1])
		case r >= ' ' && r <= '~':
			out = utf8.AppendRune(out, r)
		case r < 0x10000:
			out = appendUnit(out, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = appendUnit(appendUnit(out, high), low)
		}
	}
	return append(out, '"')
}

func appendUnit(out []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(out, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
