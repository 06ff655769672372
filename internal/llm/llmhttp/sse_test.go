package llmhttp

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// event is an Event that outlives its buffer.
type event struct {
	Name, Data string
}

func readEvents(t testing.TB, src io.Reader) []event {
	t.Helper()
	r := newReader(src)
	defer r.release()
	var out []event
	for {
		e, err := r.next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Data) == 0 {
			t.Fatal("an event without data")
		}
		out = append(out, event{e.Name, string(e.Data)})
	}
}

var streams = []struct {
	name, in string
	want     []event
}{
	{"nothing", "", nil},
	{"one event", "data: a\n\n", []event{{"", "a"}}},
	{"no blank after the colon", "data:a\n\n", []event{{"", "a"}}},
	{"only one blank is dropped", "data:  a\n\n", []event{{"", " a"}}},
	{"CRLF", "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n", []event{{"x", "a"}, {"", "b"}}},
	{"CR", "event: x\rdata: a\r\rdata: b\r\r", []event{{"x", "a"}, {"", "b"}}},
	{"mixed line ends", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\n", []event{{"", "a\nb\nc"}, {"", "d"}}},
	{"several lines of data", "data: a\ndata\ndata:\ndata: b\n\n", []event{{"", "a\n\n\nb"}}},
	{"byte order mark", "\xef\xbb\xbfdata: a\n\n", []event{{"", "a"}}},
	{"a second mark is no mark", "data: a\n\n\xef\xbb\xbfdata: b\n\n", []event{{"", "a"}}},
	{"comments", ": ping\n\n:\ndata: a\n: in between\ndata: b\n\n: ping\n\n", []event{{"", "a\nb"}}},
	{"the name lasts for one event", "event: x\ndata: a\n\ndata: b\n\n", []event{{"x", "a"}, {"", "b"}}},
	{"the last name wins", "event: x\nevent: y\ndata: a\n\n", []event{{"y", "a"}}},
	{"a name without data is no event", "event: x\n\ndata: a\n\n", []event{{"", "a"}}},
	{"empty data is no event", "data:\n\ndata\n\ndata: a\n\n", []event{{"", "a"}}},
	{"id, retry and unknown fields", "id: 1\nretry: 5\nfoo: bar\ndatax: 1\ndata: a\n\n", []event{{"", "a"}}},
	{"no blank line at the end", "data: a\n\ndata: [DONE]\n", []event{{"", "a"}, {"", "[DONE]"}}},
	{"no line end at the end", "data: a\n\nevent: x\ndata: {\"b\":1}", []event{{"", "a"}, {"x", `{"b":1}`}}},
	{"a cut event is dropped", "data: a\n\ndata: {\"b\":", []event{{"", "a"}}},
	{"a cut marker is dropped", "data: a\n\ndata: [DON", []event{{"", "a"}}},
	{"document between events", "data: a\n\n{\n \"error\": {\n  \"s\": \"}\\\"\"\n }\n}\ndata: b\n\n", []event{{"", "a"}, {"", "{\n \"error\": {\n  \"s\": \"}\\\"\"\n }\n}"}, {"", "b"}}},
	{"document right after data", "data: a\n{\"error\":1}\n", []event{{"", "a"}, {"", `{"error":1}`}}},
	{"lines of JSON", "{\"a\":1}\n{\"a\":2}\r\n\r\n{\"a\":3}", []event{{"", `{"a":1}`}, {"", `{"a":2}`}, {"", `{"a":3}`}}},
	{"list of documents", "[{\"a\":1}\n,\n{\"a\":2}]", []event{{"", "[{\"a\":1}\n,\n{\"a\":2}]"}}},
	{"a cut document is dropped", "{\"a\":1}\n{\"a\":", []event{{"", `{"a":1}`}}},
	{"HTML", "<html>\n<h1>Hi: you</h1>\n</html>\n", nil},
}

func TestReader(t *testing.T) {
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, readEvents(t, strings.NewReader(c.in))); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}

func TestReaderDoesNotCareHowInputIsCut(t *testing.T) {
	for _, c := range streams {
		t.Run(c.name, func(t *testing.T) {
			for i := range len(c.in) + 1 {
				in := io.MultiReader(strings.NewReader(c.in[:i]), strings.NewReader(c.in[i:]))
				if d := cmp.Diff(c.want, readEvents(t, in)); d != "" {
					t.Errorf("cut at byte %d (-want +got):\n%s", i, d)
				}
			}
			if d := cmp.Diff(c.want, readEvents(t, iotest.OneByteReader(strings.NewReader(c.in)))); d != "" {
				t.Errorf("byte by byte (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.want, readEvents(t, iotest.DataErrReader(strings.NewReader(c.in)))); d != "" {
				t.Errorf("end with the last bytes (-want +got):\n%s", d)
			}
		})
	}
}

func TestMoreSaysThatNextDoesNotWait(t *testing.T) {
	in := io.MultiReader(
		strings.NewReader("data: 1\n\ndata: 2\n\n: ping\n\n"),
		strings.NewReader("data: 3\n\ndata: "),
		strings.NewReader("4\n\n"),
	)
	r := newReader(in)
	defer r.release()
	type got struct {
		Data string
		More bool
	}
	var all []got
	for {
		e, err := r.next()
		if err != nil {
			break
		}
		all = append(all, got{string(e.Data), e.More})
	}
	if d := cmp.Diff([]got{{"1", true}, {"2", false}, {"3", false}, {"4", false}}, all); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestReaderGrowsToLargeEvents(t *testing.T) {
	line := strings.Repeat("x", 1000)
	var in, want strings.Builder
	for i := range 500 {
		in.WriteString("data: " + line + "\n")
		if i > 0 {
			want.WriteByte('\n')
		}
		want.WriteString(line)
	}
	in.WriteString("\ndata: small\n\n")
	got := readEvents(t, iotest.HalfReader(strings.NewReader(in.String())))
	if d := cmp.Diff([]event{{"", want.String()}, {"", "small"}}, got); d != "" {
		t.Errorf("(-want +got):\n%.200s", d)
	}
}

// endless is a source that never ends a line.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestReaderRefusesEventsWithoutEnd(t *testing.T) {
	for _, head := range []string{"", "data: ", "{"} {
		r := newReader(io.MultiReader(strings.NewReader(head), endless{}))
		_, err := r.next()
		if !errors.Is(err, errTooLarge) {
			t.Errorf("after %q: got %v", head, err)
		}
		r.release()
	}
}

func TestReaderKeepsTheErrorOfItsSource(t *testing.T) {
	broken := errors.New("reset")
	r := newReader(io.MultiReader(strings.NewReader("data: a\n\ndata: {"), iotest.ErrReader(broken)))
	defer r.release()
	if e, err := r.next(); err != nil || string(e.Data) != "a" {
		t.Fatalf("first event: %q, %v", e.Data, err)
	}
	for range 2 {
		if _, err := r.next(); !errors.Is(err, broken) {
			t.Errorf("got %v, want the error of the source", err)
		}
	}
}

func TestReaderDoesNotAllocatePerEvent(t *testing.T) {
	in := strings.Repeat("event: delta\ndata: {\"text\":\"some words\"}\n\n", 1000)
	src := strings.NewReader(in)
	allocs := testing.AllocsPerRun(20, func() {
		src.Reset(in)
		r := newReader(src)
		for {
			if _, err := r.next(); err != nil {
				break
			}
		}
		r.release()
	})
	if allocs > 5 {
		t.Errorf("%v allocations for 1000 events", allocs)
	}
}

// plainEvents follows the specification line by line, for inputs without bare documents.
func plainEvents(in string) []event {
	in = strings.TrimPrefix(in, "\xef\xbb\xbf")
	in = strings.ReplaceAll(strings.ReplaceAll(in, "\r\n", "\n"), "\r", "\n")
	var out []event
	var name string
	var data []string
	flush := func() {
		if s := strings.Join(data, "\n"); s != "" {
			out = append(out, event{name, s})
		}
		name, data = "", nil
	}
	lines := strings.Split(in, "\n")
	for i, line := range lines {
		if line == "" {
			if i < len(lines)-1 {
				flush()
			}
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "data":
			data = append(data, value)
		case "event":
			name = value
		}
	}
	if s := strings.Join(data, "\n"); s != "" && whole([]byte(s)) {
		flush()
	}
	return out
}

func hasDocument(in string) bool {
	in = strings.TrimPrefix(in, "\xef\xbb\xbf")
	for _, line := range strings.FieldsFunc(in, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line[0] == '{' || line[0] == '[' {
			return true
		}
	}
	return false
}

func FuzzReader(f *testing.F) {
	for _, c := range streams {
		f.Add([]byte(c.in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got := readEvents(t, bytes.NewReader(in))
		if d := cmp.Diff(got, readEvents(t, iotest.OneByteReader(bytes.NewReader(in)))); d != "" {
			t.Fatalf("whole and byte by byte differ:\n%s", d)
		}
		if hasDocument(string(in)) {
			return
		}
		if d := cmp.Diff(plainEvents(string(in)), got); d != "" {
			t.Fatalf("not as the specification says (-want +got):\n%s", d)
		}
	})
}

func BenchmarkReader(b *testing.B) {
	event := "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-4o\"," +
		"\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"
	in := strings.Repeat(event, 100)
	src := strings.NewReader(in)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		src.Reset(in)
		r := newReader(src)
		for {
			if _, err := r.next(); err != nil {
				break
			}
		}
		r.release()
	}
}
