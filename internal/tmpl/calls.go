package tmpl

import "github.com/openloop-server/openloop/internal/json"

// ToolCall is the call of a tool in a template of the default language, as `tool(arg, "literal")`.
type ToolCall struct {
	Text string       // the whole call; an input of this name is its value
	Tool string       // the name
	Args []json.Value // in order
}

// HasCalls reports whether t calls tools.
func (t *Template) HasCalls() bool {
	for i := range t.parts {
		if t.parts[i].call {
			return true
		}
	}
	return false
}

// Calls returns the calls of tools in t that have no value in the inputs yet. Arguments are inputs or literals; those that are missing are null.
func (t *Template) Calls(in Inputs) ([]ToolCall, error) {
	var out []ToolCall
	for i := range t.parts {
		p := &t.parts[i]
		if !p.call || in.given(p.v) != nil {
			continue
		}
		c := ToolCall{Text: p.v.name, Tool: p.tool}
		for _, arg := range p.args {
			value := arg.literal
			if arg.v != nil {
				var err error
				if value, err = json.Marshal(in.given(arg.v)); err != nil {
					return nil, err
				}
			}
			c.Args = append(c.Args, value)
		}
		out = append(out, c)
	}
	return out, nil
}
