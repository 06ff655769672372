package responses

import (
	"strconv"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
)

// frames writes events, numbered from 0. A whole answer has none, and no emit.
type frames struct {
	emit   func(dialect.Frame) bool
	number int // of the next event
	buf    []byte
	gone   bool // emit said so
}

// field is a member of an event: a text, a number, or any other value.
type field struct {
	name   string
	text   string
	number int
	value  any
	write  func(dst []byte, f *field) []byte
}

func text(name, v string) field {
	return field{name: name, text: v, write: func(dst []byte, f *field) []byte { return json.AppendString(dst, f.text) }}
}

func number(name string, v int) field {
	return field{name: name, number: v, write: func(dst []byte, f *field) []byte { return strconv.AppendInt(dst, int64(f.number), 10) }}
}

func value(name string, v any) field {
	return field{name: name, value: v, write: func(dst []byte, f *field) []byte { return json.AppendValue(dst, f.value) }}
}

// send emits an event of the given type.
func (s *frames) send(kind string, fields ...field) {
	if s.emit == nil || s.gone {
		return
	}
	s.buf = json.AppendString(append(s.buf[:0], `{"type":`...), kind)
	s.buf = strconv.AppendInt(append(s.buf, `,"sequence_number":`...), int64(s.number), 10)
	for i := range fields {
		f := &fields[i]
		s.buf = append(json.AppendString(append(s.buf, ','), f.name), ':')
		s.buf = f.write(s.buf, f)
	}
	s.buf = append(s.buf, '}')
	s.number++
	s.gone = !s.emit(dialect.Frame{Name: kind, Data: s.buf})
}
