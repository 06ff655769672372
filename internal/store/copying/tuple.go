package copying

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// A row is copied, and its digest made, in one form, whatever database it comes from: a tuple of PostgreSQL's binary COPY. It has the number of
// columns in two bytes and then the columns by name, each with its length in four bytes (-1 for NULL) and its bytes: integers and the bits of
// floating-point numbers in eight, texts and blobs as they are. All numbers are big-endian. A zero has no sign, as SQLite keeps none.

const (
	tupleHead = 2
	fieldHead = 4
)

var errTuple = errors.New("a row is not as its table")

// appendValues appends a row of SQLite.
func (t *table) appendValues(dst []byte, values []any) ([]byte, error) {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(values))) //nolint:gosec // tables have few columns
	for i, v := range values {
		switch v := v.(type) {
		case nil:
			dst = binary.BigEndian.AppendUint32(dst, math.MaxUint32)
		case int64:
			dst = binary.BigEndian.AppendUint64(appendLength(dst, 8), uint64(v)) //nolint:gosec // its bits
		case float64:
			dst = binary.BigEndian.AppendUint64(appendLength(dst, 8), math.Float64bits(v+0))
		case string:
			dst = append(appendLength(dst, len(v)), v...)
		case []byte:
			dst = append(appendLength(dst, len(v)), v...)
		default:
			return nil, fmt.Errorf("%w: %s.%s", errTuple, t.name, t.columns[i].name)
		}
	}
	return dst, nil
}

// appendRaw appends a row of PostgreSQL, whose columns are in its binary form.
func (t *table) appendRaw(dst []byte, fields [][]byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(fields))) //nolint:gosec // tables have few columns
	for i, f := range fields {
		if f == nil {
			dst = binary.BigEndian.AppendUint32(dst, math.MaxUint32)
			continue
		}
		dst = append(appendLength(dst, len(f)), f...)
		if t.columns[i].kind == real && len(f) == 8 && binary.BigEndian.Uint64(f) == 1<<63 {
			dst[len(dst)-8] = 0
		}
	}
	return dst
}

func appendLength(dst []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(n)) //nolint:gosec // databases hold no longer values
}

// values reads the first tuple of data into values, which are those of database/sql, and returns the rest. Texts and blobs are copies.
func (t *table) values(data []byte, values []any) (rest []byte, err error) {
	if len(data) < tupleHead || int(binary.BigEndian.Uint16(data)) != len(t.columns) {
		return nil, errTuple
	}
	data = data[tupleHead:]
	for i := range t.columns {
		if values[i], data, err = t.columns[i].kind.value(data); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (k kind) value(data []byte) (v any, rest []byte, err error) {
	if len(data) < fieldHead {
		return nil, nil, errTuple
	}
	n := int32(binary.BigEndian.Uint32(data)) //nolint:gosec // -1 is NULL
	data = data[fieldHead:]
	switch {
	case n == -1:
		return nil, data, nil
	case n < 0 || int(n) > len(data) || (k == whole || k == real) && n != 8:
		return nil, nil, errTuple
	}
	field, rest := data[:n], data[n:]
	switch k {
	case whole:
		return int64(binary.BigEndian.Uint64(field)), rest, nil //nolint:gosec // its bits
	case real:
		return math.Float64frombits(binary.BigEndian.Uint64(field)), rest, nil
	case text:
		return string(field), rest, nil
	default:
		return append([]byte{}, field...), rest, nil
	}
}

// keyOf returns the key of the first tuple of data.
func (t *table) keyOf(data []byte) ([]any, error) {
	all := make([]any, len(t.columns))
	if _, err := t.values(data, all); err != nil {
		return nil, err
	}
	key := make([]any, len(t.key))
	for i, c := range t.key {
		key[i] = all[c]
	}
	return key, nil
}

// chunk is some rows of a table.
type chunk struct {
	data []byte // tuples
	rows int
	last int // where the last one begins
}

func (c *chunk) add(tuple []byte) {
	c.last = len(c.data)
	c.data = append(c.data, tuple...)
	c.rows++
}

func (c *chunk) reset() { *c = chunk{data: c.data[:0]} }
