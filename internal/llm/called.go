package llm

import "slices"

// NoOutput replaces an empty tool result on the wires that refuse one.
const NoOutput = "The tool returned nothing."

// CalledTools returns one tool for each function called in chat, in order of first call, with a name and no parameters. Some wires refuse a
// chat that holds calls unless the request offers tools.
func CalledTools(chat []Message) []Tool {
	var out []Tool
	for i := range chat {
		for _, c := range chat[i].ToolCalls {
			if !slices.ContainsFunc(out, func(t Tool) bool { return t.Name == c.Function.Name }) {
				out = append(out, Tool{Name: c.Function.Name, Description: "A tool of earlier turns, which is not offered any more."})
			}
		}
	}
	return out
}
