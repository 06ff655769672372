// Package http1 reads HTTP/1.1 messages with as little work as possible, so that a benchmark's own ends take little from the processors it
// measures with. It knows only what framing needs (RFC 9112): the first line, Content-Length, chunked transfer coding and Connection:
// close.
package http1

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxHead bounds the bytes of a message's head.
const maxHead = 64 << 10

// ErrMalformed is wrapped by every error about bytes that are not HTTP/1.1 as this package understands it.
var ErrMalformed = errors.New("malformed HTTP/1.1 message")

// Head is what framing needs of a message's head.
type Head struct {
	// Start is the first line without its line end: a request line or a status line.
	Start string
	// Length is the Content-Length, or -1 when the header is absent.
	Length int64
	// Chunked says that the body uses the chunked transfer coding; it takes precedence over Length.
	Chunked bool
	// Close says that the sender closes the connection after this message.
	Close bool
}

// Status returns the code of a status line, or 0 if Start is not one.
func (h Head) Status() int {
	if len(h.Start) < len("HTTP/1.1 200") || !strings.HasPrefix(h.Start, "HTTP/1.") {
		return 0
	}
	status, err := strconv.Atoi(h.Start[9:12])
	if err != nil || status < 100 {
		return 0
	}
	return status
}

// ReadHead reads a request's or a response's head, up to and including the empty line. It returns io.EOF only when the connection ended
// before the first byte, that is, between two messages.
func ReadHead(r *bufio.Reader) (Head, error) {
	line, err := readLine(r)
	if err != nil {
		return Head{}, err
	}
	if len(line) == 0 {
		return Head{}, malformed("empty first line")
	}
	h := Head{Start: string(line), Length: -1}
	for size := len(line); ; size += len(line) {
		line, err = readLine(r)
		if err != nil {
			return Head{}, inside(err)
		}
		if len(line) == 0 {
			return h, nil
		}
		if size > maxHead {
			return Head{}, malformed("head is too large")
		}
		if err := h.take(line); err != nil {
			return Head{}, err
		}
	}
}

// take notes a header line if framing depends on it.
func (h *Head) take(line []byte) error {
	name, value, found := bytes.Cut(line, []byte(":"))
	if !found {
		return malformed("header without a colon")
	}
	value = bytes.TrimSpace(value)
	switch {
	case isName(name, "content-length"):
		length, err := strconv.ParseInt(string(value), 10, 64)
		if err != nil || length < 0 {
			return malformed("bad Content-Length")
		}
		h.Length = length
	case isName(name, "transfer-encoding"):
		if !bytes.EqualFold(value, []byte("chunked")) {
			return malformed("unknown Transfer-Encoding")
		}
		h.Chunked = true
	case isName(name, "connection"):
		h.Close = bytes.EqualFold(value, []byte("close"))
	}
	return nil
}

// isName compares a header's name without regard to case; name is in small letters.
func isName(got []byte, name string) bool {
	return len(got) == len(name) && strings.EqualFold(string(got), name)
}

// ReadBody reads the body that h announces and gives its bytes, piece by piece as they arrive, to sink. A piece is valid only during the
// call. A message with neither a length nor chunks has no body, which is the rule for requests; the servers under test always announce one
// in answers.
func ReadBody(r *bufio.Reader, h Head, sink func([]byte)) error {
	if h.Chunked {
		return readChunks(r, sink)
	}
	return readPieces(r, max(h.Length, 0), sink)
}

// readChunks reads chunks to the last one and skips the trailers.
func readChunks(r *bufio.Reader, sink func([]byte)) error {
	for {
		line, err := readLine(r)
		if err != nil {
			return inside(err)
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 64)
		if err != nil || size < 0 {
			return malformed("bad chunk size")
		}
		if size == 0 {
			return skipTrailers(r)
		}
		if err := readPieces(r, size, sink); err != nil {
			return err
		}
		end, err := readLine(r)
		if err != nil {
			return inside(err)
		}
		if len(end) != 0 {
			return malformed("chunk is longer than announced")
		}
	}
}

// skipTrailers reads to the empty line after the last chunk.
func skipTrailers(r *bufio.Reader) error {
	for size := 0; size <= maxHead; {
		line, err := readLine(r)
		if err != nil {
			return inside(err)
		}
		if len(line) == 0 {
			return nil
		}
		size += len(line)
	}
	return malformed("trailers are too large")
}

// readPieces hands n bytes to sink straight from the reader's buffer.
func readPieces(r *bufio.Reader, n int64, sink func([]byte)) error {
	for n > 0 {
		if _, err := r.Peek(1); err != nil {
			return inside(err)
		}
		size := int(min(n, int64(r.Buffered())))
		piece, err := r.Peek(size)
		if err != nil {
			return inside(err)
		}
		sink(piece)
		if _, err := r.Discard(size); err != nil {
			return inside(err)
		}
		n -= int64(size)
	}
	return nil
}

// readLine returns the next line without its end, valid until the next read.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, malformed("line is too long")
	}
	if err != nil && len(line) > 0 {
		return nil, inside(err)
	}
	if err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// inside turns an end between messages into one inside a message.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func malformed(what string) error {
	return fmt.Errorf("%w: %s", ErrMalformed, what)
}
