// Package head recognizes the head of a request in HTTP/1.1 that was seen before.
package head

import (
	"bytes"
	"strings"
)

// Head is a head as it was sent, but for the digits of its Content-Length, which stand between before and after. Without one, after is nil.
type Head struct{ before, after []byte }

// mostBody is the longest body that Find tells of, in bytes: that which package net/http reads past to keep a connection.
const mostBody = 256 << 10

// Of returns the head that data begins with. It reports false if the head is not whole, or if its Content-Length is no number or is there twice.
func Of(data []byte) (Head, bool) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return Head{}, false
	}
	text := bytes.Clone(data[:end+4])
	h := Head{before: text}
	for at := 0; at < end; {
		line, _, _ := strings.Cut(string(text[at:]), "\r\n")
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			size := strings.TrimLeft(value, " \t")
			if h.after != nil || size == "" || strings.Trim(size, "0123456789") != "" {
				return Head{}, false
			}
			to := at + len(line)
			h = Head{text[:to-len(size)], text[to:]}
		}
		at += len(line) + 2
	}
	return h, true
}

// Find reports whether data begins with the head, with any Content-Length up to 256 KB. It returns the length of the head, and that of the body.
func (h *Head) Find(data []byte) (length, body int, ok bool) {
	if !bytes.HasPrefix(data, h.before) {
		return 0, 0, false
	}
	at := len(h.before)
	if h.after == nil {
		return at, 0, true
	}
	for at < len(data) && data[at]-'0' < 10 && body <= mostBody {
		body = 10*body + int(data[at]-'0')
		at++
	}
	if at == len(h.before) || !bytes.HasPrefix(data[at:], h.after) {
		return 0, 0, false
	}
	return at + len(h.after), body, body <= mostBody
}
