package llmtest

import (
	"bytes"
	"slices"
	"strings"
)

// archive is a txtar file: a comment, then parts that each begin with a line "-- name --".
type archive struct {
	comment []byte
	parts   []part
}

type part struct {
	name string
	data []byte
}

func parseArchive(data []byte) *archive {
	a := &archive{}
	current := &a.comment
	for line := range bytes.Lines(data) {
		name, isMarker := marker(line)
		if !isMarker {
			*current = append(*current, line...)
			continue
		}
		a.parts = append(a.parts, part{name: name, data: []byte{}})
		current = &a.parts[len(a.parts)-1].data
	}
	return a
}

func marker(line []byte) (name string, ok bool) {
	s := strings.TrimRight(string(line), "\r\n")
	s, starts := strings.CutPrefix(s, "-- ")
	s, ends := strings.CutSuffix(s, " --")
	return s, starts && ends && s != ""
}

// format returns a as text, with its parts in the order of a call.
func (a *archive) format() []byte {
	order := []string{
		"call.json", "wire-request.http", "wire-request.json",
		"wire-response.http", "wire-response.json", "wire-response.sse", "wire-response.frames", "wire-response.txt", "want.json",
	}
	parts := slices.SortedStableFunc(slices.Values(a.parts), func(x, y part) int {
		return slices.Index(order, x.name) - slices.Index(order, y.name)
	})
	out := slices.Clone(a.comment)
	for _, p := range parts {
		out = append(out, "-- "+p.name+" --\n"...)
		out = append(out, p.data...)
	}
	return out
}

// file returns the part with that name, or nil.
func (a *archive) file(name string) []byte {
	for _, p := range a.parts {
		if p.name == name {
			return p.data
		}
	}
	return nil
}

// set replaces or adds the part with that name.
func (a *archive) set(name string, data []byte) {
	if !bytes.HasSuffix(data, []byte("\n")) {
		data = append(data, '\n')
	}
	for i := range a.parts {
		if a.parts[i].name == name {
			a.parts[i].data = data
			return
		}
	}
	a.parts = append(a.parts, part{name, data})
}
