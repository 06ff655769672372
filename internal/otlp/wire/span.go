// Package wire reads OpenTelemetry trace exports in the protocol's two encodings, and writes the answers to them.
//
// [ReadProto] and [ReadJSON] return a [Batch] of spans. The attributes of a span are [Value]s. An invalid span is refused and the others are
// kept, which the protocol calls a partial success. Package otlp knows what a span means; this package does not.
package wire

import (
	"fmt"
	"strings"
	"time"
)

// Span is one span of an export, with the attributes of its resource and its instrumentation. A zero time is absent.
type Span struct {
	TraceID  [16]byte
	SpanID   [8]byte
	ParentID [8]byte // zero for the root of a trace
	Name     string
	Kind     string // "internal", "server", "client", "producer", "consumer", or ""
	Start    time.Time
	End      time.Time

	Attributes Attributes
	Events     []SpanEvent
	Links      []Link
	Failed     bool   // its status is an error
	Status     string // the message of its status
	State      string // the tracestate of W3C Trace Context

	Resource        Attributes
	Scope           string // the name of the instrumentation
	ScopeVersion    string
	ScopeAttributes Attributes
}

// Link is a link to a span of this or another trace.
type Link struct {
	TraceID    [16]byte
	SpanID     [8]byte
	State      string
	Attributes Attributes
}

// SpanEvent is an event of a span.
type SpanEvent struct {
	At         time.Time
	Name       string
	Attributes Attributes
}

// Batch is an export that was read.
type Batch struct {
	Spans    []Span
	Refusals Refusals
}

// Refusals counts the spans that were refused, and has the reasons of the first few.
type Refusals struct {
	Count int
	why   []string
}

const maxReasons = 5

// Add counts a refused span. why is a sentence for the caller.
func (r *Refusals) Add(why string) {
	r.Count++
	if len(r.why) < maxReasons {
		r.why = append(r.why, why)
	}
}

// Message says why spans were refused; "" if none was.
func (r *Refusals) Message() string {
	message := strings.Join(r.why, " ")
	if more := r.Count - len(r.why); more > 0 {
		message += fmt.Sprintf(" So were %d more.", more)
	}
	return message
}

// kinds are the kinds of spans by their numbers in the protocol.
var kinds = [...]string{"", "internal", "server", "client", "producer", "consumer"}

func kindOf(number uint64) string {
	if number < uint64(len(kinds)) {
		return kinds[number]
	}
	return ""
}

const statusError = 2

// Fault says what is wrong with a span, in words that follow "The span": "has no trace id".
type Fault string

// Error implements error.
func (f Fault) Error() string { return string(f) }

// check returns an error for a span without ids. It corrects an end that is before the start.
func (s *Span) check() error {
	switch {
	case s.TraceID == [16]byte{}:
		return Fault("has no trace id")
	case s.SpanID == [8]byte{}:
		return Fault("has no span id")
	case !s.Start.IsZero() && !s.End.IsZero() && s.End.Before(s.Start):
		s.End = s.Start // the clock was set back
	}
	return nil
}
