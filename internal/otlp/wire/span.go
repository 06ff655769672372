// Package wire reads OpenTelemetry trace exports in the protocol's two encodings, and writes the answers to them.
//
// [ReadProto] and [ReadJSON] give a [Batch] of spans, whose attributes are [Value]s. What is wrong with one span refuses that span alone: the
// others are kept, as the protocol's partial success has it. What a span means is not known here; package otlp says it.
package wire

import (
	"fmt"
	"strings"
	"time"
)

// Span is one span of an export, with what its resource and its instrumentation say of it. Zero times mean: not given.
type Span struct {
	TraceID  [16]byte
	SpanID   [8]byte
	ParentID [8]byte // zero for the root of a trace
	Name     string
	Kind     string // "internal", "server", "client", "producer", "consumer", or ""
	Start    time.Time
	End      time.Time

	Attributes Attributes
	Events     []Event
	Links      []Link
	Failed     bool   // its status is an error
	Status     string // what its status says
	State      string // of the trace, as W3C Trace Context has it

	Resource        Attributes
	Scope           string // the instrumentation's name
	ScopeVersion    string
	ScopeAttributes Attributes
}

// Link points to a span of this or of another trace.
type Link struct {
	TraceID    [16]byte
	SpanID     [8]byte
	State      string
	Attributes Attributes
}

// Event is something that happened at one moment of a span.
type Event struct {
	At         time.Time
	Name       string
	Attributes Attributes
}

// Batch is an export as it was read.
type Batch struct {
	Spans    []Span
	Refusals Refusals
}

// Refusals counts the spans that cannot be kept, and remembers why the first few cannot.
type Refusals struct {
	Count int
	why   []string
}

const maxReasons = 5

// Add refuses a span. why is a sentence for the caller.
func (r *Refusals) Add(why string) {
	r.Count++
	if len(r.why) < maxReasons {
		r.why = append(r.why, why)
	}
}

// Message says why spans were refused, "" when none was.
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

// Fault says what is wrong with a span, in words that complete "The span …".
type Fault string

// Error implements error.
func (f Fault) Error() string { return string(f) }

// check refuses a span that cannot be told from others.
func (s *Span) check() error {
	switch {
	case s.TraceID == [16]byte{}:
		return Fault("has no trace id")
	case s.SpanID == [8]byte{}:
		return Fault("has no span id")
	case !s.Start.IsZero() && !s.End.IsZero() && s.End.Before(s.Start):
		s.End = s.Start // clocks that were set back
	}
	return nil
}
