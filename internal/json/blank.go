package json

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Blank reports whether v has no information. It is absent, null, false, zero, an empty string (or the word for null of a language), or an
// object or list of such values. So an error of `{"message":"","code":null}` is no error.
func Blank(v Value) bool {
	dec := jsontext.NewDecoder(bytes.NewReader(v), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	for dec.PeekKind() != 0 {
		name := isName(dec)
		token, err := dec.ReadToken()
		if err != nil || !name && !blank(token) {
			return false
		}
	}
	return dec.StackDepth() == 0 && dec.InputOffset() >= int64(len(bytes.TrimRight(v, " \t\r\n")))
}

// isName reports whether the next token of an object is the name of a member.
func isName(dec *Decoder) bool {
	kind, length := dec.StackIndex(dec.StackDepth())
	return kind == KindObject && length%2 == 0
}

func blank(t jsontext.Token) bool {
	switch t.Kind() {
	case KindString:
		s := strings.TrimSpace(t.String())
		return s == "" || strings.EqualFold(s, "null") || strings.EqualFold(s, "none")
	case KindNumber:
		return strings.Trim(t.String(), "-0.") == ""
	case 't':
		return false
	default:
		return true
	}
}

// Lenient is a member of a provider's object whose value may have the wrong type. A value that is not a T leaves V unchanged. Members of an
// object that are absent leave theirs unchanged too.
type Lenient[T any] struct{ V T }

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (l *Lenient[T]) UnmarshalJSONFrom(dec *Decoder) error {
	raw, err := dec.ReadValue()
	if err != nil || Kind(raw) == 'n' {
		return err
	}
	if v := l.V; UnmarshalForeign(raw, &v) == nil {
		l.V = v
	}
	return nil
}
