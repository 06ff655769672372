package otlp

import (
	"encoding/hex"
	"strings"
	"time"
)

// ofSDK reports whether a Humanloop SDK made the span: it says by Logs' ids where it belongs.
func (s *Span) ofSDK() bool { return strings.HasPrefix(s.Scope, "humanloop.sdk") }

func hexadecimal(b []byte) Value { return Text(hex.EncodeToString(b)) }

// resource is what is worth knowing of who made the span; of the telemetry library nothing is.
func (s *Span) resource() Attributes {
	out := make(Attributes, len(s.Resource))
	for name, v := range s.Resource {
		if !strings.HasPrefix(name, "telemetry.sdk.") && v.Given() {
			out[name] = v
		}
	}
	return out
}

// about is what the span says of itself apart from its attributes and events.
func (s *Span) about() Attributes {
	about := Attributes{}
	for name, text := range map[string]string{
		"name": s.Name, "kind": s.Kind, "scope": s.Scope, "scope_version": s.ScopeVersion, "trace_state": s.State, "status": s.Status,
	} {
		if text != "" {
			about[name] = Text(text)
		}
	}
	about["trace_id"], about["span_id"] = hexadecimal(s.TraceID[:]), hexadecimal(s.SpanID[:])
	if s.ParentID != [8]byte{} {
		about["parent_span_id"] = hexadecimal(s.ParentID[:])
	}
	if resource := s.resource(); len(resource) > 0 {
		about["resource"] = object(resource)
	}
	if len(s.ScopeAttributes) > 0 {
		about["scope_attributes"] = object(s.ScopeAttributes)
	}
	if s.Failed {
		delete(about, "status") // it is the error of the Log
	}
	var links []Value
	for i := range s.Links {
		links = append(links, s.Links[i].value())
	}
	if links != nil {
		about["links"] = list(links)
	}
	return about
}

func (l *Link) value() Value {
	out := Attributes{"trace_id": hexadecimal(l.TraceID[:]), "span_id": hexadecimal(l.SpanID[:])}
	if l.State != "" {
		out["trace_state"] = Text(l.State)
	}
	if len(l.Attributes) > 0 {
		out["attributes"] = object(l.Attributes)
	}
	return object(out)
}

// happened are the events of the span, but for messages of which all is in k.
func (s *Span) happened(k kept) []Value {
	var out []Value
	for i := range s.Events {
		e := &s.Events[i]
		if strings.HasPrefix(e.Name, "gen_ai.") && e.heldIn(k) {
			continue
		}
		event := Attributes{"name": Text(e.Name)}
		if !e.At.IsZero() {
			event["time"] = Text(e.At.Format(time.RFC3339Nano))
		}
		if len(e.Attributes) > 0 {
			event["attributes"] = object(e.Attributes)
		}
		out = append(out, object(event))
	}
	return out
}

// heldIn reports whether the event is a message, or details of the call, of which all is in k.
func (e *Event) heldIn(k kept) bool {
	if _, message := eventRole(e.Name); !message && !isDetails(e.Name) {
		return false
	}
	for name, v := range e.Attributes {
		if !k.holds(name, v, 0) || broken(name, v) {
			return false
		}
	}
	return true
}

// isDetails tells the events whose attributes are those of the span, kept apart for their size.
func isDetails(event string) bool {
	return event == "gen_ai.client.inference.operation.details" || event == "gen_ai.content.prompt" || event == "gen_ai.content.completion"
}
