package openai

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/usage"
)

const blockedReason = string(llm.FinishContentFilter)

// isDone reports whether data is the end marker, in any spelling: with blanks or quotes around it, in lower case.
func isDone(data []byte) bool {
	return len(data) < 32 && bytes.EqualFold(bytes.Trim(data, " \t\r\n\"'[]"), []byte("done"))
}

// tail gathers what ends a streamed chat or completion. The zero tail has seen nothing.
type tail struct {
	done   bool // the end marker was seen
	seen   bool // a choice was seen
	spoke  bool // output was seen
	reason llm.FinishReason
	usage  usage.Reports
}

// finish takes a finish reason, "" for none, after the output that came with it.
func (t *tail) finish(reason string) error {
	if reason == "" {
		return nil
	}
	t.reason = llm.FinishOf(reason)
	return withheld(reason, t.spoke)
}

// withheld is the error of an answer that ended for this reason, nil when it can be used. Gemini, where it speaks OpenAI's wire format,
// says its own reason behind that of OpenAI.
func withheld(reason string, spoke bool) error {
	_, own, _ := strings.Cut(reason, ": ")
	switch {
	case unusable(reason):
		return errUnusable
	case reason == brokenCall || own == brokenCall || reason == unknownCall || own == unknownCall:
		return &blockedError{cmp.Or(own, reason)}
	case llm.Filtered(reason) && !spoke:
		return &blockedError{reason}
	default:
		return nil
	}
}

// Gemini's finish reasons for a tool call that cannot be used.
const (
	brokenCall  = "MALFORMED_FUNCTION_CALL"
	unknownCall = "UNEXPECTED_TOOL_CALL"
)

// last implements [decoder].
func (t *tail) last() (llm.Event, error) {
	e := llm.Event{Finish: t.reason, Usage: t.usage.Portable().Reported()}
	switch {
	case !t.done && t.reason == "":
		return e, errCut
	case !t.seen:
		return e, errUnusable
	default:
		return e, nil
	}
}

// unusable reports whether a finish reason says that the call failed.
func unusable(reason string) bool { return strings.EqualFold(reason, "error") }

// present reports whether a member is there and not null.
func present(v json.Value) bool {
	k := json.Kind(v)
	return k != 0 && k != 'n'
}

// failed reports whether a document with this error is a failure. An error that says nothing is none beside an answer, or beside what
// is told of one.
func failed(v json.Value, answered bool) bool {
	return !json.Blank(v) || json.Kind(v) == '{' && !answered
}
