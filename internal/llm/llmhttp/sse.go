package llmhttp

import (
	"bytes"
	"errors"
	"io"

	"github.com/openloop-server/openloop/internal/json"
)

// reader reads server-sent events as defined by the WHATWG specification of EventSource. It is lenient where providers are: the last event
// needs no blank line, and a bare JSON document at the start of a line is an event of its own, so NDJSON works too. An event that a cut
// left incomplete is dropped.
//
// The reader works in one reused buffer. It scans each byte once, however the input is split into reads, and an event costs no allocation.
type reader struct {
	input

	// State of the search for the end of the line at pos: there is no CR before cr, and no LF before lf.
	cr, lf int
	skipLF bool // the last line ended in CR, so an LF directly after it belongs to that end
	begun  bool // the byte order mark was looked for
	doc    document

	// The event being gathered. Its lines of data are moved together, starting at the first one.
	name       string
	hasData    bool
	start, end int // of its data in buf

	known bool   // a line of an event stream was seen
	stray []byte // until then: the lines that belong to no event stream
}

const maxStray = 8 << 10

func newReader(src io.Reader) reader { return reader{input: newInput(src)} }

// leftover implements [source].
func (r *reader) leftover() (stray []byte, known bool) { return r.stray, r.known }

// next implements [source].
func (r *reader) next() (Event, error) {
	e, ok := r.ahead, r.hasAhead
	r.hasAhead = false
	for !ok {
		if r.err != nil {
			return Event{}, r.err
		}
		if e, ok = r.parse(); ok {
			break
		}
		if r.err = r.fill(); errors.Is(r.err, io.EOF) {
			e, ok = r.last()
		}
	}
	if r.err == nil {
		r.ahead, r.hasAhead = r.parse()
	}
	e.More = r.hasAhead
	return e, nil
}

// parse gathers one event from the buffered bytes and reports whether it is complete.
func (r *reader) parse() (Event, bool) {
	if !r.begun && !r.skipMark() {
		return Event{}, false
	}
	for {
		if r.atDocument() {
			if r.hasData { // the event lacks only its blank line
				if e, ok := r.dispatch(); ok {
					return e, true
				}
			}
			if !r.doc.scan(r.buf.bytes[r.pos:]) {
				return Event{}, false
			}
			return r.document()
		}
		start, end, ok := r.line()
		if !ok {
			return Event{}, false
		}
		if start < end {
			r.field(start, end)
			continue
		}
		if e, ok := r.dispatch(); ok {
			return e, true
		}
	}
}

// skipMark skips a byte order mark. It reports false if it needs more bytes to decide.
func (r *reader) skipMark() bool {
	const mark = "\xef\xbb\xbf"
	head := r.buf.bytes
	if len(head) < len(mark) && bytes.HasPrefix([]byte(mark), head) {
		return false
	}
	if bytes.HasPrefix(head, []byte(mark)) {
		r.pos = len(mark)
	}
	r.begun = true
	return true
}

// line returns the line at pos, without its end, and moves past it.
func (r *reader) line() (from, to int, ok bool) {
	b := r.buf.bytes
	r.skipNewline()
	r.cr, r.lf = max(r.cr, r.pos), max(r.lf, r.pos)
	if i := bytes.IndexByte(b[r.lf:], '\n'); i >= 0 {
		r.lf += i
	} else {
		r.lf = len(b)
	}
	end := r.lf
	if i := bytes.IndexByte(b[r.cr:r.lf], '\r'); i >= 0 {
		end = r.cr + i
	}
	if end == len(b) {
		r.cr = end
		return 0, 0, false
	}
	from, r.pos = r.pos, end+1
	r.skipLF = b[end] == '\r'
	return from, end, true
}

// skipNewline skips the second half of a CRLF.
func (r *reader) skipNewline() {
	if !r.skipLF || r.pos == len(r.buf.bytes) {
		return
	}
	if r.buf.bytes[r.pos] == '\n' {
		r.pos++
	}
	r.skipLF = false
}

// field processes a line that is not blank.
func (r *reader) field(from, to int) {
	line := r.buf.bytes[from:to]
	name, value, _ := bytes.Cut(line, []byte{':'})
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	switch string(name) {
	case "data":
		r.data(to-len(value), to)
	case "event":
		r.name = r.buf.intern(value)
	case "", "id", "retry":
	default:
		if !r.known && len(r.stray)+len(line) < maxStray {
			r.stray = append(append(r.stray, line...), '\n')
		}
		return
	}
	r.known, r.stray = true, nil
}

// data adds a line of data behind the lines gathered before.
func (r *reader) data(from, to int) {
	if !r.hasData {
		r.start, r.end, r.hasData = from, to, true
		return
	}
	b := r.buf.bytes
	b[r.end] = '\n'
	r.end += 1 + copy(b[r.end+1:], b[from:to])
}

// dispatch ends the event being gathered. It reports whether there is one, since an event needs data.
func (r *reader) dispatch() (Event, bool) {
	e := Event{Name: r.name}
	if r.hasData {
		e.Data = r.buf.bytes[r.start:r.end:r.end]
	}
	r.name, r.hasData = "", false
	return e, len(e.Data) > 0
}

// document returns the complete document at pos and moves past it.
func (r *reader) document() (Event, bool) {
	end := r.pos + r.doc.at
	e := Event{Name: r.name, Data: r.buf.bytes[r.pos:end:end]}
	r.pos, r.doc, r.name = end, document{}, ""
	return e, true
}

// last returns the event after the last complete one, if it lacks only its end.
func (r *reader) last() (Event, bool) {
	from, to := r.pos, len(r.buf.bytes)
	if r.doc.begun {
		if !r.known {
			r.stray = append(r.stray, r.buf.bytes[from:min(to, from+maxStray)]...)
		}
		return Event{}, false
	}
	r.pos = to
	if from < to {
		r.field(from, to)
	}
	e, ok := r.dispatch()
	return e, ok && whole(e.Data)
}

// whole reports whether data at the end of the input looks complete.
func whole(data []byte) bool {
	switch data[0] {
	case '{':
		return json.Valid(data)
	case '[':
		return data[len(data)-1] == ']'
	default:
		return true
	}
}

// fill reads more bytes behind those that are still needed.
func (r *reader) fill() error {
	if r.srcErr != nil {
		return r.srcErr
	}
	if err := r.makeRoom(); err != nil {
		return err
	}
	return r.read()
}

// makeRoom drops parsed bytes when the buffer is full, and grows the buffer if it is still more than half full.
func (r *reader) makeRoom() error {
	b := r.buf.bytes
	if r.pos == len(b) && !r.hasData {
		r.buf.bytes = b[:0]
		r.pos, r.cr, r.lf = 0, 0, 0
		return nil
	}
	if len(b) < cap(b) {
		return nil
	}
	kept := 0
	if r.hasData {
		kept = copy(b, b[r.start:r.end])
		r.start, r.end = 0, kept
	}
	moved := r.pos - kept
	r.buf.bytes = b[:kept+copy(b[kept:], b[r.pos:])]
	r.pos, r.cr, r.lf = kept, max(r.cr-moved, kept), max(r.lf-moved, kept)
	if len(r.buf.bytes) >= MaxEvent {
		return errTooLarge
	}
	if 2*len(r.buf.bytes) > cap(b) {
		r.buf.grow(MaxEvent)
	}
	return nil
}
