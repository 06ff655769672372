package cli

import (
	"bytes"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	steps := []struct {
		after time.Duration
		line  string
	}{{0, "1 of 20"}, {time.Second, "2 of 20"}, {0, "2 of 20"}, {5 * time.Second, "3\r\x1b[2J"}, {5 * time.Second, "20"}, {time.Second, "done"}}
	for terminal, want := range map[bool]string{
		true:  "\r1 of 20\r2 of 20\r3\ufffd\ufffd[2J \r20    \rdone\n",
		false: "1 of 20\n20\n",
	} {
		var out bytes.Buffer
		at := time.Unix(1, 0)
		p := &progress{to: &out, terminal: terminal, now: func() time.Time { return at }}
		for _, s := range steps {
			at = at.Add(s.after)
			p.show(s.line)
		}
		p.end()
		if got := out.String(); got != want {
			t.Errorf("on a terminal %v: %q, want %q", terminal, got, want)
		}
	}
}
