package archive

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzLines checks that the lines of a text are those that are not blank, and that they are at their offsets.
func FuzzLines(f *testing.F) {
	for _, seed := range []string{"", "{}\n", "{}", "\n\n{\"a\":1}\r\n \n[]\n", "0123456789abcdef\n", "01234567890abcdefg\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := newLines("1.jsonl", bytes.NewReader(text))
		s.limit = 16
		for {
			l, err := s.read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if fault, ok := errors.AsType[*Fault](err); !ok || fault.Line < 1 {
					t.Fatalf("the error is %v", err)
				}
				return
			}
			if at := text[l.offset:]; !bytes.HasPrefix(at, l.raw) || len(l.raw) > s.limit || len(bytes.TrimSpace(l.raw)) == 0 {
				t.Fatalf("line %d at %d is %q", l.number, l.offset, l.raw)
			}
			if lines := bytes.Count(text[:l.offset], []byte{'\n'}); lines != l.number-1 {
				t.Fatalf("line %d comes after %d lines", l.number, lines)
			}
		}
	})
}
