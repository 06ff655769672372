package llmhttp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	sdk "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/llm/failure"
)

// frame makes a frame with string headers, given as alternating names and values.
func frame(payload string, headers ...string) []byte {
	m := sdk.Message{Payload: []byte(payload)}
	for i := 0; i+1 < len(headers); i += 2 {
		m.Headers.Set(headers[i], sdk.StringValue(headers[i+1]))
	}
	var out bytes.Buffer
	if err := sdk.NewEncoder().Encode(&out, m); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func eventFrame(name, payload string) []byte {
	return frame(payload, ":event-type", name, ":content-type", "application/json", ":message-type", "event")
}

func exceptionFrame() []byte {
	return frame(`{"message":"Slow down."}`, ":exception-type", "throttlingException", ":message-type", "exception")
}

// readFrameEvents reads src as the body of a stream. It returns the events and how the stream ended.
func readFrameEvents(src io.Reader) ([]event, error) {
	x := &exchange{ctx: nil, call: failure.Call{}, res: &http.Response{Body: io.NopCloser(src), Header: http.Header{}}}
	s := &Stream{x: x, in: newFrames(src)}
	defer s.in.release()
	var out []event
	for {
		e, err := s.in.next()
		if err != nil {
			if f, ok := errors.AsType[*frameError](err); ok {
				return out, x.failedFrame(f)
			}
			return out, err
		}
		out = append(out, event{e.Name, string(e.Data)})
	}
}

func TestFrames(t *testing.T) {
	a, b, none := eventFrame("a", `{"n":1}`), eventFrame("b", `{"n":2}`), eventFrame("ping", "")
	damaged := bytes.Clone(b)
	damaged[len(damaged)-1] ^= 1
	both := []event{{"a", `{"n":1}`}, {"b", `{"n":2}`}}
	one := both[:1]
	for _, c := range []struct {
		name   string
		in     [][]byte
		want   []event
		end    error       // io.EOF, or how the input ended
		reason errs.Reason // of a classified end
	}{
		{"nothing", nil, nil, io.EOF, ""},
		{"two", [][]byte{a, b}, both, io.EOF, ""},
		{"one without a payload", [][]byte{none, a, none, b, none}, both, io.EOF, ""},
		{"an exception", [][]byte{a, exceptionFrame(), b}, one, nil, errs.RateLimited},
		{"an exception first", [][]byte{exceptionFrame()}, nil, nil, errs.RateLimited},
		{"an error in headers", [][]byte{frame("", ":message-type", "error", ":error-code", "InternalFailure", ":error-message", "Boom.")}, nil, nil, errs.ProviderInternal},
		{"a damaged one", [][]byte{a, damaged, a}, one, nil, errs.MalformedProviderResponse},
		{"text after one", [][]byte{a, []byte("<html>and much more")}, one, nil, errs.MalformedProviderResponse},
		{"a cut in the second", [][]byte{a, b[:20]}, one, io.ErrUnexpectedEOF, ""},
		{"a cut in the beginning of the second", [][]byte{a, b[:5]}, one, io.ErrUnexpectedEOF, ""},
		{"a cut in the first", [][]byte{a[:20]}, nil, io.ErrUnexpectedEOF, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := bytes.Join(c.in, nil)
			for i := range max(len(in), 1) {
				got, err := readFrameEvents(io.MultiReader(bytes.NewReader(in[:i]), bytes.NewReader(in[i:])))
				if d := cmp.Diff(c.want, got); d != "" {
					t.Fatalf("split at %d (-want +got):\n%s", i, d)
				}
				if c.end != nil && !errors.Is(err, c.end) || c.end == nil && errs.From(err).Reason != c.reason {
					t.Fatalf("split at %d: it ended with %v", i, err)
				}
			}
			if got, _ := readFrameEvents(iotest.OneByteReader(bytes.NewReader(in))); cmp.Diff(c.want, got) != "" {
				t.Errorf("byte by byte: %v", got)
			}
		})
	}
}

func TestFramesOfAnotherBody(t *testing.T) {
	for _, body := range []string{"", "{}", `{"message":"no frame, but longer than a frame's beginning"}`, "event: error\ndata: {}\n\n", strings.Repeat("long ", 1<<20)} {
		r := newFrames(iotest.HalfReader(strings.NewReader(body)))
		if _, err := r.next(); !errors.Is(err, io.EOF) {
			t.Errorf("%.20q ended with %v", body, err)
		}
		stray, known := r.leftover()
		if known || !strings.HasPrefix(body, string(stray)) || len(stray) < min(len(body), maxStray) {
			t.Errorf("of %.20q %d bytes are left, known %v", body, len(stray), known)
		}
		r.release()
	}
}

func TestFramesSayWhetherNextWaits(t *testing.T) {
	a := eventFrame("a", `{"n":1}`)
	half := len(a) / 2
	r := newFrames(io.MultiReader(bytes.NewReader(append(append(bytes.Clone(a), a...), a[:half]...)), bytes.NewReader(a[half:])))
	defer r.release()
	var got []bool
	for {
		e, err := r.next()
		if err != nil {
			break
		}
		got = append(got, e.More)
	}
	if d := cmp.Diff([]bool{true, false, false}, got); d != "" {
		t.Errorf("More (-want +got):\n%s", d)
	}
}

func TestFramesGrowToLargeOnesAndRefuseHugeOnes(t *testing.T) {
	large := `"` + strings.Repeat("x", MaxEvent-100) + `"`
	got, err := readFrameEvents(bytes.NewReader(eventFrame("a", large)))
	if len(got) != 1 || got[0].Data != large || !errors.Is(err, io.EOF) {
		t.Errorf("%d events, %v", len(got), err)
	}
	head := binary.BigEndian.AppendUint32(nil, MaxEvent+1)
	head = binary.BigEndian.AppendUint32(head, 0)
	head = binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(head))
	if _, err := readFrameEvents(io.MultiReader(bytes.NewReader(head), endless{})); !errors.Is(err, errTooLarge) {
		t.Errorf("a huge frame ended with %v", err)
	}
}

func TestFramesKeepTheErrorOfTheirSource(t *testing.T) {
	broken := errors.New("broken")
	got, err := readFrameEvents(io.MultiReader(bytes.NewReader(eventFrame("a", "{}")), iotest.ErrReader(broken)))
	if len(got) != 1 || !errors.Is(err, broken) {
		t.Errorf("%v, then %v", got, err)
	}
}

func FuzzFrames(f *testing.F) {
	a := eventFrame("a", `{"n":1}`)
	f.Add(append(bytes.Clone(a), a...), 10)
	f.Add(append(bytes.Clone(a), exceptionFrame()...), 40)
	f.Add([]byte(`{"message":"no frame at all"}`), 3)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		whole, end := readFrameEvents(bytes.NewReader(in))
		cut = min(max(cut, 0), len(in))
		parts, partsEnd := readFrameEvents(io.MultiReader(bytes.NewReader(in[:cut]), bytes.NewReader(in[cut:])))
		if d := cmp.Diff(whole, parts); d != "" {
			t.Errorf("the events depend on the cut (-whole +cut):\n%s", d)
		}
		if end.Error() != partsEnd.Error() {
			t.Errorf("it ends with %v, cut with %v", end, partsEnd)
		}
	})
}

func BenchmarkFrames(b *testing.B) {
	in := bytes.Repeat(eventFrame("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"text":" word"},"p":"abcdefghijklm"}`), 100)
	src := bytes.NewReader(in)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		src.Reset(in)
		r := newFrames(src)
		for {
			if _, err := r.next(); err != nil {
				break
			}
		}
		r.release()
	}
}
