package failure

import (
	"maps"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// maxDepth is the deepest nesting of JSON that is read.
const maxDepth = 64

// members is a JSON members whose members are decoded when they are asked for. A nil members has none.
type members map[string]json.Value

// parse reads data as a JSON object.
func parse(data []byte) (members, bool) {
	if json.Kind(data) != '{' || tooDeep(data) {
		return nil, false
	}
	var o members
	if json.UnmarshalForeign(data, &o) != nil {
		return nil, false
	}
	return o, true
}

// parseList reads data as a JSON array.
func parseList(data []byte) ([]json.Value, bool) {
	if json.Kind(data) != '[' || tooDeep(data) {
		return nil, false
	}
	var list []json.Value
	if json.UnmarshalForeign(data, &list) != nil {
		return nil, false
	}
	return list, true
}

// parseText reads data as a JSON string.
func parseText(data []byte) (string, bool) {
	if json.Kind(data) != '"' {
		return "", false
	}
	var s string
	if json.UnmarshalForeign(data, &s) != nil {
		return "", false
	}
	return s, true
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

// kind is the [json.Kind] of a member, 0 when it is absent.
func (o members) kind(name string) byte { return json.Kind(o[name]) }

// has reports whether a member is there and not null.
func (o members) has(name string) bool {
	k := o.kind(name)
	return k != 0 && k != 'n'
}

// without is o but for one member.
func (o members) without(name string) members {
	if _, ok := o[name]; !ok {
		return o
	}
	rest := maps.Clone(o)
	delete(rest, name)
	return rest
}

// text is a string member, "" when it is absent or of another type.
func (o members) text(name string) string {
	s, _ := parseText(o[name])
	return s
}

// object is an object member, nil when it is absent or of another type.
func (o members) object(name string) members {
	inner, _ := parse(o[name])
	return inner
}

// list is an array member, nil when it is absent or of another type.
func (o members) list(name string) []json.Value {
	list, _ := parseList(o[name])
	return list
}

// scalar is a string or number member as text, "" when it is absent or of another type.
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
