package diff

import (
	"fmt"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

const (
	maxNamed = 4  // how many settings and tools a summary names
	maxValue = 40 // the most characters of a value in a summary
)

// Summary says in a line what differs, as in "model gpt-5-mini → gpt-5, +12 −3 lines". It is "" when nothing does.
func (d *Changes) Summary() string {
	var out []string
	for _, s := range d.Settings {
		out = append(out, s.summary())
	}
	for _, t := range d.Tools {
		out = append(out, fmt.Sprintf("tool %s %s", t.Name, t.Change()))
	}
	if more := len(out) - maxNamed; more > 0 {
		out = append(out[:maxNamed], fmt.Sprintf("%d more", more))
	}
	added, removed, touched := 0, 0, false
	for _, t := range d.Texts {
		added, removed, touched = added+t.Added, removed+t.Removed, touched || t.Change() != Same
	}
	switch {
	case added+removed > 0:
		out = append(out, fmt.Sprintf("+%d −%d lines", added, removed))
	case touched:
		out = append(out, "roles or blank texts changed")
	}
	return strings.Join(out, ", ")
}

func (s *Setting) summary() string {
	old, now := short(s.Old), short(s.New)
	switch {
	case s.Old == nil && now != "":
		return s.Name + " " + now + " added"
	case s.Old == nil:
		return s.Name + " added"
	case s.New == nil:
		return s.Name + " removed"
	case old == "" || now == "":
		return s.Name + " changed"
	}
	return s.Name + " " + old + " → " + now
}

// short returns a value as people write it, "" for one that is too long, or has lines or parts.
func short(v json.Value) string {
	text := string(v)
	switch json.Kind(v) {
	case '{', '[':
		return ""
	case '"':
		if json.UnmarshalForeign(v, &text) != nil {
			return ""
		}
	}
	if len([]rune(text)) > maxValue || strings.ContainsAny(text, "\r\n") {
		return ""
	}
	return text
}
