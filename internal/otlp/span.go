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

// happened are the events of the span that are no messages.
func (s *Span) happened() []Value {
	var out []Value
	for i := range s.Events {
		e := &s.Events[i]
		if strings.HasPrefix(e.Name, "gen_ai.") {
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
