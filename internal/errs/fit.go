package errs

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits of a rendered detail.
const (
	maxField      = 200     // characters of one identifier
	maxViolation  = 300     // characters of one violation's message
	maxDetail     = 8 << 10 // bytes of the whole as JSON
	maxErrors     = 20
	maxAttempts   = 10
	maxLoc        = 16
	detailFrame   = 672 // bytes of member names, punctuation, numbers and fixed values, at most
	violationSize = 120 // the same of one violation
	attemptSize   = 150 // the same of one attempt
	leastMessage  = 512 // bytes that attempts leave to the message
)

// fit returns d within the limits. It first drops the last violations, and then cuts the message.
func (d Detail) fit() Detail {
	d.Errors = violations(d.Errors)
	d.Attempts = attempts(d.Attempts)
	room := maxDetail - detailFrame
	for _, s := range []string{
		d.Origin, d.RequestID, d.Provider, d.Model, d.ProviderCode, d.ProviderRequestID, d.UpstreamProvider, d.Param, d.DocURL,
	} {
		room -= quoted(s)
	}
	if d.Spoken != (Spoken{}) {
		room -= len(`,"spoken":{"type":,"code":}`) + quoted(d.Spoken.Type) + quoted(d.Spoken.Code)
	}
	if d.Gate != nil {
		room -= len(`,"gate":{"evaluation":,"run":}`) + quoted(d.Gate.Evaluation) + quoted(d.Gate.Run)
	}
	for i, a := range d.Attempts {
		size := attemptSize + quoted(a.Provider) + quoted(a.Model)
		if room-size < leastMessage {
			d.Attempts = d.Attempts[:i]
			break
		}
		room -= size
	}
	d.Message = shorten(d.Message, room)
	room -= quoted(d.Message)
	for i, v := range d.Errors {
		if room -= v.size(); room < 0 {
			d.Errors = d.Errors[:i]
			break
		}
	}
	return d
}

// size is at least the length of v as JSON.
func (v Violation) size() int {
	n := violationSize + quoted(v.Param) + quoted(v.Message) + quoted(v.Type) + v.sizeOfCheck()
	for _, e := range v.Loc {
		n += 24 // more than a number takes
		if s, ok := e.(string); ok {
			n += quoted(s)
		}
	}
	return n
}

// sizeOfCheck is the same of what a check of a gate has.
func (v Violation) sizeOfCheck() int {
	if v.Wanted+v.Found+v.RunID == "" {
		return 0
	}
	return len(`,"wanted":,"found":,"run_id":`) + quoted(v.Wanted) + quoted(v.Found) + quoted(v.RunID)
}

func violations(all []Violation) []Violation {
	out := slices.Clone(all[:min(len(all), maxErrors)])
	for i, v := range out {
		out[i] = Violation{
			Loc: locOf(v.Loc), Param: Clean(v.Param, maxField), Message: Clean(v.Message, maxViolation), Type: Clean(v.Type, maxField), Line: v.Line, Column: v.Column,
			Wanted: Clean(v.Wanted, maxField), Found: Clean(v.Found, maxField), RunID: Clean(v.RunID, maxField),
		}
	}
	return out
}

// locOf is a location with its strings cut to the limit.
func locOf(loc []any) []any {
	var out []any
	for _, e := range loc[:min(len(loc), maxLoc)] {
		if s, ok := e.(string); ok {
			e = Clean(s, maxField)
		}
		out = append(out, e)
	}
	return out
}

func attempts(all []Attempt) []Attempt {
	out := slices.Clone(all[:min(len(all), maxAttempts)])
	for i := range out {
		out[i].Provider, out[i].Model = Clean(out[i].Provider, 64), Clean(out[i].Model, 100)
	}
	return out
}

// quoted is the length of s as a JSON string.
func quoted(s string) int {
	n := len(s) + 2
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\', c == '\n', c == '\t':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n
}

// shorten cuts a clean text so that its JSON has at most size bytes.
func shorten(text string, size int) string {
	if quoted(text) <= size {
		return text
	}
	size -= 2 + len("…")
	for i, r := range text {
		if size -= quoted(text[i:i+utf8.RuneLen(r)]) - 2; size < 0 {
			return strings.TrimSpace(text[:i]) + "…"
		}
	}
	return text
}
