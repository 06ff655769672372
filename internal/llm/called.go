package llm

import "slices"

// NoOutput stands for the result of a tool that returned nothing, on the wires that refuse an empty one.
const NoOutput = "The tool returned nothing."

// CalledTools are the tools that the calls of a chat name, with no more than their names: for the wires that refuse a chat with calls
// unless tools are offered.
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
