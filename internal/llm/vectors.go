package llm

import (
	"encoding/base64"
	"encoding/binary"
	"math"

	"github.com/openloop-server/openloop/internal/json"
)

// Vector is an embedding in an answer of a vendor: a list of numbers, or little-endian numbers of 32 bits in base64.
type Vector []float32

// UnmarshalJSONFrom reads both forms.
func (v *Vector) UnmarshalJSONFrom(dec *json.Decoder) error {
	if dec.PeekKind() != json.KindString {
		return json.Decode(dec, (*[]float32)(v))
	}
	var text string
	if err := json.Decode(dec, &text); err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw)%4 != 0 {
		return json.WrongKind(dec, "numbers of 32 bits in base64")
	}
	*v = make(Vector, len(raw)/4)
	for i := range *v {
		n := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		if n-n != 0 { // not a finite number, as JSON has no other
			return json.WrongKind(dec, "finite numbers in base64")
		}
		(*v)[i] = n
	}
	return nil
}

// Vectors returns a list of vectors as [Response] has it.
func Vectors(list []Vector) [][]float32 {
	out := make([][]float32, len(list))
	for i, v := range list {
		out[i] = v
	}
	return out
}

// AppendBase64 appends a vector as a text in base64, in the form that [Vector] reads.
func AppendBase64(dst []byte, vector []float32) []byte {
	raw := make([]byte, 0, 4*len(vector))
	for _, n := range vector {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(n))
	}
	return base64.StdEncoding.AppendEncode(dst, raw)
}
