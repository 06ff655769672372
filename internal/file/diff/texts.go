package diff

import (
	"bytes"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// texts pairs the texts of two contents: those of one name with each other.
func texts(was, is []text) []Text {
	var out []Text
	for _, name := range names(is, was) {
		out = append(out, aligned(named(was, name), named(is, name))...)
	}
	return out
}

// names returns the names of texts, each once, in order.
func names(lists ...[]text) []string {
	var out []string
	for _, t := range slices.Concat(lists...) {
		if !slices.Contains(out, t.name) {
			out = append(out, t.name)
		}
	}
	return out
}

func named(list []text, name string) []text {
	return slices.DeleteFunc(slices.Clone(list), func(t text) bool { return t.name != name })
}

// aligned pairs texts that are the same at the beginning and at the end, and those between in their order.
func aligned(was, is []text) []Text {
	head, shorter := 0, min(len(was), len(is))
	for head < shorter && was[head] == is[head] {
		head++
	}
	tail := 0
	for tail < shorter-head && was[len(was)-1-tail] == is[len(is)-1-tail] {
		tail++
	}
	out := make([]Text, 0, max(len(was), len(is)))
	for i := range head {
		out = append(out, paired(&was[i], &is[i]))
	}
	out = append(out, between(was[head:len(was)-tail], is[head:len(is)-tail])...)
	for i := tail; i > 0; i-- {
		out = append(out, paired(&was[len(was)-i], &is[len(is)-i]))
	}
	return out
}

// between pairs texts one by one, and says that the rest of the longer list was added or removed.
func between(was, is []text) []Text {
	var out []Text
	for i := range max(len(was), len(is)) {
		switch {
		case i >= len(is):
			out = append(out, paired(&was[i], nil))
		case i >= len(was):
			out = append(out, paired(nil, &is[i]))
		default:
			out = append(out, paired(&was[i], &is[i]))
		}
	}
	return out
}

// paired is a text in both contents; nil stands for one that is not there.
func paired(was, is *text) Text {
	switch {
	case was == nil:
		return Text{Name: is.name, Role: is.role, New: &is.text, Added: lines(is.text)}
	case is == nil:
		return Text{Name: was.name, Role: was.role, Old: &was.text, Removed: lines(was.text)}
	}
	out := Text{Name: is.name, Role: is.role, Old: &was.text, New: &is.text}
	if was.role != is.role {
		out.OldRole = was.role
	}
	out.Added, out.Removed = changed(was.text, is.text)
	return out
}

// lines counts the lines of a text. The empty text has none.
func lines(t string) int {
	if t == "" {
		return 0
	}
	return strings.Count(strings.TrimSuffix(t, "\n"), "\n") + 1
}

// headLines is how many lines come first in what the diff prints.
const headLines = 3

// changed counts the lines that are new, and those that are gone.
func changed(was, is string) (added, removed int) {
	if was == is {
		return 0, 0
	}
	n := 0
	for line := range bytes.Lines(diff.Diff("a", ended(was), "b", ended(is))) {
		n++
		switch {
		case n <= headLines:
		case line[0] == '+':
			added++
		case line[0] == '-':
			removed++
		}
	}
	return added, removed
}

// ended returns a text whose last line ends.
func ended(t string) []byte {
	if t == "" || strings.HasSuffix(t, "\n") {
		return []byte(t)
	}
	return []byte(t + "\n")
}
