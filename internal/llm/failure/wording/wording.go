// Package wording reads what providers say in words: it divides a message into sentences, finds what each speaks of, and knows the
// phrases and the rules that tell why a call failed.
package wording

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// Reading is a message that was read.
type Reading struct {
	Text string // as phrases are compared with it: in lower case, with straight apostrophes
	said understood
}

// Read reads a message.
func Read(message string) Reading {
	return Reading{Text: folded(message), said: understand(message)}
}

func folded(message string) string { return strings.ReplaceAll(strings.ToLower(message), "’", "'") }

// Guard is the reason that m tells against codes that mislead. status is that of the answer; 0 stands for a 2xx or a stream.
func (m Reading) Guard(status int) (errs.Reason, bool) {
	return match(guards[:], status, m.Text, m.said)
}

// Money is the reason that m tells when it speaks of money.
func (m Reading) Money(status int) (errs.Reason, bool) {
	return match(moneySigns[:], status, m.Text, m.said)
}

// Reason is the reason that m tells.
func (m Reading) Reason(status int) (errs.Reason, bool) {
	return match(families[:], status, m.Text, m.said)
}

// UsedUp reports whether m speaks of a quota of more than an hour.
func (m Reading) UsedUp() bool { return m.said.say(usedUp) }

// Parameter is the parameter that m refuses, "" when it names none.
func (m Reading) Parameter() string { return parameterOf(m.said) }

// Daily reports whether a text in lower case speaks of a quota that no wait within the hour can clear: of a day, a week or a month, or of
// nothing at all.
func Daily(text string) bool { return daily.MatchString(text) }

// Lower folds ASCII letters and keeps every byte in its place.
func Lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Identifier returns s if it looks like the name of a field, "" otherwise.
func Identifier(s string) string {
	if s == "" || len(s) > 128 || s == "None" || s == "null" {
		return ""
	}
	for i, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789.-[]", c)) {
			return ""
		}
	}
	return s
}
