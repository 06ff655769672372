package agent

import (
	"slices"

	"github.com/openloop-server/openloop/internal/llm"
)

// openCalls returns the calls of the last message that has any, as far as no message after it answers them.
func openCalls(messages []llm.Message) []llm.ToolCall {
	answered := map[string]bool{}
	for _, m := range slices.Backward(messages) {
		if m.Role == llm.ToolRole {
			answered[m.ToolCallID] = true
		}
		if len(m.ToolCalls) > 0 {
			return slices.DeleteFunc(slices.Clone(m.ToolCalls), func(c llm.ToolCall) bool { return answered[c.ID] })
		}
	}
	return nil
}

// asking returns the last message that calls tools, nil if there is none.
func asking(messages []llm.Message) *llm.Message {
	for i := range slices.Backward(messages) {
		if len(messages[i].ToolCalls) > 0 {
			return &messages[i]
		}
	}
	return nil
}

// answers is how many messages hold the same call as c.
func answers(messages []llm.Message, c *llm.ToolCall) int {
	n := 0
	for i := range messages {
		same := func(o llm.ToolCall) bool { return o.Function == c.Function }
		if slices.ContainsFunc(messages[i].ToolCalls, same) {
			n++
		}
	}
	return n
}

// resultOf is the message that tells the model what a call gave.
func resultOf(c *llm.ToolCall, text string) llm.Message {
	return llm.Message{Role: llm.ToolRole, ToolCallID: c.ID, Content: llm.Text(text)}
}
