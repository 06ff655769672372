package browse

import (
	"strings"
	"unicode"
)

// match is how well something matches a query, the best first.
type match int

const (
	atID    match = iota // the id
	atPath               // the whole path or name
	atStart              // the beginning of the path or the name
	atWords              // the beginnings of words
	inside               // anything
	noMatch
)

// String returns the word of the API.
func (m match) String() string {
	return [...]string{"id", "path", "prefix", "word", "part", ""}[m]
}

// query is what somebody looks for.
type query struct {
	text   string // without spaces around it
	folded string // in lower case, without a slash at its ends
	words  []string
}

func queryOf(text string) query {
	q := query{text: strings.TrimSpace(text)}
	q.folded = strings.Trim(strings.ToLower(q.text), "/")
	q.words = strings.Fields(q.folded)
	return q
}

// mayBeID reports whether the query may be the beginning of an id: of at least three characters after the prefix of its kind.
func (q *query) mayBeID() bool {
	head, rest, ok := strings.Cut(q.text, "_")
	return ok && head != "" && len(rest) >= 3 && !strings.ContainsAny(q.text, " /")
}

// matches returns how well something with an id, a name and more text matches: every word must be in the name or in more. Both are in lower case.
func (q *query) matches(id, name, more string) match {
	switch {
	case q.folded == "":
		return noMatch
	case id == q.text:
		return atID
	case name == q.folded:
		return atPath
	case strings.HasPrefix(name, q.folded), strings.HasPrefix(id, q.text) && q.mayBeID():
		return atStart
	}
	worst := atWords
	for _, word := range q.words {
		best := placeIn(name, word)
		if best != atWords && more != "" {
			best = min(best, placeIn(more, word))
		}
		worst = max(worst, best)
	}
	return worst
}

// placeIn returns whether a word begins one of a text, is anywhere in it, or is not there.
func placeIn(text, word string) match {
	best := noMatch
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return best
		}
		if at := from + i; at == 0 || !letterOrDigit(text[:at]) {
			return atWords
		}
		best, from = inside, from+i+1
	}
}

// letterOrDigit reports whether a text ends with a letter or a digit.
func letterOrDigit(text string) bool {
	last := []rune(text[max(0, len(text)-4):])
	r := last[len(last)-1]
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
