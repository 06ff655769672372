package logs

import (
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// The blobs of a Log are Protocol Buffers messages, written by hand: fields are numbered, absent ones take no room, and a reader
// skips numbers that it does not know. `protoc --decode_raw` shows one.

func appendTag(b []byte, num int, wire protowire.Type) []byte {
	return protowire.AppendTag(b, protowire.Number(num), wire) //nolint:gosec // numbers are constants
}

// appendInt writes v unless it is 0.
func appendInt(b []byte, num int, v int64) []byte {
	if v == 0 {
		return b
	}
	return appendIntAlways(b, num, v)
}

func appendIntAlways(b []byte, num int, v int64) []byte {
	return protowire.AppendVarint(appendTag(b, num, protowire.VarintType), protowire.EncodeZigZag(v))
}

func appendIntPointer(b []byte, num int, v *int64) []byte {
	if v == nil {
		return b
	}
	return appendIntAlways(b, num, *v)
}

func appendBool(b []byte, num int, v bool) []byte {
	if !v {
		return b
	}
	return appendIntAlways(b, num, 1)
}

func appendFloatPointer(b []byte, num int, v *float64) []byte {
	if v == nil {
		return b
	}
	return protowire.AppendFixed64(appendTag(b, num, protowire.Fixed64Type), math.Float64bits(*v))
}

// appendText writes s unless it is empty.
func appendText[T ~string | ~[]byte](b []byte, num int, s T) []byte {
	if len(s) == 0 {
		return b
	}
	return appendTextAlways(b, num, s)
}

func appendTextAlways[T ~string | ~[]byte](b []byte, num int, s T) []byte {
	b = protowire.AppendVarint(appendTag(b, num, protowire.BytesType), uint64(len(s)))
	return append(b, s...)
}

func appendTextPointer(b []byte, num int, s *string) []byte {
	if s == nil {
		return b
	}
	return appendTextAlways(b, num, *s)
}

// nestedLen is the room of a nested message's length: a varint padded to this many bytes, so that it can be filled in afterwards.
const nestedLen = 5

// openNested starts a nested message; closeNested, given the length of the result, ends it.
func openNested(b []byte, num int) []byte {
	return append(appendTag(b, num, protowire.BytesType), 0, 0, 0, 0, 0)
}

func closeNested(b []byte, start int) []byte {
	n := len(b) - start
	for i := range nestedLen - 1 {
		b[start-nestedLen+i] = byte(n&0x7f) | 0x80
		n >>= 7
	}
	b[start-1] = byte(n & 0x7f)
	return b
}

// fields reads the fields of a message one after the other. What it returns shares memory with the message.
type fields struct {
	rest []byte
	num  int
	text []byte // of a field of wire type bytes
	bits uint64 // of the others
	err  error
}

// next reads the next field; it returns false at the end and at an error.
func (f *fields) next() bool {
	if f.err != nil || len(f.rest) == 0 {
		return false
	}
	num, wire, n := protowire.ConsumeTag(f.rest)
	if n < 0 {
		f.fail(sqldb.ErrMalformed)
		return false
	}
	f.num, f.text, f.bits, f.rest = int(num), nil, 0, f.rest[n:]
	switch wire {
	case protowire.VarintType:
		f.bits, n = protowire.ConsumeVarint(f.rest)
	case protowire.Fixed64Type:
		f.bits, n = protowire.ConsumeFixed64(f.rest)
	case protowire.BytesType:
		f.text, n = protowire.ConsumeBytes(f.rest)
		f.text = slices.Clip(f.text)
	default:
		n = -1
	}
	if n < 0 {
		f.fail(sqldb.ErrMalformed)
		return false
	}
	f.rest = f.rest[n:]
	return true
}

func (f *fields) int() int64         { return protowire.DecodeZigZag(f.bits) }
func (f *fields) string() string     { return string(f.text) }
func (f *fields) stringPtr() *string { return new(string(f.text)) }
func (f *fields) intPtr() *int64     { return new(f.int()) }
func (f *fields) floatPtr() *float64 { return new(math.Float64frombits(f.bits)) }
func (f *fields) bytes() []byte      { return f.text }
func (f *fields) nested() fields     { return fields{rest: f.text} }
func (f *fields) fail(err error)     { f.err, f.rest = err, nil }

// inherit ends f when a message nested in it could not be read.
func (f *fields) inherit(nested *fields) {
	if nested.err != nil {
		f.fail(nested.err)
	}
}
