package prompt

import "slices"

// Use is an input that the templates read, or a Tool that they call.
type Use struct {
	Name      string // of a call, its text
	Call      bool
	Positions []Position // where it is used, in order
}

// Position is a place in a template of a Prompt. Line and Column count from 1, Column in characters.
type Position struct {
	Template []any // the steps that lead to the template in the content: "template", 0, "content"
	Line     int
	Column   int
}

// Uses returns what the templates use, in the order of first use.
func (c *Compiled) Uses() []Use {
	var out []Use
	for _, t := range c.templates {
		for _, r := range t.Reads() {
			i := slices.IndexFunc(out, func(u Use) bool { return u.Name == r.Name && u.Call == r.Call })
			if i < 0 {
				i, out = len(out), append(out, Use{Name: r.Name, Call: r.Call})
			}
			out[i].Positions = append(out[i].Positions, Position{Template: t.at, Line: r.Line, Column: r.Column})
		}
	}
	return out
}
