package json

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// texts has strings read by [readText]. Package json would copy them twice if they have escapes.
var texts = json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, text *string) error {
	if dec.PeekKind() != KindString {
		return errors.ErrUnsupported // by this function
	}
	return readText(dec, text)
}))

// readText reads a string.
func readText(dec *Decoder, text *string) error {
	raw, err := dec.ReadValue()
	if err == nil {
		*text = unquoted(raw)
	}
	return err
}

// unquoted returns the text that a valid string says. Invalid UTF-8 and lone surrogates become U+FFFD.
func unquoted(quoted []byte) string {
	rest := quoted[1 : len(quoted)-1]
	at := bytes.IndexByte(rest, '\\')
	switch {
	case !utf8.Valid(rest):
		out, _ := jsontext.AppendUnquote(nil, quoted) // its error reports invalid UTF-8
		return string(out)
	case at < 0:
		return string(rest)
	}
	var b strings.Builder
	b.Grow(len(rest))
	for ; at >= 0; at = bytes.IndexByte(rest, '\\') {
		b.Write(rest[:at])
		rest = rest[at:]
		rest = rest[writeEscape(&b, rest):]
	}
	b.Write(rest)
	return b.String()
}

// writeEscape writes what the escape at the start of text says, and returns its length. Those of UTF-16 may belong together.
func writeEscape(b *strings.Builder, text []byte) int {
	const unit = len(`\u0000`)
	n := 0
	for len(text) >= n+unit && text[n] == '\\' && text[n+1] == 'u' {
		n += unit
	}
	if n == 0 {
		b.WriteByte(escaped[text[1]])
		return len(`\n`)
	}
	const few = 16
	quoted := append(append(append(make([]byte, 0, few*unit+2), '"'), text[:n]...), '"')
	out, _ := jsontext.AppendUnquote(make([]byte, 0, few*unit), quoted) // its error reports lone surrogates
	b.Write(out)
	return n
}

// escaped are the characters that escapes of one letter say.
var escaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}
