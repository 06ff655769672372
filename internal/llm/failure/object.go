package failure

import (
	"maps"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// maxDepth is the deepest nesting of JSON that is read.
const maxDepth = 64

// members is a JSON object. Each member is decoded when it is asked for.
type members map[string]json.Value

// parse reads data as a JSON object.
func parse(data []byte) (members, bool) { return parseAs[members](data, '{') }

// parseList reads data as a JSON array.
func parseList(data []byte) ([]json.Value, bool) { return parseAs[[]json.Value](data, '[') }

// parseText reads data as a JSON string.
func parseText(data []byte) (string, bool) { return parseAs[string](data, '"') }

func parseAs[T any](data []byte, kind byte) (T, bool) {
	var v, none T
	if json.Kind(data) != kind || tooDeep(data) || json.UnmarshalForeign(data, &v) != nil {
		return none, false
	}
	return v, true
}

func tooDeep(data []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return false
}

// kind returns the [json.Kind] of a member, 0 if it is absent.
func (o members) kind(name string) byte { return json.Kind(o[name]) }

// has reports whether a member is present and not null.
func (o members) has(name string) bool {
	k := o.kind(name)
	return k != 0 && k != 'n'
}

// without returns o without one member.
func (o members) without(name string) members {
	if _, ok := o[name]; !ok {
		return o
	}
	rest := maps.Clone(o)
	delete(rest, name)
	return rest
}

// text returns a string member, "" if it is absent or of another type.
func (o members) text(name string) string {
	s, _ := parseText(o[name])
	return s
}

// object returns an object member, nil if it is absent or of another type.
func (o members) object(name string) members {
	inner, _ := parse(o[name])
	return inner
}

// list returns an array member, nil if it is absent or of another type.
func (o members) list(name string) []json.Value {
	list, _ := parseList(o[name])
	return list
}

// scalar returns a string or number member as text, "" if it is absent or of another type.
func (o members) scalar(name string) string {
	if o.kind(name) == '0' {
		return strings.TrimSpace(string(o[name]))
	}
	return o.text(name)
}

func errorStatus(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 400 || n > 599 {
		return 0
	}
	return n
}
