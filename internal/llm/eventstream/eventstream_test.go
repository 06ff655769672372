package eventstream_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"

	"openloop/internal/llm/eventstream"
)

// encode is the frame that Amazon's own library makes.
func encode(tb testing.TB, payload string, headers ...sdk.Header) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := sdk.NewEncoder().Encode(&out, sdk.Message{Headers: headers, Payload: []byte(payload)}); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func text(name, value string) sdk.Header {
	return sdk.Header{Name: name, Value: sdk.StringValue(value)}
}

// everyKind has a header of each kind before one that matters.
func everyKind(tb testing.TB) []byte {
	tb.Helper()
	return encode(tb, `{"a":1}`,
		sdk.Header{Name: "true", Value: sdk.BoolValue(true)}, sdk.Header{Name: "false", Value: sdk.BoolValue(false)},
		sdk.Header{Name: "int8", Value: sdk.Int8Value(-1)}, sdk.Header{Name: "int16", Value: sdk.Int16Value(-1)},
		sdk.Header{Name: "int32", Value: sdk.Int32Value(-1)}, sdk.Header{Name: "int64", Value: sdk.Int64Value(-1)},
		sdk.Header{Name: "bytes", Value: sdk.BytesValue("abc")}, sdk.Header{Name: "time", Value: sdk.TimestampValue(time.Unix(1, 0))},
		sdk.Header{Name: "uuid", Value: sdk.UUIDValue{1, 2, 3}}, text("", "nameless"), text(":event-type", "delta"),
	)
}

func TestParse(t *testing.T) {
	frame := everyKind(t)
	f, size, err := eventstream.Parse(append(bytes.Clone(frame), "more"...))
	if err != nil || size != len(frame) {
		t.Fatalf("size %d, %v, want %d", size, err, len(frame))
	}
	if d := cmp.Diff(map[string]string{":event-type": "delta", "": "nameless"}, f.Texts()); d != "" {
		t.Errorf("Texts (-want +got):\n%s", d)
	}
	if got := string(f.Text(":event-type")); got != "delta" {
		t.Errorf("Text is %q", got)
	}
	if got := f.Text("bytes"); got != nil {
		t.Errorf("Text of bytes is %q", got)
	}
	if got := string(f.Payload); got != `{"a":1}` {
		t.Errorf("the payload is %q", got)
	}
}

func TestParseWaitsForAWholeFrame(t *testing.T) {
	frame := everyKind(t)
	for i := range frame {
		f, size, err := eventstream.Parse(frame[:i])
		want := 0
		if i >= 12 {
			want = len(frame)
		}
		if size != want || err != nil || f.Payload != nil {
			t.Fatalf("of %d bytes: %+v, size %d, %v", i, f, size, err)
		}
	}
}

func TestParseFindsEveryFlippedBit(t *testing.T) {
	frame := everyKind(t)
	for i := range frame {
		for bit := range 8 {
			damaged := bytes.Clone(frame)
			damaged[i] ^= 1 << bit
			if _, size, err := eventstream.Parse(damaged); !errors.Is(err, eventstream.ErrCorrupt) {
				t.Fatalf("byte %d, bit %d: size %d, %v", i, bit, size, err)
			}
		}
	}
}

func TestParseRefusesOtherBytes(t *testing.T) {
	for _, body := range []string{`{"message":"hello"}`, "<!DOCTYPE html><html>", "data: {}\n\nmore", "\x00\x00\x00\x0f\x00\x00\x00\x00aaaa"} {
		if _, size, err := eventstream.Parse([]byte(body)); !errors.Is(err, eventstream.ErrCorrupt) {
			t.Errorf("%q: size %d, %v", body, size, err)
		}
	}
}

// FuzzParse compares with Amazon's own library: what it takes, Parse reads the same.
func FuzzParse(f *testing.F) {
	f.Add(everyKind(f))
	f.Add(encode(f, ""))
	f.Add([]byte(`{"message":"no frame"}`))
	f.Fuzz(compare)
}

// FuzzHeaders is FuzzParse for frames whose checksums are right, whatever is in them.
func FuzzHeaders(f *testing.F) {
	whole := everyKind(f)
	f.Add(whole[12:bytes.Index(whole, []byte(`{"a"`))], []byte(`{}`))
	f.Add([]byte("\x01a\x07\x00\x01b"), []byte{})
	f.Add([]byte("\x05short"), []byte("x"))
	f.Add([]byte("\x00\x00\x00\a\x00\x01\a\x00\x01"), []byte("0")) // one name three times, of different kinds
	f.Add([]byte("\x00\x07\x00\x01a\x00\x00"), []byte("0"))
	f.Fuzz(func(t *testing.T, headers, payload []byte) { compare(t, seal(headers, payload)) })
}

// seal makes the frame of headers as they are.
func seal(headers, payload []byte) []byte {
	frame := binary.BigEndian.AppendUint32(nil, uint32(12+len(headers)+len(payload)+4))
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(headers)))
	frame = binary.BigEndian.AppendUint32(frame, crc32.ChecksumIEEE(frame))
	frame = append(append(frame, headers...), payload...)
	return binary.BigEndian.AppendUint32(frame, crc32.ChecksumIEEE(frame))
}

func compare(t *testing.T, data []byte) {
	got, size, err := eventstream.Parse(data)
	want, reference := sdk.NewDecoder().Decode(bytes.NewReader(data), nil)
	if reference != nil {
		got.Text(":event-type")
		got.Texts()
		return
	}
	if err != nil || size > len(data) {
		t.Fatalf("size %d of %d, %v, but it is a frame", size, len(data), err)
	}
	if !bytes.Equal(want.Payload, got.Payload) {
		t.Errorf("payload %q, want %q", got.Payload, want.Payload)
	}
	texts := map[string]string{}
	for _, h := range want.Headers {
		if v, ok := h.Value.(sdk.StringValue); ok {
			texts[h.Name] = string(v)
		}
	}
	if d := cmp.Diff(texts, got.Texts()); d != "" {
		t.Errorf("headers (-want +got):\n%s", d)
	}
}
