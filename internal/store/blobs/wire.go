// Package blobs is how Logs are written: the record, which holds what a Log says of itself, and the payload, which holds what was said. Both are
// messages of Protocol Buffers, so that a new field needs no migration.
package blobs

import (
	"cmp"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// The blobs of a Log are Protocol Buffers messages, written by hand. Fields are numbered, absent fields take no room, and a reader skips
// unknown numbers. `protoc --decode_raw` shows a blob.

func appendTag(b []byte, num int, wire protowire.Type) []byte {
	return protowire.AppendTag(b, protowire.Number(num), wire) //nolint:gosec // numbers are constants
}

// appendInt appends v unless it is 0.
func appendInt[T ~int | ~int64](b []byte, num int, v T) []byte {
	if v == 0 {
		return b
	}
	return appendIntAlways(b, num, int64(v))
}

func appendTime(b []byte, num int, t time.Time) []byte { return appendInt(b, num, sqldb.Micros(t)) }

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

// appendText appends s unless it is empty.
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

// nestedLen is the room for the length of a nested message: a varint padded to this many bytes, so that it can be filled in later.
const nestedLen = 5

// openNested starts a nested message. closeNested ends it; start is the length of what openNested returned.
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

// field is a field that was read. Its bytes share memory with the message.
type field struct {
	num  int
	text []byte // for wire type bytes
	bits uint64 // for other wire types
}

func textOf[T ~string | ~[]byte](f field) T { return T(f.text) }
func intOf[T ~int | ~int64](f field) T      { return T(protowire.DecodeZigZag(f.bits)) }
func (f field) string() string              { return string(f.text) }
func (f field) stringPtr() *string          { return new(string(f.text)) }
func (f field) intPtr() *int64              { return new(intOf[int64](f)) }
func (f field) floatPtr() *float64          { return new(math.Float64frombits(f.bits)) }
func (f field) time() time.Time             { return sqldb.FromMicros(intOf[int64](f)) }
func (f field) bool() bool                  { return true } // false takes no room

// fields reads the fields of a message one after the other.
type fields struct {
	field
	rest []byte
	err  error
}

// next reads the next field. It returns false at the end and after an error.
func (f *fields) next() bool {
	if f.err != nil || len(f.rest) == 0 {
		return false
	}
	num, wire, n := protowire.ConsumeTag(f.rest)
	if n < 0 {
		f.fail(sqldb.ErrMalformed)
		return false
	}
	f.field, f.rest = field{num: int(num)}, f.rest[n:]
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

func (f *fields) nested() fields { return fields{rest: f.text} }
func (f *fields) fail(err error) { f.err, f.rest = err, nil }

// inherit gives f the error of a message nested in it.
func (f *fields) inherit(nested *fields) {
	if nested.err != nil {
		f.fail(nested.err)
	}
}

// codec visits the fields of a message, either to write them or to set them from what was read. So a message lists its fields only once.
type codec struct {
	out   []byte
	reads bool
	read  [maxFields]field // by number
	err   error
}

// maxFields is greater than the numbers in all messages that a codec reads. A record has the most.
const maxFields = recOTelTrace + 1

// fill reads a message without repeated fields.
func (c *codec) fill(message []byte) error {
	c.reads = true
	f := fields{rest: message}
	for f.next() {
		if f.num < maxFields {
			c.read[f.num] = f.field
		}
	}
	return f.err
}

// code visits the field num, whose value is in v.
func code[T any](c *codec, num int, v *T, write func([]byte, int, T) []byte, read func(field) T) {
	if !c.reads {
		c.out = write(c.out, num, *v)
	} else if f := c.read[num]; f.num == num {
		*v = read(f)
	}
}

// codeJSON visits a field that holds JSON. It is written only if there is set.
func codeJSON(c *codec, num int, there bool, v any) {
	var err error
	if !c.reads && there {
		var raw []byte
		raw, err = json.Marshal(v)
		c.out = appendText(c.out, num, raw)
	} else if c.reads && c.read[num].num == num {
		err = json.UnmarshalForeign(c.read[num].text, v)
	}
	c.err = cmp.Or(c.err, err)
}
