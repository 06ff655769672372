package llm

import "slices"

// paragraph stands between texts that become one.
const paragraph = "\n\n"

// Joined is chat with neighbouring messages of the user as one, and those of the assistant, for wires that demand that the two take turns.
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

// and is c with what d says after it.
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

// WithoutTools is chat with its calls of tools, and their results, told as text: for wires that know none.
func WithoutTools(chat []Message) []Message {
	if !slices.ContainsFunc(chat, func(m Message) bool { return len(m.ToolCalls) > 0 || m.Role == ToolRole }) {
		return chat
	}
	names := map[string]string{} // of functions, by the ids of calls
	out := slices.Clone(chat)
	for i := range out {
		m := &out[i]
		for _, c := range m.ToolCalls {
			names[c.ID] = c.Function.Name
			m.Content = m.Content.and(Text("Called " + c.Function.Name + " with " + string(c.Function.Object()) + "."))
		}
		m.ToolCalls = nil
		if m.Role == ToolRole {
			*m = m.told(names[m.ToolCallID])
		}
	}
	return out
}

// told is the result m of a function as the user tells it.
func (m *Message) told(function string) Message {
	if function == "" {
		function = m.Name
	}
	result := m.Content
	if len(result.List()) == 0 {
		result = Text(NoOutput)
	}
	return Message{Role: User, Content: Text("Result of " + function + ":").and(result)}
}
