// Package diff says what differs between two contents of a kind of Files: settings, texts such as messages and code, and tools.
package diff

import (
	"slices"

	"github.com/openloop-server/openloop/internal/json"
)

// Changes are what differs between two contents. Texts also has those that are the same, since a text is read among its neighbours.
type Changes struct {
	Settings []Setting
	Texts    []Text
	Tools    []Tool
}

// Setting is a setting that differs. Old or New is nil where it is not set.
type Setting struct {
	Name     string // its place in the content: "temperature", "attributes.team"
	Old, New json.Value
}

// Text is a text in two contents. Old or New is nil where it is not there.
type Text struct {
	Name           string // its place in the content: "template", "source_code"
	Role, OldRole  string // of a message; OldRole only when it differs
	Old, New       *string
	Added, Removed int // lines
}

// Tool is a tool that differs. Old or New is nil where it is not there.
type Tool struct {
	Name     string // of the function, or the id of the linked File
	Old, New json.Value
}

// What became of a text or a tool.
const (
	Same    = "same"
	Changed = "changed"
	Added   = "added"
	Removed = "removed"
)

// Contents compares two contents of one kind, as versions hold them.
func Contents(a, b json.Value) (*Changes, error) {
	was, err := split(a)
	if err != nil {
		return nil, err
	}
	is, err := split(b)
	if err != nil {
		return nil, err
	}
	return &Changes{Settings: differing(&was.settings, &is.settings), Texts: texts(was.texts, is.texts), Tools: tools(was, is)}, nil
}

// Same reports whether nothing differs.
func (d *Changes) Same() bool {
	return len(d.Settings) == 0 && len(d.Tools) == 0 && !slices.ContainsFunc(d.Texts, func(t Text) bool { return t.Change() != Same })
}

// Change says what became of the text.
func (t *Text) Change() string {
	switch {
	case t.Old == nil:
		return Added
	case t.New == nil:
		return Removed
	case *t.Old != *t.New || t.OldRole != "":
		return Changed
	}
	return Same
}

// Change says what became of the tool.
func (t *Tool) Change() string {
	switch {
	case t.Old == nil:
		return Added
	case t.New == nil:
		return Removed
	}
	return Changed
}

func tools(was, is *parts) []Tool {
	var out []Tool
	for _, d := range differing(&was.tools, &is.tools) {
		out = append(out, Tool(d))
	}
	return out
}

// differing returns what differs between two lists of members: first those of is in their order, then those of was alone.
func differing(was, is *members) []Setting {
	var out []Setting
	for _, name := range is.names {
		if old, now := was.values[name], is.values[name]; !equal(old, now) {
			out = append(out, Setting{name, old, now})
		}
	}
	for _, name := range was.names {
		if _, stays := is.values[name]; !stays {
			out = append(out, Setting{name, was.values[name], nil})
		}
	}
	return out
}

// equal reports whether two values mean the same.
func equal(a, b json.Value) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return string(canonical(a)) == string(canonical(b))
}

// canonical returns the canonical form of v, or v itself if it has none.
func canonical(v json.Value) json.Value {
	c, err := json.Canonical(v)
	if err != nil {
		return v
	}
	return c
}
