package sandbox

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/json"
)

// FuzzRead reads answers that the code of a user wrote in place of the runner.
func FuzzRead(f *testing.F) {
	for _, line := range []string{
		`{"ok":true,"stdout":"a\n","cut":3}`, `{"ok":null}`, `{}`, `null`, `[]`, `{"ok":`, `{"error":{"kind":"memory","line":-5}}`, `{"error":{"type":"KeyError","message":"'x'","line":2,"function":"h",` +
			`"traceback":"t"},"stdout":"s"}`, `{"error":{}}`, `{"ok":"\ud800"}`, "{\"ok\":\"\xff\"}", `{"ok":1,"ok":2}`, `{"stdout":5}`, `{"ok":1e999999}`, `{"error":{"kind":"invalid"},"cut":-1}`,
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r, err := read(line, 128<<20)
		if r == nil || (err == nil) != (len(r.Value) > 0) || r.Line < 0 {
			t.Fatalf("got %+v, %v", r, err)
		}
		if err == nil && !json.Valid(r.Value) || !utf8.ValidString(r.Stdout) || len(r.Stdout) > MaxStdout+maxTraceback+100 {
			t.Errorf("got %+v", r)
		}
		if err != nil && (errs.From(err).Message == "" || !utf8.ValidString(errs.From(err).Message) || !errs.Is(err, errs.CodeFailed, errs.CodeOutOfMemory, errs.EvaluatorInvalid)) {
			t.Errorf("got %v", err)
		}
	})
}

// FuzzOutput writes bytes in two parts. What counts is the last whole line.
func FuzzOutput(f *testing.F) {
	f.Add([]byte("a\nb\nc"), 2)
	f.Add([]byte("\n"), 0)
	f.Add([]byte("longer than the limit\nx\n"), 5)
	f.Fuzz(func(t *testing.T, data []byte, at int) {
		const most = 8
		o := output{most: most}
		at = max(0, min(at, len(data)))
		for _, part := range [][]byte{data[:at], data[at:]} {
			if n, err := o.Write(part); n != len(part) || err != nil {
				t.Fatalf("got %d, %v", n, err)
			}
		}
		lines := bytes.Split(data, []byte("\n"))
		if len(lines) == 1 {
			if o.last != nil {
				t.Errorf("got %q", o.last)
			}
			return
		}
		want := lines[len(lines)-2]
		if len(want) > most {
			want = nil
		}
		if !bytes.Equal(o.last, want) {
			t.Errorf("got %q, want %q", o.last, want)
		}
	})
}

// FuzzStoredMemory reads files in the place of the stored memory of an interpreter.
func FuzzStoredMemory(f *testing.F) {
	f.Add([]byte(mark + "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00" + strings.Repeat("x", pageSize)))
	f.Add([]byte(mark))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := t.TempDir() + "/memory"
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := readSnapshot(path, 1<<20)
		if err != nil {
			return
		}
		defer s.memory.free()
		if len(s.memory)%pageSize != 0 || int(s.step) >= len(s.memory) || !bytes.Equal(s.memory, data[headSize:headSize+len(s.memory)]) {
			t.Errorf("got a memory of %d bytes and the step %d", len(s.memory), s.step)
		}
	})
}

// TestTheVersionOfTheCompilerIsThatOfTheModule keeps the name of the cache to go.mod.
func TestTheVersionOfTheCompilerIsThatOfTheModule(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	if err != nil || !strings.Contains(string(text), "github.com/tetratelabs/wazero v"+wazeroVersion+"\n") {
		t.Errorf("go.mod does not name version %s: %v", wazeroVersion, err)
	}
}
