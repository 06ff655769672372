// Package wording reads the messages of providers. It divides a message into sentences, finds what each speaks of, and knows the phrases
// and rules that tell why a call failed.
package wording

import (
	"strings"

	"github.com/openloop-server/openloop/internal/errs"
)

// Reading is a message after reading.
type Reading struct {
	Text string // the form that phrases are compared with: lower case, straight apostrophes
	said understood
}

// Read reads a message. Callers must bound its length.
func Read(message string) Reading {
	return Reading{Text: folded(message), said: understand(message)}
}

func folded(message string) string { return strings.ReplaceAll(strings.ToLower(message), "’", "'") }

// Guard returns the reason that overrules misleading codes, if m tells one. status is the status of the answer; 0 stands for a 2xx or a stream.
func (m Reading) Guard(status int) (errs.Reason, bool) {
	return match(guards[:], status, m.Text, m.said)
}

// Money returns the reason if m speaks of money. status is as in [Reading.Guard].
func (m Reading) Money(status int) (errs.Reason, bool) {
	return match(moneySigns[:], status, m.Text, m.said)
}

// Reason returns the reason that m tells, if any. status is as in [Reading.Guard].
func (m Reading) Reason(status int) (errs.Reason, bool) {
	return match(families[:], status, m.Text, m.said)
}

// UsedUp reports whether m speaks of a quota of more than an hour.
func (m Reading) UsedUp() bool { return m.said.say(usedUp) }

// Parameter returns the parameter that m refuses, "" if it names none.
func (m Reading) Parameter() string { return parameterOf(m.said) }

// Daily reports whether a text in lower case speaks of a quota that no wait within the hour can clear: one for a
// day, a week or a month, or a quota of zero.
func Daily(text string) bool { return daily.MatchString(text) }

// Lower folds ASCII letters to lower case. Every byte keeps its place.
func Lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Identifier returns s if it looks like the name of a field, and "" otherwise.
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
