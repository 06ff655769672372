package llmhttp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"github.com/openloop-server/openloop/internal/llm/failure"
)

// frames reads the frames of an AWS event stream as events. The name is the header :event-type, the data is the
// payload. A frame without a payload is dropped.
type frames struct {
	input
	decoder eventstream.Decoder
	known   bool // the beginning of a frame was seen
	foreign bool // the body does not begin with a frame
}

func newFrames(src io.Reader) *frames { return &frames{input: newInput(src)} }

// leftover implements [source].
func (r *frames) leftover() (stray []byte, known bool) {
	if r.known {
		return nil, true
	}
	return r.rest(), false
}

func (r *frames) rest() []byte { return r.buf.bytes[r.pos:] }

// next implements [source].
func (r *frames) next() (Event, error) {
	e, ok := r.ahead, r.hasAhead
	r.hasAhead = false
	for !ok {
		if r.err != nil {
			return Event{}, r.err
		}
		if e, ok = r.parse(); ok || r.err != nil {
			continue
		}
		r.err = r.fill()
	}
	if r.err == nil {
		r.ahead, r.hasAhead = r.parse()
	}
	e.More = r.hasAhead
	return e, nil
}

// parse takes the next event from the buffered bytes and reports whether there is one. It sets err if no event can follow.
func (r *frames) parse() (Event, bool) {
	for !r.foreign {
		size, ok := frameSize(r.rest())
		r.known = r.known || size > 0
		switch {
		case !ok && r.known:
			r.err = &frameError{body: r.rest()}
			return Event{}, false
		case !ok:
			r.foreign = true
			return Event{}, false
		case size > MaxEvent:
			r.err = errTooLarge
			return Event{}, false
		case size == 0 || size > len(r.rest()):
			return Event{}, false
		}
		frame, err := r.decoder.Decode(bytes.NewReader(r.rest()[:size]), nil)
		if err != nil {
			r.err = &frameError{body: r.rest()}
			return Event{}, false
		}
		r.pos += size
		if kind := text(frame, ":message-type"); kind == "exception" || kind == "error" {
			r.err = &frameError{headers: failure.FrameTexts(frame), body: frame.Payload}
			return Event{}, false
		}
		if len(frame.Payload) > 0 {
			return Event{Name: text(frame, ":event-type"), Data: frame.Payload}, true
		}
	}
	return Event{}, false
}

// frameSize returns the length of the frame at the beginning of data, or 0 if more bytes are needed. ok is false if data does not begin
// with a frame: its length, the length of its headers, and a checksum of both.
func frameSize(data []byte) (size int, ok bool) {
	const prelude, least, most = 12, 16, 1 << 30
	if len(data) < prelude {
		return 0, true
	}
	total, headers := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if total < least || total > most || headers > total-least || crc32.ChecksumIEEE(data[:8]) != binary.BigEndian.Uint32(data[8:]) {
		return 0, false
	}
	return int(total), true
}

// text returns the value of a header, "" if it is absent or not a string.
func text(m eventstream.Message, header string) string {
	v, _ := m.Headers.Get(header).(eventstream.StringValue)
	return string(v)
}

// fill reads more bytes behind those that are still needed. If the answer is not an event stream, it gathers the beginning.
func (r *frames) fill() error {
	if r.foreign && len(r.rest()) >= maxStray {
		return io.EOF
	}
	if r.srcErr != nil {
		return r.end()
	}
	if r.pos > 0 {
		r.buf.bytes = r.buf.bytes[:copy(r.buf.bytes, r.rest())]
		r.pos = 0
	}
	if len(r.buf.bytes) == cap(r.buf.bytes) {
		r.buf.grow(MaxEvent)
	}
	if err := r.read(); err == nil || r.srcErr == nil {
		return err
	}
	return r.end()
}

// end returns how the stream ends once nothing more can be read. An end of the input within a frame is unexpected.
func (r *frames) end() error {
	if errors.Is(r.srcErr, io.EOF) && r.known && len(r.rest()) > 0 {
		return io.ErrUnexpectedEOF
	}
	return r.srcErr
}

// frameError is what ends a stream: a frame that reports a failure, or, without headers, bytes that are not a frame.
type frameError struct {
	headers map[string]string
	body    []byte
}

// Error implements [error].
func (e *frameError) Error() string {
	return "a frame of the event stream reports a failure, or is damaged"
}

// failedFrame classifies e.
func (x *exchange) failedFrame(e *frameError) error {
	if failed := x.call.Frame(e.headers, x.res.Header, e.body); failed != nil {
		return failed
	}
	return x.call.Malformed(x.res.Header, e.body[:min(len(e.body), failure.MaxBody)])
}
