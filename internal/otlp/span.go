package otlp

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// ofSDK reports whether a Humanloop SDK made the span. Such a span names its parent by the id of a Log.
func ofSDK(s *wire.Span) bool { return strings.HasPrefix(s.Scope, "humanloop.sdk") }

func hexadecimal(b []byte) wire.Value { return wire.Text(hex.EncodeToString(b)) }

// resourceOf is the resource of the span without the telemetry library.
func resourceOf(s *wire.Span) wire.Attributes {
	out := make(wire.Attributes, len(s.Resource))
	for name, v := range s.Resource {
		if !strings.HasPrefix(name, "telemetry.sdk.") && v.Given() {
			out[name] = v
		}
	}
	return out
}

// aboutSpan describes a span without its attributes and events.
func aboutSpan(s *wire.Span) wire.Attributes {
	about := wire.Attributes{}
	for name, text := range map[string]string{
		"name": s.Name, "kind": s.Kind, "scope": s.Scope, "scope_version": s.ScopeVersion, "trace_state": s.State, "status": s.Status,
	} {
		if text != "" {
			about[name] = wire.Text(text)
		}
	}
	about["trace_id"], about["span_id"] = hexadecimal(s.TraceID[:]), hexadecimal(s.SpanID[:])
	if s.ParentID != [8]byte{} {
		about["parent_span_id"] = hexadecimal(s.ParentID[:])
	}
	if resource := resourceOf(s); len(resource) > 0 {
		about["resource"] = wire.Object(resource)
	}
	if len(s.ScopeAttributes) > 0 {
		about["scope_attributes"] = wire.Object(s.ScopeAttributes)
	}
	if s.Failed {
		delete(about, "status") // it is the error of the Log
	}
	var links []wire.Value
	for i := range s.Links {
		links = append(links, aboutLink(&s.Links[i]))
	}
	if links != nil {
		about["links"] = wire.List(links)
	}
	return about
}

func aboutLink(l *wire.Link) wire.Value {
	out := wire.Attributes{"trace_id": hexadecimal(l.TraceID[:]), "span_id": hexadecimal(l.SpanID[:])}
	if l.State != "" {
		out["trace_state"] = wire.Text(l.State)
	}
	if len(l.Attributes) > 0 {
		out["attributes"] = wire.Object(l.Attributes)
	}
	return wire.Object(out)
}

// happened are the events of the span without messages that are wholly in k.
func happened(s *wire.Span, k kept) []wire.Value {
	var out []wire.Value
	for i := range s.Events {
		e := &s.Events[i]
		if strings.HasPrefix(e.Name, "gen_ai.") && heldIn(e, k) {
			continue
		}
		event := wire.Attributes{"name": wire.Text(e.Name)}
		if !e.At.IsZero() {
			event["time"] = wire.Text(e.At.Format(time.RFC3339Nano))
		}
		if len(e.Attributes) > 0 {
			event["attributes"] = wire.Object(e.Attributes)
		}
		out = append(out, wire.Object(event))
	}
	return out
}

// heldIn reports whether the event is a message, or details of the call, and wholly in k.
func heldIn(e *wire.SpanEvent, k kept) bool {
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

// isDetails reports whether the attributes of an event belong to the span. They are in an event because of their size.
func isDetails(event string) bool {
	return event == "gen_ai.client.inference.operation.details" || event == "gen_ai.content.prompt" || event == "gen_ai.content.completion"
}
