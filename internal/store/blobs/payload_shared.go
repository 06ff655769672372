package blobs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// A provider's request repeats the texts of the messages, and its answer repeats the output. Such a body is stored as pieces of its own and
// copies of what the payload already holds. This halves most payloads.

// The numbers of the fields in a shared body: literal bytes, the place in the payload from which a copy is taken, and its length. The length
// ends a copy. An escaped copy is written as in a JSON string.
const (
	sharedLiteral = iota + 1
	sharedFrom
	sharedLength
	sharedEscapedLength
)

const (
	minShared  = 48   // bytes from which on a copy pays off
	maxSources = 4096 // most copies in a body
	maxLooks   = 32   // how many times the length of a body is looked through, about, for texts
)

// sources are texts in a payload, in order.
type sources [][2]int // from, to: offsets in the payload

// add adds text, with which payload ends.
func (s sources) add(payload []byte, text string) sources {
	if len(text) < minShared || len(s) >= maxSources {
		return s
	}
	return append(s, [2]int{len(payload) - len(text), len(payload)})
}

// shared is a piece of a body that is a copy.
type shared struct {
	at, size     int // in the body
	from, length int // in the payload
	escaped      bool
}

// appendShared appends body under the number shared. If body repeats nothing of the payload in b, it is appended as it is under the number
// plain. The payload starts at base.
func (s sources) appendShared(b []byte, base, plain, sharedNum int, body []byte) []byte {
	pieces := s.in(body, b[base:])
	if len(pieces) == 0 {
		return appendText(b, plain, body)
	}
	b = openNested(b, sharedNum)
	start, at := len(b), 0
	for _, p := range pieces {
		b = appendText(b, sharedLiteral, body[at:p.at])
		b = appendInt(b, sharedFrom, int64(p.from))
		length := sharedLength
		if p.escaped {
			length = sharedEscapedLength
		}
		b = appendIntAlways(b, length, int64(p.length))
		at = p.at + p.size
	}
	return closeNested(appendText(b, sharedLiteral, body[at:]), start)
}

// in returns the pieces of body that are texts of payload, in their order in the body.
func (s sources) in(body, payload []byte) []shared {
	if len(body) < minShared {
		return nil
	}
	f := finder{body: body, left: maxLooks * len(body)}
	for _, run := range s {
		f.text(payload[:run[1]], run[0])
	}
	slices.SortStableFunc(f.found, func(a, b shared) int { return cmp.Compare(a.at, b.at) })
	end := 0
	return slices.DeleteFunc(f.found, func(p shared) bool {
		overlaps := p.at < end
		end = max(end, p.at+p.size)
		return overlaps
	})
}

// finder looks for texts in a body. They are there in any order, but mostly one after the other.
type finder struct {
	body   []byte
	cursor int // behind what was found last
	left   int // bytes that may still be looked through
	needle []byte
	found  []shared
}

// text finds what follows from in payload, piece by piece: what a body writes in another form is left out.
func (f *finder) text(payload []byte, from int) {
	for len(payload)-from >= minShared && f.left > 0 && len(f.found) < maxSources {
		rest := payload[from:]
		at, escaped := f.find(rest)
		if at < 0 {
			from += afterUnusual(rest)
			continue
		}
		size, length := matching(f.body[at:], rest, escaped)
		f.found = append(f.found, shared{at, size, from, length, size != length})
		f.cursor, from = at+size, from+length
	}
}

// find returns the place of the beginning of text in the body, escaped or as it is; -1 for none.
func (f *finder) find(text []byte) (at int, escaped bool) {
	f.needle = appendEscaped(f.needle[:0], text[:minShared])
	if at := f.look(f.needle); at >= 0 {
		return at, true
	}
	if len(f.needle) == minShared {
		return -1, false
	}
	return f.look(text[:minShared]), false
}

// look looks behind the cursor first.
func (f *finder) look(needle []byte) int {
	if at := bytes.Index(f.body[f.cursor:], needle); at >= 0 {
		f.left -= at
		return f.cursor + at
	}
	f.left -= len(f.body)
	return bytes.Index(f.body[:min(f.cursor+len(needle)-1, len(f.body))], needle)
}

// afterUnusual returns how long text is up to and with the first byte that bodies may write in several forms.
func afterUnusual(text []byte) int {
	for i, c := range text {
		if escapes[c] != "" || c > '~' || c == '<' || c == '>' || c == '&' || c == '/' {
			return i + 1
		}
	}
	return len(text)
}

// matching returns how many bytes of body are how many of text.
func matching(body, text []byte, escaped bool) (size, length int) {
	for length < len(text) {
		if n := matchingWords(body[size:], text[length:], escaped); n > 0 {
			size, length = size+n, length+n
			continue
		}
		as := ""
		if escaped {
			as = escapes[text[length]]
		}
		switch {
		case as == "" && size < len(body) && body[size] == text[length]:
			size++
		case as != "" && bytes.HasPrefix(body[size:], []byte(as)):
			size += len(as)
		default:
			return size, length
		}
		length++
	}
	return size, length
}

// matchingWords returns how many bytes body and text have in common at their beginnings, in words of eight without escapes.
func matchingWords(body, text []byte, escaped bool) int {
	n, at := min(len(body), len(text)), 0
	for ; at+8 <= n; at += 8 {
		word := binary.LittleEndian.Uint64(text[at:])
		if word != binary.LittleEndian.Uint64(body[at:]) || escaped && hasEscape(word) {
			break
		}
	}
	return at
}

// hasEscape reports whether one of the eight bytes of word has an escape.
func hasEscape(word uint64) bool {
	const low, high = 0x0101010101010101, 0x8080808080808080
	quote, slash := word^low*'"', word^low*'\\'
	return ((word-low*' ')&^word|(quote-low)&^quote|(slash-low)&^slash)&high != 0
}

// escapes are how bytes are written in a JSON string; "" for those that stand for themselves. Stored copies are read by this table, so it must
// never change.
var escapes = func() (out [256]string) {
	const hex = "0123456789abcdef"
	for c := range ' ' {
		out[c] = `\u00` + string(hex[c>>4]) + string(hex[c&0xf])
	}
	out['"'], out['\\'], out['\n'], out['\r'], out['\t'], out['\b'], out['\f'] = `\"`, `\\`, `\n`, `\r`, `\t`, `\b`, `\f`
	return out
}()

func appendEscaped(b, text []byte) []byte {
	start := 0
	for i, c := range text {
		if as := escapes[c]; as != "" {
			b = append(append(b, text[start:i]...), as...)
			start = i + 1
		}
	}
	return append(b, text[start:]...)
}

// readShared reassembles what consists of pieces of its own and of copies from source.
func readShared(outer *fields, source []byte) []byte {
	f := outer.nested()
	body := f.assemble(source)
	outer.inherit(&f)
	return body
}

// assemble reads the fields of a shared body.
func (f *fields) assemble(source []byte) []byte {
	var body []byte
	from := 0
	for f.next() {
		switch f.num {
		case sharedLiteral:
			body = append(body, f.text...)
		case sharedFrom:
			from = intOf[int](f.field)
		case sharedLength, sharedEscapedLength:
			to := from + intOf[int](f.field)
			if from < 0 || to < from || to > len(source) || len(body) > maxBody {
				f.fail(sqldb.ErrMalformed)
				continue
			}
			if f.num == sharedLength {
				body = append(body, source[from:to]...)
			} else {
				body = appendEscaped(body, source[from:to])
			}
			from = 0
		}
	}
	return body
}

// maxBody is longer than any body that is stored.
const maxBody = 256 << 20

// sameText reports whether the message of p is exactly its output.
func sameText(p *trace.Payload) bool {
	return p.Output != nil && p.OutputMessage != nil && len(*p.Output) > 0 &&
		p.OutputMessage.Content.Parts == nil && p.OutputMessage.Content.Set && p.OutputMessage.Content.Text == *p.Output
}
