package wire

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/openloop-server/openloop/internal/errs"
)

// maxNesting is the deepest nesting of the value of an attribute.
const maxNesting = 64

// ReadProto reads an ExportTraceServiceRequest (or TracesData, which is the same) in Protocol Buffers. It ignores unknown fields. Errors:
// invalid_encoding, with the offset, for data that is not such a message.
func ReadProto(data []byte) (*Batch, error) {
	r := &protoReader{whole: slices.Clip(data)}
	err := r.each(r.whole, func(f field) error {
		if f.num != 1 {
			return nil
		}
		return r.resourceSpans(f.bytes)
	})
	if err != nil {
		return nil, errs.New(errs.InvalidEncoding, "The body is not an OTLP trace export in Protocol Buffers: it is malformed at byte %d.", r.at)
	}
	return &r.batch, nil
}

type protoReader struct {
	whole []byte
	batch Batch
	at    int // where reading failed
}

// field is one field of a message. bytes is set for length-delimited types, bits for the others.
type field struct {
	num   int
	bytes []byte
	bits  uint64
}

const malformed = Fault("is malformed")

// each passes the fields of message b to do.
func (r *protoReader) each(b []byte, do func(field) error) error {
	for len(b) > 0 {
		num, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return r.fail(b)
		}
		f := field{num: int(num)}
		rest := b[n:]
		switch wire {
		case protowire.VarintType:
			f.bits, n = protowire.ConsumeVarint(rest)
		case protowire.Fixed64Type:
			f.bits, n = protowire.ConsumeFixed64(rest)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(rest)
		default:
			n = protowire.ConsumeFieldValue(num, wire, rest)
		}
		if n < 0 {
			return r.fail(b)
		}
		if err := do(f); err != nil {
			return err
		}
		b = rest[n:]
	}
	return nil
}

// fail records the offset of b. The capacity of every message reaches to the end of whole.
func (r *protoReader) fail(b []byte) error {
	r.at = cap(r.whole) - cap(b)
	return malformed
}

func (r *protoReader) resourceSpans(b []byte) error {
	from := len(r.batch.Spans)
	var resource Attributes
	err := r.each(b, func(f field) error {
		switch f.num {
		case 1:
			var err error
			resource, err = r.members(f.bytes, 0)
			return err
		case 2:
			return r.scopeSpans(f.bytes)
		}
		return nil
	})
	for i := range r.batch.Spans[from:] {
		r.batch.Spans[from+i].Resource = resource
	}
	return err
}

func (r *protoReader) scopeSpans(b []byte) error {
	from := len(r.batch.Spans)
	var name, version string
	var about Attributes
	err := r.each(b, func(f field) error {
		switch f.num {
		case 1:
			return r.each(f.bytes, func(f field) error {
				switch f.num {
				case 1:
					name = text(f.bytes)
				case 2:
					version = text(f.bytes)
				case 3:
					return r.attribute(&about, f.bytes, 0)
				}
				return nil
			})
		case 2:
			r.addSpan(f.bytes)
		}
		return nil
	})
	for i := range r.batch.Spans[from:] {
		s := &r.batch.Spans[from+i]
		s.Scope, s.ScopeVersion, s.ScopeAttributes = name, version, about
	}
	return err
}

// addSpan reads a span. An invalid span is refused.
func (r *protoReader) addSpan(b []byte) {
	var s Span
	err := r.each(b, func(f field) error { return r.spanField(&s, f) })
	if err == nil {
		err = s.check()
	}
	if err != nil {
		at := cap(r.whole) - cap(b)
		r.batch.Refusals.Add(fmt.Sprintf("The span at byte %d %v.", at, err))
		return
	}
	r.batch.Spans = append(r.batch.Spans, s)
}

func (r *protoReader) spanField(s *Span, f field) (err error) {
	switch f.num {
	case 1:
		return fixed(s.TraceID[:], f.bytes, "trace id")
	case 2:
		return fixed(s.SpanID[:], f.bytes, "span id")
	case 3:
		s.State = text(f.bytes)
	case 4:
		return fixed(s.ParentID[:], f.bytes, "parent span id")
	case 5:
		s.Name = text(f.bytes)
	case 6:
		s.Kind = kindOf(f.bits)
	case 7:
		s.Start, err = moment(f.bits)
	case 8:
		s.End, err = moment(f.bits)
	case 9:
		return r.attribute(&s.Attributes, f.bytes, 0)
	case 11:
		return r.event(s, f.bytes)
	case 13:
		return r.link(s, f.bytes)
	case 15:
		return r.status(s, f.bytes)
	}
	return err
}

func (r *protoReader) link(s *Span, b []byte) error {
	var l Link
	err := r.each(b, func(f field) error {
		switch f.num {
		case 1:
			return fixed(l.TraceID[:], f.bytes, "trace id of a link")
		case 2:
			return fixed(l.SpanID[:], f.bytes, "span id of a link")
		case 3:
			l.State = text(f.bytes)
		case 4:
			return r.attribute(&l.Attributes, f.bytes, 0)
		}
		return nil
	})
	s.Links = append(s.Links, l)
	return err
}

// fixed copies an id, which may be absent.
func fixed(dst, b []byte, what string) error {
	if len(b) != 0 && len(b) != len(dst) {
		return Fault(fmt.Sprintf("has a %s of %d bytes, and not of %d", what, len(b), len(dst)))
	}
	copy(dst, b)
	return nil
}

// moment is a time in nanoseconds since 1970; 0 means not given.
func moment(nanoseconds uint64) (time.Time, error) {
	if nanoseconds == 0 {
		return time.Time{}, nil
	}
	if nanoseconds > math.MaxInt64 {
		return time.Time{}, Fault("has a time that is too far in the future")
	}
	return time.Unix(0, int64(nanoseconds)).UTC().Truncate(time.Microsecond), nil
}

func text(b []byte) string { return Text(string(b)).text }

func (r *protoReader) event(s *Span, b []byte) error {
	var e SpanEvent
	err := r.each(b, func(f field) (err error) {
		switch f.num {
		case 1:
			e.At, err = moment(f.bits)
		case 2:
			e.Name = text(f.bytes)
		case 3:
			return r.attribute(&e.Attributes, f.bytes, 0)
		}
		return err
	})
	s.Events = append(s.Events, e)
	return err
}

func (r *protoReader) status(s *Span, b []byte) error {
	return r.each(b, func(f field) error {
		switch f.num {
		case 2:
			s.Status = text(f.bytes)
		case 3:
			s.Failed = f.bits == statusError
		}
		return nil
	})
}

func (r *protoReader) attribute(into *Attributes, b []byte, depth int) error {
	var key string
	var value Value
	err := r.each(b, func(f field) (err error) {
		switch f.num {
		case 1:
			key = text(f.bytes)
		case 2:
			value, err = r.value(f.bytes, depth)
		}
		return err
	})
	if *into == nil {
		*into = Attributes{}
	}
	(*into)[key] = value
	return err
}

func (r *protoReader) value(b []byte, depth int) (v Value, err error) {
	if depth > maxNesting {
		return v, Fault("has an attribute that is nested too deep")
	}
	err = r.each(b, func(f field) (err error) {
		switch f.num {
		case 1:
			v = Text(string(f.bytes))
		case 2:
			v = Boolean(f.bits != 0)
		case 3:
			v = Integer(int64(f.bits)) //nolint:gosec // the bits of a signed number
		case 4:
			v = Float(math.Float64frombits(f.bits))
		case 5:
			v, err = r.array(f.bytes, depth)
		case 6:
			var members Attributes
			members, err = r.members(f.bytes, depth+1)
			v = Object(members)
		case 7:
			v = Text(base64.StdEncoding.EncodeToString(f.bytes))
		}
		return err
	})
	return v, err
}

func (r *protoReader) array(b []byte, depth int) (Value, error) {
	var values []Value
	err := r.each(b, func(f field) error {
		if f.num != 1 {
			return nil
		}
		v, err := r.value(f.bytes, depth+1)
		values = append(values, v)
		return err
	})
	return List(values), err
}

// members reads the attributes that a message has in its first field.
func (r *protoReader) members(b []byte, depth int) (Attributes, error) {
	members := Attributes{}
	err := r.each(b, func(f field) error {
		if f.num != 1 {
			return nil
		}
		return r.attribute(&members, f.bytes, depth)
	})
	return members, err
}
