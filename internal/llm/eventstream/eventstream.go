// Package eventstream reads the frames of AWS event streams: a length, headers and a payload, each frame under two checksums.
//
// The format: https://smithy.io/2.0/aws/amazon-eventstream.html
package eventstream

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// ErrCorrupt says that bytes are no frame, or one that was damaged on the way.
var ErrCorrupt = errors.New("not a frame of an event stream")

// Frame is one message. It points into the bytes that it was parsed from. The zero Frame has no headers and no payload.
type Frame struct {
	Payload []byte
	headers []byte
}

const (
	preludeSize = 12 // the frame's length, the headers' length, a checksum of both
	trailerSize = 4  // a checksum of everything before it
)

// Parse reads the frame that data begins with. size is the length of the whole frame as soon as its beginning is there, and 0 before;
// f is set once data holds that many bytes. The error is nil or [ErrCorrupt]; with the latter size is 0 when not even the beginning is
// that of a frame.
func Parse(data []byte) (f Frame, size int, err error) {
	if len(data) < preludeSize {
		return Frame{}, 0, nil
	}
	total, headers := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
	if total < preludeSize+trailerSize || total > 1<<30 || headers > total-preludeSize-trailerSize || !checked(data[:preludeSize]) {
		return Frame{}, 0, ErrCorrupt
	}
	size = int(total)
	if len(data) < size {
		return Frame{}, size, nil
	}
	if !checked(data[:size]) {
		return Frame{}, size, ErrCorrupt
	}
	payload := preludeSize + int(headers)
	return Frame{headers: data[preludeSize:payload], Payload: data[payload : size-trailerSize : size-trailerSize]}, size, nil
}

// checked reports whether the last four bytes of data are the checksum of the others.
func checked(data []byte) bool {
	body := data[:len(data)-4]
	return crc32.ChecksumIEEE(body) == binary.BigEndian.Uint32(data[len(body):])
}

// Text is the value of the header of that name, nil when there is none or when it is no string. Of headers given twice the last counts,
// as in Amazon's own libraries.
func (f Frame) Text(name string) []byte {
	var value []byte
	for rest := f.headers; len(rest) > 0; {
		h, after, ok := nextHeader(rest)
		if !ok {
			break
		}
		if string(h.name) == name {
			value = h.text()
		}
		rest = after
	}
	return value
}

// Texts are all headers that are strings. Of headers given twice the last counts.
func (f Frame) Texts() map[string]string {
	all := map[string]string{}
	for rest := f.headers; len(rest) > 0; {
		h, after, ok := nextHeader(rest)
		if !ok {
			break
		}
		if text := h.text(); text != nil {
			all[string(h.name)] = string(text)
		} else {
			delete(all, string(h.name))
		}
		rest = after
	}
	return all
}

// text is the value of h, nil when it is no string.
func (h *header) text() []byte {
	if h.kind != kindString {
		return nil
	}
	return h.value
}

type header struct {
	name, value []byte
	kind        byte
}

// The kinds of header values that have a length of their own.
const (
	kindBytes  = 6
	kindString = 7
)

// fixedSizes are the lengths of the values of the other kinds: true, false, byte, short, integer, long, timestamp, UUID.
var fixedSizes = [...]int{0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}

// nextHeader takes the first header off data, and reports whether it is whole and of a known kind.
func nextHeader(data []byte) (h header, rest []byte, ok bool) {
	n := int(data[0])
	if len(data) < 1+n+1 {
		return header{}, nil, false
	}
	h.name, h.kind, rest = data[1:1+n], data[1+n], data[1+n+1:]
	size := 0
	switch {
	case h.kind == kindBytes || h.kind == kindString:
		if len(rest) < 2 {
			return header{}, nil, false
		}
		size, rest = int(binary.BigEndian.Uint16(rest)), rest[2:]
	case int(h.kind) < len(fixedSizes):
		size = fixedSizes[h.kind]
	default:
		return header{}, nil, false
	}
	if len(rest) < size {
		return header{}, nil, false
	}
	h.value = rest[:size]
	return h, rest[size:], true
}
