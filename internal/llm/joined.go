package llm

import "slices"

// paragraph separates texts that are joined into one.
const paragraph = "\n\n"

// Joined returns chat with neighbouring messages of the same role joined, if that role is User or Assistant. Some wires demand that user
// and assistant take turns.
func Joined(chat []Message) []Message {
	out := make([]Message, 0, len(chat))
	for _, m := range chat {
		n := len(out)
		if n == 0 || out[n-1].Role != m.Role || m.Role != User && m.Role != Assistant {
			out = append(out, m)
			continue
		}
		out[n-1].add(&m)
	}
	return out
}

// and returns c followed by d.
func (c Content) and(d Content) Content {
	before, after := c.List(), d.List()
	switch {
	case len(before) == 0:
		return d
	case len(after) == 0:
		return c
	case c.Parts == nil && d.Parts == nil:
		return Text(c.Text + paragraph + d.Text)
	default:
		return Parts(slices.Concat(before, after)...)
	}
}

// WithoutTools returns chat with its tool calls and their results written as text, for wires without tools.
func WithoutTools(chat []Message) []Message {
	if !slices.ContainsFunc(chat, func(m Message) bool { return len(m.ToolCalls) > 0 || m.Role == ToolRole }) {
		return chat
	}
	names := map[string]string{} // function names by call id
	out := slices.Clone(chat)
	for i := range out {
		m := &out[i]
		for _, c := range m.ToolCalls {
			names[c.ID] = c.Function.Name
			m.Content = m.Content.and(Text("Called " + c.Function.Name + " with " + string(c.Function.Object()) + "."))
		}
		m.ToolCalls, m.Order = nil, nil
		if m.Role == ToolRole {
			*m = m.told(names[m.ToolCallID])
		}
	}
	return out
}

// told returns the tool result m as a message of the user that names the function.
func (m *Message) told(function string) Message {
	if function == "" {
		function = m.Name
	}
	answered := *m
	answered.tellError()
	result := answered.Content
	if len(result.List()) == 0 {
		result = Text(NoOutput)
	}
	return Message{Role: User, Content: Text("Result of " + function + ":").and(result)}
}
