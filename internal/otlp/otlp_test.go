package otlp_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// The pieces of an export in Protocol Buffers.
func message(num protowire.Number, fields ...[]byte) []byte {
	var b []byte
	for _, f := range fields {
		b = append(b, f...)
	}
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
}

func bytesField(num protowire.Number, v string) []byte { return message(num, []byte(v)) }

func varint(num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), v)
}

func fixed64(num protowire.Number, v uint64) []byte {
	return protowire.AppendFixed64(protowire.AppendTag(nil, num, protowire.Fixed64Type), v)
}

func protoExport(spans ...[]byte) []byte {
	return message(1, message(1, message(1, bytesField(1, "service.name"), message(2, bytesField(1, "svc")))),
		message(2, append([][]byte{message(1, bytesField(1, "scope"), bytesField(2, "1"))}, spans...)...))
}

// TestBothEncodingsSayTheSame writes one span in both and compares what is read.
func TestBothEncodingsSayTheSame(t *testing.T) {
	text := rapid.StringMatching(`[a-zA-Zäß €"\\\n]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		trace, span := rapid.StringMatching(`[0-9a-f]{31}[1-9a-f]`).Draw(t, "trace"), rapid.StringMatching(`[0-9a-f]{15}[1-9a-f]`).Draw(t, "span")
		name, kind := text.Draw(t, "name"), rapid.Uint64Range(0, 7).Draw(t, "kind")
		began := rapid.Uint64Range(0, 1<<62).Draw(t, "start")
		ended := began + rapid.Uint64Range(0, 1<<40).Draw(t, "length")
		code, status := rapid.Uint64Range(0, 3).Draw(t, "code"), text.Draw(t, "status")
		value := drawValue(t, 3)

		quote := func(s string) string { return string(json.AppendString(nil, s)) }
		asJSON := fmt.Sprintf(`{"traceId":%q,"spanId":%q,"name":%s,"kind":%d,"startTimeUnixNano":"%d","endTimeUnixNano":%d,`+
			`"status":{"code":%d,"message":%s},"attributes":[{"key":"k","value":%s}],"events":[{"name":%s,"timeUnixNano":"%d","attributes":[{"key":"e","value":%s}]}]}`,
			trace, span, quote(name), kind, began, ended, code, quote(status), value.json, quote(name), began, value.json)
		asProto := message(2, bytesField(1, unhex(trace)), bytesField(2, unhex(span)), bytesField(5, name), varint(6, kind), fixed64(7, began), fixed64(8, ended),
			message(9, bytesField(1, "k"), message(2, value.proto)),
			message(11, fixed64(1, began), bytesField(2, name), message(3, bytesField(1, "e"), message(2, value.proto))),
			message(15, bytesField(2, status), varint(3, code)))

		fromJSON, err := otlp.ReadJSON([]byte(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"svc"}}]},` +
			`"scopeSpans":[{"scope":{"name":"scope","version":"1"},"spans":[` + asJSON + `]}]}]}`))
		if err != nil {
			t.Fatal(err)
		}
		fromProto, err := otlp.ReadProto(protoExport(asProto))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(fromProto, fromJSON, cmp.AllowUnexported(otlp.Batch{}, wire.Value{}, wire.Refusals{})); d != "" || len(fromJSON.Spans) != 1 {
			t.Fatalf("%s\n(-proto +json):\n%s", asJSON, d)
		}
	})
}

func unhex(s string) string {
	b, _ := hex.DecodeString(s)
	return string(b)
}

// bothWays is an AnyValue in both encodings.
type bothWays struct {
	json  string
	proto []byte
}

func drawValue(t *rapid.T, depth int) bothWays {
	switch rapid.IntRange(0, 3+min(depth, 1)*2).Draw(t, "type") {
	case 0:
		s := rapid.StringMatching(`[a-z"\\ß]{0,5}`).Draw(t, "text")
		return bothWays{`{"stringValue":` + string(json.AppendString(nil, s)) + `}`, bytesField(1, s)}
	case 1:
		b := rapid.Uint64Range(0, 1).Draw(t, "bool")
		return bothWays{fmt.Sprintf(`{"boolValue":%t}`, b == 1), varint(2, b)}
	case 2:
		n := rapid.Int64().Draw(t, "int")
		return bothWays{fmt.Sprintf(`{"intValue":"%d"}`, n), varint(3, uint64(n))}
	case 3:
		s := rapid.StringMatching(`[a-z]{0,5}`).Draw(t, "bytes")
		encoded, _ := json.Marshal([]byte(s))
		return bothWays{`{"bytesValue":` + string(encoded) + `}`, bytesField(7, s)}
	case 4:
		a, b := drawValue(t, depth-1), drawValue(t, depth-1)
		return bothWays{`{"arrayValue":{"values":[` + a.json + `,` + b.json + `]}}`, message(5, message(1, a.proto), message(1, b.proto))}
	default:
		v := drawValue(t, depth-1)
		return bothWays{`{"kvlistValue":{"values":[{"key":"m","value":` + v.json + `}]}}`, message(6, message(1, bytesField(1, "m"), message(2, v.proto)))}
	}
}

// okSpan is a span without anything special.
func okSpan() []byte {
	return message(2, bytesField(1, strings.Repeat("t", 16)), bytesField(2, strings.Repeat("s", 8)), bytesField(5, "ok"))
}

func TestABadSpanIsRefusedAlone(t *testing.T) {
	deep := bytesField(1, "x")
	for range 100 {
		deep = message(5, message(1, deep))
	}
	ids := append(bytesField(1, strings.Repeat("t", 16)), bytesField(2, strings.Repeat("r", 8))...)
	for name, c := range map[string]struct {
		span []byte
		want string
	}{
		"no trace id":    {message(2, bytesField(2, strings.Repeat("s", 8))), "The span at byte 77 has no trace id."},
		"no span id":     {message(2, bytesField(1, strings.Repeat("t", 16))), "The span at byte 77 has no span id."},
		"a short id":     {message(2, bytesField(1, "t")), "The span at byte 77 has a trace id of 1 bytes, and not of 16."},
		"broken":         {message(2, ids, []byte{0x2a, 0x7f}), "The span at byte 78 is malformed."},
		"a far time":     {message(2, ids, fixed64(7, 1<<63)), "The span at byte 78 has a time that is too far in the future."},
		"nested too far": {message(2, ids, message(9, message(2, deep))), "The span at byte 80 has an attribute that is nested too deep."},
	} {
		batch, err := otlp.ReadProto(protoExport(okSpan(), c.span, okSpan()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(batch.Spans) != 2 || batch.Refusals.Count != 1 || batch.Refusals.Message() != c.want {
			t.Errorf("%s: %d spans are left, and %q", name, len(batch.Spans), batch.Refusals.Message())
		}
	}
}

func TestMalformedExports(t *testing.T) {
	for _, c := range []struct {
		read func([]byte) (*otlp.Batch, error)
		body string
		want string
	}{
		{otlp.ReadProto, "\x0a\x05ab", "invalid_encoding: The body is not an OTLP trace export in Protocol Buffers: it is malformed at byte 0."},
		{otlp.ReadProto, string(okSpan()) + "\x0f", "invalid_encoding: The body is not an OTLP trace export in Protocol Buffers: it is malformed at byte 34."},
		{otlp.ReadJSON, "{\n  \"resourceSpans\": [", "invalid_json: The body is not valid JSON: line 2, column 21: the text ends too early."},
		{otlp.ReadJSON, `{"resourceSpans": [{"scopeSpans": 1}]}`, "validation_failed: The body is not an OTLP trace export: line 1, column 35: the value has the wrong type."},
		{otlp.ReadJSON, "{\"a\":\"\xff\"}", "invalid_encoding: The body is not valid UTF-8: see line 1, column 7."},
		{
			otlp.ReadJSON, `{"resourceSpans":[{"resource":{"attributes":[{"key":"k","value":{"intValue":"x"}}]}}]}`,
			"validation_failed: resourceSpans[0].resource has an attribute that should be a number and is none.",
		},
	} {
		_, err := c.read([]byte(c.body))
		if err == nil || errs.From(err).Error() != c.want {
			t.Errorf("%q: %v", c.body, err)
		}
	}
}

func TestRefusalsAreCounted(t *testing.T) {
	var r wire.Refusals
	for i := range 8 {
		r.Add(fmt.Sprintf("Reason %d.", i))
	}
	want := "Reason 0. Reason 1. Reason 2. Reason 3. Reason 4. So were 3 more."
	if r.Count != 8 || r.Message() != want {
		t.Errorf("%d: %s", r.Count, r.Message())
	}
}

func TestAnswers(t *testing.T) {
	partial := wire.ExportResponse{Records: []string{"log_1"}, Rejected: 2, Message: "why"}
	if got, err := partial.JSON(); err != nil || string(got) != `{"records":["log_1"],"partialSuccess":{"rejectedSpans":"2","errorMessage":"why"}}` {
		t.Errorf("%s, %v", got, err)
	}
	if d := cmp.Diff(message(1, varint(1, 2), bytesField(2, "why")), partial.Proto()); d != "" {
		t.Error(d)
	}
	if got, err := new(wire.ExportResponse).JSON(); err != nil || string(got) != "{}" || len(new(wire.ExportResponse).Proto()) != 0 {
		t.Errorf("the whole success is %s, %v", got, err)
	}
}

func TestLossyTimes(t *testing.T) {
	batch, err := otlp.ReadJSON([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b",` +
		`"startTimeUnixNano":1.7953726539965150e18,"endTimeUnixNano":1795372653996737000}]}]}]}`))
	if err != nil || len(batch.Spans) != 1 {
		t.Fatal(batch, err)
	}
	want := time.Date(2026, 11, 22, 18, 37, 33, 996_515_000, time.UTC)
	if s := batch.Spans[0]; !s.Start.Equal(want) || !s.End.Equal(want.Add(222*time.Microsecond)) {
		t.Errorf("from %s to %s", s.Start, s.End)
	}
}
