package cli

import (
	"bytes"
	"testing"
)

// TestNothingMovesTheTerminal writes texts of others, in pieces that cut characters. Fault E8.
func TestNothingMovesTheTerminal(t *testing.T) {
	for text, want := range map[string]string{
		"a\tb\nc 😀 é": "a\tb\nc 😀 é", "\x1b[31mred\r\a": "\ufffd[31mred\ufffd\ufffd", "a\u202egpj.exe": "a\ufffdgpj.exe", "\u2066x\u2069": "\ufffdx\ufffd",
		"\u0085\u009b2J": "\ufffd\ufffd2J", "\x9b2J": "\ufffd2J", "\u2028": "\ufffd", "👩\u200d💻": "👩\u200d💻",
	} {
		for size := range 4 {
			var out bytes.Buffer
			w := terminal{to: &out}
			for rest := []byte(text); len(rest) > 0; {
				n := min(size+1, len(rest))
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if got := out.String(); got != want {
				t.Errorf("%q in pieces of %d is shown as %q, want %q", text, size+1, got, want)
			}
		}
	}
}
