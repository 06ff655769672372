package tmpl

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/tmpl/pyval"
)

// part is a piece of a template in the default language: text, a variable, or the call of a tool.
type part struct {
	text   string    // of a piece of text
	v      *variable // of a variable; for a call, the whole call as a name
	call   bool
	tool   string // for a call: whom it calls
	args   []argument
	offset int
}

// argument is one of a call: an input, or a literal.
type argument struct {
	v       *variable
	literal json.Value
}

// variable is a name in braces. A name with dots or brackets is also a path to a nested value.
type variable struct {
	name string
	path []string
}

// scan splits a template at its variables, in one pass. Braces without a variable are text. scan returns nil if everything is text.
func scan(src string) []part {
	var parts []part
	start := 0 // of the text that is not in parts yet
	for i := 0; ; {
		j := strings.Index(src[i:], "{{")
		if j < 0 {
			break
		}
		i += j
		p, end := scanBraces(src, i)
		if end == 0 {
			i++
			continue
		}
		if i > start {
			parts = append(parts, part{text: src[start:i]})
		}
		parts = append(parts, p)
		start, i = end, end
	}
	if parts != nil && start < len(src) {
		parts = append(parts, part{text: src[start:]})
	}
	return parts
}

// scanBraces reads the variable or call whose opening braces are at i. end is the offset after it, or 0 if there is none.
func scanBraces(src string, i int) (p part, end int) {
	begin := skipBlanks(src, i+2)
	end = begin
	for end < len(src) {
		r, size := utf8.DecodeRuneInString(src[end:])
		if !isNameRune(r) && r != '-' {
			break
		}
		end += size
	}
	name := src[begin:end]
	if name == "" {
		return part{}, 0
	}
	var args []argument
	isCall := end < len(src) && src[end] == '('
	if isCall {
		if strings.ContainsAny(name, ".[]") {
			return part{}, 0
		}
		if args, end = scanArgs(src, end+1); end == 0 {
			return part{}, 0
		}
	} else if strings.IndexByte(name, '-') >= 0 {
		return part{}, 0
	}
	stop := skipBlanks(src, end)
	if !strings.HasPrefix(src[stop:], "}}") {
		return part{}, 0
	}
	p = part{v: newVariable(src[begin:end]), call: isCall, args: args, offset: i}
	if isCall {
		p.tool = name
	}
	return p, stop + 2
}

func skipBlanks(src string, i int) int {
	for i < len(src) {
		r, size := utf8.DecodeRuneInString(src[i:])
		if !pyval.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}

func isNameRune(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	case r == '_', r == '.', r == '[', r == ']':
		return true
	}
	return r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r)
}

// scanArgs reads the arguments of a call, names and literals, from the opening parenthesis to the closing one. end is 0 if the text is not a
// call. A call has at least one argument.
func scanArgs(src string, i int) (args []argument, end int) {
	begin := i
	flush := func() { args = append(args, newArgument(strings.TrimFunc(src[begin:i], pyval.IsSpace))) }
	for first := i; i < len(src); {
		r, size := utf8.DecodeRuneInString(src[i:])
		switch {
		case r == ')' && i == first:
			return nil, 0
		case r == ')':
			flush()
			return args, i + 1
		case r == ',':
			flush()
			begin = i + 1
		case r == '"':
			n := strings.IndexByte(src[i+1:], '"')
			if n < 0 || strings.Contains(src[i+1:i+1+n], "{{") {
				return nil, 0
			}
			size = n + 2
		case !isNameRune(r) && r != '-' && !pyval.IsSpace(r):
			return nil, 0
		}
		i += size
	}
	return nil, 0
}

// newArgument reads an argument: the name of an input, a text in quotes, a number, or else a text as it is.
func newArgument(word string) argument {
	switch inner := strings.Trim(word, `"`); {
	case isInputName(word):
		return argument{v: newVariable(word)}
	case len(word) == len(inner)+2:
		return argument{literal: json.AppendString(nil, inner)}
	case json.Valid([]byte(word)):
		return argument{literal: json.Value(word)}
	default:
		return argument{literal: json.AppendString(nil, word)}
	}
}

// isInputName reports whether an argument is the name of an input, not a literal or a number.
func isInputName(word string) bool {
	if word == "" || '0' <= word[0] && word[0] <= '9' || word[0] == '-' {
		return false
	}
	return strings.IndexFunc(word, func(r rune) bool { return !isNameRune(r) && r != '-' }) < 0
}

// newVariable splits a name such as a.b[0].c into its path. A name with unmatched brackets has no path.
func newVariable(name string) *variable {
	v := &variable{name: name}
	if !strings.ContainsAny(name, ".[") || strings.ContainsAny(name, `("`) {
		return v
	}
	var path []string
	for rest := name; rest != ""; {
		switch rest[0] {
		case '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 || len(path) == 0 {
				return v
			}
			path = append(path, rest[1:end])
			rest = rest[end+1:]
		default:
			if len(path) > 0 {
				if rest[0] != '.' {
					return v
				}
				rest = rest[1:]
			}
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			path = append(path, rest[:end])
			rest = rest[end:]
		}
	}
	if slices.ContainsFunc(path, func(key string) bool { return key == "" || strings.ContainsAny(key, "[]") }) {
		return v
	}
	v.path = path
	return v
}

// Path returns the steps of a variable's name: "a.b[0]" are a, b and 0. A name that is no path is its only step.
func Path(name string) []string {
	if path := newVariable(name).path; path != nil {
		return path
	}
	return []string{name}
}
