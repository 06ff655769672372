package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// progress shows how far something has come: on a terminal in one line that it writes again and again, elsewhere in a line every 10 seconds.
type progress struct {
	to       io.Writer
	terminal bool
	now      func() time.Time
	last     string
	shown    time.Time // when a line was written
}

const progressPause = 10 * time.Second

// newProgress shows progress where errors are written.
func newProgress(e *Env, now func() time.Time) *progress {
	to := e.Stderr
	if t, ok := to.(*terminal); ok {
		to = t.to // since the carriage return must reach it; other characters that move the cursor must not
	}
	return &progress{to: to, terminal: isTerminal(to), now: now}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p *progress) show(line string) {
	line = printable(line)
	switch {
	case line == p.last:
	case p.terminal:
		blank := max(0, utf8.RuneCountInString(p.last)-utf8.RuneCountInString(line))
		_, _ = fmt.Fprint(p.to, "\r", line, strings.Repeat(" ", blank))
		p.last = line
	case p.shown.IsZero() || p.now().Sub(p.shown) >= progressPause:
		_, _ = fmt.Fprintln(p.to, line)
		p.last, p.shown = line, p.now()
	}
}

// end leaves the last line on a terminal.
func (p *progress) end() {
	if p.terminal && p.last != "" {
		_, _ = fmt.Fprintln(p.to)
	}
}
