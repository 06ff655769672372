package llmhttp

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Our requests do not say which content codings they accept, and a server may then use any (RFC 9110, section 12.5.3). So some answers
// arrive compressed, mostly through a proxy or a CDN. This file decodes gzip and deflate. Every limit of a body counts the decoded bytes.

const maxCodings = 3 // codings of one body; bodies with more are not decoded

// decode sets x.body to the body without its content codings.
func (x *exchange) decode() {
	x.body = x
	names := codings(x.res.Header)
	if len(names) == 0 {
		return
	}
	all := strings.Join(names, ", ")
	if len(names) > maxCodings {
		names = []string{all}
	}
	for _, name := range slices.Backward(names) { // they are listed in the order in which they were applied
		x.body = &decoder{coding: name, all: all, in: bufio.NewReader(x.body)}
	}
	x.res.ContentLength = -1
}

// codings returns the content codings of an answer in lower case, without identity.
func codings(h http.Header) []string {
	var out []string
	for _, line := range h["Content-Encoding"] {
		for name := range strings.SplitSeq(line, ",") {
			name = strings.ToLower(strings.TrimSpace(name))
			if name != "" && name != "identity" {
				out = append(out, name)
			}
		}
	}
	return out
}

// codingError says that a body is not in the coding that its header names, or that the coding is unknown.
type codingError struct{ coding string }

// Error implements [error].
func (e *codingError) Error() string {
	return "the content coding " + e.coding + " cannot be undone"
}

// decoder undoes one content coding. It returns what has arrived before it waits for more, as far as the sender flushed it.
type decoder struct {
	coding string
	all    string // all codings of the body
	in     *bufio.Reader
	out    io.Reader // nil before the first read
	member *gzip.Reader
	ended  bool // member was read to its end
}

// Read implements [io.Reader].
func (d *decoder) Read(p []byte) (int, error) {
	n, err := d.read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, d.classed(err)
}

func (d *decoder) read(p []byte) (int, error) {
	if d.out == nil {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	if d.member == nil {
		return d.out.Read(p)
	}
	for {
		if d.ended {
			if err := d.nextMember(); err != nil {
				return 0, err
			}
		}
		n, err := d.member.Read(p)
		d.ended = errors.Is(err, io.EOF)
		if n > 0 || !d.ended {
			if d.ended {
				err = nil
			}
			return n, err
		}
	}
}

// open looks at the first bytes. They count more than the header: some servers announce a coding and do not apply it.
func (d *decoder) open() (err error) {
	head, err := d.in.Peek(2)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case isGzip(head):
		if d.member, err = gzip.NewReader(d.in); err == nil {
			d.member.Multistream(false)
			d.out = d.member
		}
	case d.coding == "deflate" && isZlib(head):
		d.out, err = zlib.NewReader(d.in)
	case d.coding == "gzip" || d.coding == "x-gzip" || d.isText():
		d.out, err = d.in, nil
	case d.coding == "deflate": // some servers omit the zlib header (RFC 9110, section 8.4.1.2)
		d.out, err = flate.NewReader(d.in), nil
	default:
		err = &codingError{d.all}
	}
	return err
}

// nextMember continues with the next member of a gzip file (RFC 1952, section 2.2). Bytes after the last member are ignored.
func (d *decoder) nextMember() error {
	head, err := d.in.Peek(2)
	if err != nil {
		return err
	}
	if !isGzip(head) {
		return io.EOF
	}
	d.ended = false
	err = d.member.Reset(d.in)
	d.member.Multistream(false)
	return err
}

func isGzip(head []byte) bool { return bytes.Equal(head, []byte{0x1f, 0x8b}) }

// isZlib reports whether head begins zlib data (RFC 1950): the method is deflate, the window at most 32 KiB, the check bits fit.
func isZlib(head []byte) bool {
	return len(head) == 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// isText reports whether the bytes so far look like text.
func (d *decoder) isText() bool {
	const enough = 16
	head, _ := d.in.Peek(min(d.in.Buffered(), enough))
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 && utf8.FullRune(head) || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return false
		}
		head = head[size:]
	}
	return true
}

// classed turns errors about the compressed data into a codingError. Errors of the connection, and a cut, stay unchanged.
func (d *decoder) classed(err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	for _, e := range [...]error{gzip.ErrHeader, gzip.ErrChecksum, zlib.ErrHeader, zlib.ErrChecksum, zlib.ErrDictionary} {
		corrupt = corrupt || errors.Is(err, e)
	}
	if corrupt {
		return &codingError{d.all}
	}
	return err
}
