package json

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Blank reports whether v says nothing: it is absent, null, false, zero, an empty text (or what languages call null), or an object or
// list of such. So `{"message":"","code":null}` in the place of an error is none.
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

// isName reports whether the next token is the name of a member, unless it ends the object.
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

// Lenient is a member of a provider's object that must not spoil the others: what is no T leaves V as it was. Of an object, so do the
// members that are not told.
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
