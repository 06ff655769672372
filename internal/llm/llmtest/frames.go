package llmtest

import (
	"bytes"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// framesOf makes an AWS event stream from the text of a fixture, one frame for each line: the name of an event and its payload; "!", the
// name of an exception and its payload; or "!!", the code of an error and its message.
func framesOf(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		name, payload, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if code, ok := strings.CutPrefix(name, "!!"); ok {
			out = append(out, Frame("", ":message-type", "error", ":error-code", code, ":error-message", payload)...)
		} else if exception, ok := strings.CutPrefix(name, "!"); ok {
			out = append(out, Frame(payload, ":exception-type", exception, ":content-type", "application/json", ":message-type", "exception")...)
		} else if name != "" {
			out = append(out, Frame(payload, ":event-type", name, ":content-type", "application/json", ":message-type", "event")...)
		}
	}
	return out
}

// Frame returns a frame of an AWS event stream with string headers, given as alternating names and values.
func Frame(payload string, headers ...string) []byte {
	m := eventstream.Message{Payload: []byte(payload)}
	for i := 0; i+1 < len(headers); i += 2 {
		m.Headers.Set(headers[i], eventstream.StringValue(headers[i+1]))
	}
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, m); err != nil {
		panic(err) // fails only for frames beyond the limits of the format
	}
	return out.Bytes()
}
