package cli

import (
	"io"
	"unicode"
	"unicode/utf8"
)

// terminal writes foreign text safely to a terminal. Characters that move the cursor, change colours or turn the direction of writing become
// U+FFFD, except line ends and tabs.
type terminal struct {
	to   io.Writer
	rest []byte // the beginning of a character
}

// escaped is e with every output in a [terminal].
func (e *Env) escaped() *Env {
	out := *e
	out.Stdout, out.Stderr = &terminal{to: e.Stdout}, &terminal{to: e.Stderr}
	return &out
}

func (t *terminal) Write(p []byte) (int, error) {
	text := append(t.rest, p...)
	out := make([]byte, 0, len(text))
	for len(text) > 0 && utf8.FullRune(text) {
		c, size := utf8.DecodeRune(text)
		if c != '\n' && c != '\t' && moves(c) {
			c = unicode.ReplacementChar
		}
		out = utf8.AppendRune(out, c)
		text = text[size:]
	}
	t.rest = append([]byte(nil), text...)
	if _, err := t.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// moves reports whether a terminal would do something else with a character than show it.
func moves(c rune) bool {
	return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029'
}
