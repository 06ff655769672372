package llm

// Message returns what e carries beside its text, thinking and tool calls, as the delta of a message. It is nil if there is nothing.
func (e *Event) Message() *Message {
	if e.ToolCall == nil && e.Thinking == (ThinkingDelta{}) {
		return nil
	}
	m := &Message{Role: Assistant}
	if t := e.ToolCall; t != nil {
		m.ToolCalls = []ToolCall{{ID: t.ID, Type: "function", Signature: t.Signature, Function: FunctionCall{Name: t.Name, Arguments: t.Arguments}}}
	}
	if t := e.Thinking; t != (ThinkingDelta{}) {
		block := Thinking{Type: ThinkingBlock, Thinking: t.Text, Signature: t.Signature}
		if t.Data != "" {
			block = Thinking{Type: RedactedThinkingBlock, Data: t.Data}
		}
		m.Thinking = []Thinking{block}
	}
	return m
}
