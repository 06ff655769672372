package wire

import (
	"strconv"
	"strings"
)

// parsePython reads a tuple or list of plain values that Python printed: `('a', 1, True)`. ok is false for any other text.
func parsePython(text string) (values []Value, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[:1]+text[len(text)-1:] != "()" && text[:1]+text[len(text)-1:] != "[]" {
		return nil, false
	}
	rest := strings.TrimSpace(text[1 : len(text)-1])
	for rest != "" {
		v, after, ok := pythonValue(rest)
		if !ok {
			return nil, false
		}
		values = append(values, v)
		after = strings.TrimSpace(after)
		if after != "" && after[0] != ',' {
			return nil, false
		}
		rest = strings.TrimSpace(strings.TrimPrefix(after, ","))
	}
	return values, true
}

// pythonValue reads a plain value at the start of text.
func pythonValue(text string) (v Value, rest string, ok bool) {
	if text[0] == '\'' || text[0] == '"' {
		return pythonString(text)
	}
	end := strings.IndexByte(text, ',')
	if end < 0 {
		end = len(text)
	}
	word := strings.TrimSpace(text[:end])
	v, ok = pythonWord(word)
	return v, text[end:], ok
}

func pythonWord(word string) (Value, bool) {
	switch word {
	case "True":
		return Boolean(true), true
	case "False":
		return Boolean(false), true
	case "None":
		return Raw([]byte("null")), true
	}
	if n, err := strconv.ParseInt(word, 10, 64); err == nil {
		return Integer(n), true
	}
	f, err := strconv.ParseFloat(word, 64)
	return Float(f), err == nil
}

// pythonString reads a quoted string. It leaves escapes of code points as they are.
func pythonString(text string) (v Value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == text[0]:
			return Text(b.String()), text[i+1:], true
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteString(pythonEscape(text[i]))
		default:
			b.WriteByte(c)
		}
	}
	return Value{}, "", false
}

func pythonEscape(c byte) string {
	switch c {
	case 'n':
		return "\n"
	case 'r':
		return "\r"
	case 't':
		return "\t"
	case '\\', '\'', '"':
		return string(c)
	default:
		return `\` + string(c)
	}
}
