package blobs

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

// fill sets every field of v, at any depth, to something other than its zero value.
func fill(v reflect.Value) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.UnixMicro(1_700_000_000_000_001).UTC()))
		return
	case json.Value:
		v.SetBytes([]byte(`{"a":1}`))
		return
	case llm.Piece:
		v.Set(reflect.ValueOf(llm.Piece{Kind: llm.CallPiece, Index: 3}))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf("x"))
	case reflect.String:
		v.SetString("text of " + v.Type().String())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(-7)
	case reflect.Float64:
		v.SetFloat(0.25)
	default:
		panic("fill does not know " + v.Type().String())
	}
}

// TestRecordAndPayloadKeepEveryField fails for a field of a Log that is not stored. Without it, such a field would be lost silently.
func TestRecordAndPayloadKeepEveryField(t *testing.T) {
	var want, got trace.Log
	fill(reflect.ValueOf(&want).Elem())
	record, err := AppendRecord(nil, &want)
	if err != nil {
		t.Fatal(err)
	}
	if err := ReadRecord(record, &got); err != nil {
		t.Fatal(err)
	}
	if got.Payload, err = ReadPayload(AppendPayload(nil, &want.Payload)); err != nil {
		t.Fatal(err)
	}
	// These are columns.
	got.ID, got.Kind, got.FileID, got.VersionID, got.CreatedAt = want.ID, want.Kind, want.FileID, want.VersionID, want.CreatedAt
	got.TraceID, got.TraceParentID, got.ParentID = want.TraceID, want.TraceParentID, want.ParentID
	// A content is a text or parts. Here it is parts.
	for _, m := range []*llm.Message{&want.Payload.Messages[0], &want.Payload.Messages[1], want.Payload.OutputMessage} {
		m.Content.Text = ""
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(llm.Cache{}, "Type")); diff != "" { // there is one type
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEmptyPayloadTakesNoRoom(t *testing.T) {
	if got := AppendPayload(nil, &trace.Payload{}); len(got) != 0 {
		t.Errorf("it takes %d bytes", len(got))
	}
}

func TestReadersSkipUnknownFields(t *testing.T) {
	unknown := appendTextAlways(appendIntAlways(appendFloatPointer(nil, 900, new(1.5)), 901, 3), 902, "new")
	output := "out"
	p, err := ReadPayload(AppendPayload(unknown, &trace.Payload{Output: &output}))
	if diff := cmp.Diff(trace.Payload{Output: &output}, p); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestReadersRefuseBrokenRecords(t *testing.T) {
	message, _ := appendMessage(nil, payMessage, &llm.Message{Role: llm.User, Content: llm.Parts(llm.Part{Type: llm.TextPart, Text: "hello"})}, nil, 0)
	for cut := 1; cut < len(message); cut++ {
		if _, err := ReadPayload(message[:cut]); err == nil {
			t.Errorf("a payload cut after %d of %d bytes was read", cut, len(message))
		}
	}
	var l trace.Log
	if err := ReadRecord(appendText(nil, recDetail, "{"), &l); err == nil {
		t.Error("a detail that is not JSON was read")
	}
}

func FuzzReadPayload(f *testing.F) {
	var l trace.Log
	fill(reflect.ValueOf(&l).Elem())
	f.Add(AppendPayload(nil, &l.Payload))
	f.Add(AppendPayload(nil, exchange(f, sentence, sentence)))
	f.Add([]byte("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := ReadPayload(data)
		if err != nil {
			return
		}
		written := AppendPayload(nil, &first)
		second, err := ReadPayload(written)
		if again := AppendPayload(nil, &second); string(again) != string(written) || err != nil {
			t.Errorf("%v: %x was read and written as %x", err, written, again)
		}
	})
}

func FuzzReadRecord(f *testing.F) {
	var l trace.Log
	fill(reflect.ValueOf(&l).Elem())
	l.Detail = nil // its JSON has forms of its own
	record, err := AppendRecord(nil, &l)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(record)
	f.Fuzz(func(t *testing.T, data []byte) {
		var first, second trace.Log
		if ReadRecord(data, &first) != nil || first.Detail != nil {
			return
		}
		again, err := AppendRecord(nil, &first)
		if err == nil {
			err = ReadRecord(again, &second)
		}
		if err != nil {
			t.Fatal(err)
		}
		third, err := AppendRecord(nil, &second)
		if string(third) != string(again) || err != nil { // by bytes, since NaN differs from itself
			t.Errorf("%v: %x was read as %x", err, again, third)
		}
	})
}

func FuzzJSONTexts(f *testing.F) {
	f.Add(`{"q":"gr\u00FCn"}`, "grün")
	f.Add(`[{"a":"\ud83d\ude00"},1]`, "😀")
	f.Fuzz(func(t *testing.T, raw, text string) {
		found := false
		jsonTexts(json.Value(raw), func(in string) bool {
			found = strings.Contains(in, strings.ToLower(text))
			return !found
		})
		if raw != "" && strings.Contains(raw, strings.ToLower(text)) && strings.ToLower(raw) == raw && !found {
			t.Errorf("%q not found in %q", text, raw)
		}
	})
}
