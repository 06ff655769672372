package sqldb

import (
	"errors"

	"google.golang.org/protobuf/encoding/protowire"
)

// ErrMalformed says that a stored blob does not have the form in which blobs are written.
var ErrMalformed = errors.New("stored record is malformed")

// Blob reads the numbers and bytes of a stored blob one after the other. The first failed read sets Err; later reads return zeros. Returned
// bytes share memory with the blob.
type Blob struct {
	Rest []byte
	Err  error
}

// More reports whether anything is left to read.
func (b *Blob) More() bool { return b.Err == nil && len(b.Rest) > 0 }

// Uvarint reads a number that [encoding/binary.AppendUvarint] wrote.
func (b *Blob) Uvarint() uint64 {
	v, n := protowire.ConsumeVarint(b.Rest)
	if n < 0 {
		b.Fail(ErrMalformed)
		return 0
	}
	b.Rest = b.Rest[n:]
	return v
}

// Varint reads a number that [encoding/binary.AppendVarint] wrote.
func (b *Blob) Varint() int64 { return protowire.DecodeZigZag(b.Uvarint()) }

// Take reads n bytes.
func (b *Blob) Take(n uint64) []byte {
	if n > uint64(len(b.Rest)) {
		b.Fail(ErrMalformed)
		return nil
	}
	out := b.Rest[:n:n]
	b.Rest = b.Rest[n:]
	return out
}

// Fail ends b with an error.
func (b *Blob) Fail(err error) { b.Err, b.Rest = err, nil }
