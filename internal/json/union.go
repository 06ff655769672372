package json

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Decoder is the stream that an UnmarshalJSONFrom method reads.
type Decoder = jsontext.Decoder

// Encoder is the stream that a MarshalJSONTo method writes.
type Encoder = jsontext.Encoder

// Kinds of JSON values, as [Decoder.PeekKind] returns them.
const (
	KindNull   = jsontext.KindNull
	KindString = jsontext.KindString
	KindNumber = jsontext.KindNumber
	KindObject = jsontext.KindBeginObject
	KindArray  = jsontext.KindBeginArray
)

// Decode reads the next value of dec into v. It is for UnmarshalJSONFrom methods.
func Decode(dec *Decoder, v any) error { return json.UnmarshalDecode(dec, v) }

// Encode writes v to enc. It is for MarshalJSONTo methods.
func Encode(enc *Encoder, v any) error { return json.MarshalEncode(enc, v) }

// Null writes null to enc.
func Null(enc *Encoder) error { return enc.WriteToken(jsontext.Null) }

// WrongKind is the error of an UnmarshalJSONFrom method for a value of an unexpected type. want names the expected ones.
func WrongKind(dec *Decoder, want string) error {
	return fmt.Errorf("expected %s, found %v", want, dec.PeekKind())
}

// TextOrList reads the next value of dec for an UnmarshalJSONFrom method: a string into text, or a list into list, which is not nil then. set is
// false for null, which changes neither. want names both, for the error of any other value.
func TextOrList[T any](dec *Decoder, text *string, list *[]T, want string) (set bool, err error) {
	switch dec.PeekKind() {
	case KindNull:
		return false, dec.SkipValue()
	case KindString:
		return true, readText(dec, text)
	case KindArray:
		*list = []T{}
		return true, Decode(dec, list)
	default:
		return true, WrongKind(dec, want)
	}
}
