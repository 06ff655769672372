package logs

import (
	"bytes"

	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// A provider's request repeats the texts of the messages, and its answer repeats the output. Such a body is stored as pieces of its own and
// copies of what the payload already holds. This halves most payloads.

// The numbers of the fields in a shared body: literal bytes, the place in the payload from which a copy is
// taken, and its length. The length ends a copy.
const (
	sharedLiteral = iota + 1
	sharedFrom
	sharedLength
)

const (
	minShared  = 48  // bytes from which on a copy pays off
	maxSources = 256 // most runs of text to look for in a body
)

// sources are runs of text in a payload, in order. They hold nothing that JSON would escape, so a JSON body repeats them unchanged.
type sources [][2]int // from, to: offsets in the payload

// add adds the runs of text, with which payload ends.
func (s sources) add(payload []byte, text string) sources {
	end := len(payload)
	start := end - len(text)
	for at := start; at <= end; at++ {
		if at < end && payload[at] >= ' ' && payload[at] != '"' && payload[at] != '\\' {
			continue
		}
		if at-start >= minShared && len(s) < maxSources {
			s = append(s, [2]int{start, at})
		}
		start = at + 1
	}
	return s
}

// appendShared appends body under the number shared. If body repeats nothing of the payload in b, it is appended as it is under the number
// plain. The payload starts at base.
func (s sources) appendShared(b []byte, base, plain, shared int, body []byte) []byte {
	opened, start, rest := false, 0, body
	for _, run := range s {
		at := bytes.Index(rest, b[base+run[0]:base+run[1]])
		if at < 0 {
			continue
		}
		if !opened {
			b = openNested(b, shared)
			opened, start = true, len(b)
		}
		b = appendText(b, sharedLiteral, rest[:at])
		b = appendInt(b, sharedFrom, int64(run[0]))
		b = appendIntAlways(b, sharedLength, int64(run[1]-run[0]))
		rest = rest[at+run[1]-run[0]:]
	}
	if !opened {
		return appendText(b, plain, body)
	}
	return closeNested(appendText(b, sharedLiteral, rest), start)
}

// readShared reassembles a shared body.
func readShared(outer *fields, payload []byte) []byte {
	var body []byte
	from, f := 0, outer.nested()
	for f.next() {
		switch f.num {
		case sharedLiteral:
			body = append(body, f.text...)
		case sharedFrom:
			from = intOf[int](f.field)
		case sharedLength:
			to := from + intOf[int](f.field)
			if from < 0 || to < from || to > len(payload) || len(body) > maxBody {
				f.fail(sqldb.ErrMalformed)
				continue
			}
			body, from = append(body, payload[from:to]...), 0
		}
	}
	outer.inherit(&f)
	return body
}

// maxBody is longer than any body that is stored.
const maxBody = 256 << 20

// sameText reports whether the message of p is exactly its output.
func sameText(p *trace.Payload) bool {
	return p.Output != nil && p.OutputMessage != nil && len(*p.Output) > 0 &&
		p.OutputMessage.Content.Parts == nil && p.OutputMessage.Content.Set && p.OutputMessage.Content.Text == *p.Output
}
