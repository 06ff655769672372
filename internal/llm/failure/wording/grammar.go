package wording

import (
	"slices"
	"strings"
)

// meaning is a set of things that a sentence speaks of.
type meaning uint64

func (m meaning) has(any meaning) bool { return m&any != 0 }

// rule describes a sentence in any wording. The sentence must speak of at least one thing in each of all, in any order, and of nothing in but.
type rule struct {
	all []meaning
	but meaning
}

// about makes a rule.
func about(all ...meaning) rule { return rule{all: all} }

func (r rule) unless(but meaning) rule { return rule{all: r.all, but: but} }

func (r rule) in(m meaning) bool {
	if m.has(r.but) {
		return false
	}
	return !slices.ContainsFunc(r.all, func(any meaning) bool { return !m.has(any) })
}

// sentence is a sentence of a message and the things it speaks of.
type sentence struct {
	words []word
	means meaning
}

// understood is a message as the grammar reads it.
type understood []sentence

// understand reads a message, whose length must be bounded. Its time is linear in the message.
func understand(message string) understood {
	var u understood
	for _, words := range divide(message) {
		u = append(u, sentence{words: words, means: meanOf(words)})
	}
	return u
}

func (u understood) say(rules []rule) bool {
	return slices.ContainsFunc(u, func(s sentence) bool {
		return slices.ContainsFunc(rules, func(r rule) bool { return r.in(s.means) })
	})
}

// means returns what the whole message speaks of.
func (u understood) means() meaning {
	var m meaning
	for _, s := range u {
		m |= s.means
	}
	return m
}

// reach is how many words a "not" reaches forward: "not currently available". A "no" reaches farther, since its noun comes first: "no
// message with id 'x' exists".
const reach, farReach = 4, 8

// meanOf looks up every word, the longest entry first, and lets negations change the meaning.
func meanOf(words []word) meaning {
	var m meaning
	until := -1 // index of the last word that a negation reaches
	for i := 0; i < len(words); {
		m |= meanOfName(words, i)
		if slices.Contains(conjunctions, words[i].text) {
			until = -1
		}
		e, n := lookup(words[i:])
		switch {
		case n == 0:
			n = 1
		case e.turns:
			m |= e.means
			until = i + reach
			if e.means.has(no) {
				until = i + farReach
			}
		case i <= until:
			m |= e.negated
		default:
			m |= e.means
		}
		i += n
	}
	return m
}

// conjunctions end the reach of a negation.
var conjunctions = []string{"and", "or", "but", "because"}

// meanOfName returns what an identifier or a span of time means by its form alone.
func meanOfName(words []word, i int) meaning {
	var m meaning
	if w := words[i]; (w.name || w.quoted) && !isDigit(w.text[0]) {
		m |= aName
	}
	if isLong(words[i:]) {
		m |= long
	}
	return m
}

// isLong reports whether words begin with a span of more than an hour: "5 hour", "24h", "7-day".
func isLong(words []word) bool {
	w := words[0]
	if w.number == 0 {
		return false
	}
	unit := strings.TrimLeft(w.text, "0123456789.,")
	if unit == "" && len(words) > 1 {
		unit = words[1].text
	}
	return w.number < 100000 && units[unit] != 0 && scale(Seconds(strings.TrimRight(w.text, unit)), units[unit]) > LongestWait
}

// entry gives the meaning of a word, or of several words in a row, and their meaning after a negation. An entry that turns is itself a negation.
type entry struct {
	words          []string // a trailing "*" stands for any ending
	means, negated meaning
	turns          bool
}

// dictionary finds entries by their first word, which is a whole word or a stem.
var dictionary = makeDictionary()

type dict struct {
	whole, stems map[string][]entry
	shortest     int // length of the shortest stem
}

func makeDictionary() dict {
	d := dict{whole: map[string][]entry{}, stems: map[string][]entry{}, shortest: 99}
	for _, line := range lexicon {
		for text := range strings.FieldsSeq(line.words) {
			e := entry{words: strings.Split(text, "+"), means: line.means, negated: line.not, turns: line.turns}
			if e.negated == 0 {
				e.negated = e.means
			}
			first, isStem := strings.CutSuffix(e.words[0], "*")
			if isStem {
				d.stems[first] = insert(d.stems[first], e)
				d.shortest = min(d.shortest, len(first))
				continue
			}
			d.whole[first] = insert(d.whole[first], e)
		}
	}
	return d
}

// insert keeps entries ordered, the longest first. It merges two entries with the same words into one with both meanings.
func insert(list []entry, e entry) []entry {
	for i := range list {
		if slices.Equal(list[i].words, e.words) {
			list[i].means, list[i].negated, list[i].turns = list[i].means|e.means, list[i].negated|e.negated, list[i].turns || e.turns
			return list
		}
	}
	list = append(list, e)
	slices.SortStableFunc(list, func(a, b entry) int { return len(b.words) - len(a.words) })
	return list
}

// lookup returns the entry that words begin with and its number of words, 0 for none. The longest entry wins;
// entries of equal length add their meanings.
func lookup(words []word) (entry, int) {
	w := words[0]
	if w.quoted && !w.name {
		return entry{}, 0 // a name, whatever it says
	}
	best, n := pickEntry(dictionary.whole[w.text], words)
	for end := len(w.text); end >= dictionary.shortest && !w.name; end-- {
		switch e, size := pickEntry(dictionary.stems[w.text[:end]], words); {
		case size > n:
			best, n = e, size
		case size == n && n > 0:
			best.means, best.negated = best.means|e.means, best.negated|e.negated
		}
	}
	if n == 0 && strings.HasSuffix(w.text, "n't") {
		return entry{turns: true}, 1
	}
	return best, n
}

func pickEntry(list []entry, words []word) (entry, int) {
	for _, e := range list {
		if len(e.words) <= len(words) && follows(e.words[1:], words[1:]) {
			return e, len(e.words)
		}
	}
	return entry{}, 0
}

func follows(pattern []string, words []word) bool {
	for i, p := range pattern {
		stem, isStem := strings.CutSuffix(p, "*")
		if words[i].text != p && (!isStem || !strings.HasPrefix(words[i].text, stem)) {
			return false
		}
	}
	return true
}
