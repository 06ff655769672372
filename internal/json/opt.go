package json

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Opt is a member of an update: absent, null (which clears the stored value), or a value. The zero Opt is absent. Tag its field
// `omitzero`.
type Opt[T any] struct {
	Set  bool // the member was present
	Null bool // it was null
	V    T
}

// Some is a present Opt with the value v.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// MarshalJSONTo implements [json.MarshalerTo].
func (o Opt[T]) MarshalJSONTo(enc *jsontext.Encoder) error {
	if !o.Set || o.Null {
		return enc.WriteToken(jsontext.Null)
	}
	return json.MarshalEncode(enc, o.V)
}

// UnmarshalJSONFrom implements [json.UnmarshalerFrom].
func (o *Opt[T]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	*o = Opt[T]{Set: true}
	if dec.PeekKind() == jsontext.KindNull {
		o.Null = true
		return dec.SkipValue()
	}
	return json.UnmarshalDecode(dec, &o.V)
}
