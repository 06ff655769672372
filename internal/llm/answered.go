package llm

import "slices"

// answered returns chat with each tool result directly behind its call, in the order of the calls, as every wire demands. It joins
// neighbouring messages of the assistant that hold calls. Call ids must be unique within chat. A result without a call stays in place.
func answered(chat []Message) []Message {
	a := answering{results: map[string][]Message{}, out: make([]Message, 0, len(chat))}
	for i := range chat {
		for _, c := range chat[i].ToolCalls {
			a.results[c.ID] = nil
		}
	}
	for i := range chat {
		if m := &chat[i]; a.isResult(m) {
			a.results[m.ToolCallID] = append(a.results[m.ToolCallID], *m)
		}
	}
	for i := range chat {
		a.add(&chat[i])
	}
	a.complete()
	return a.out
}

type answering struct {
	results map[string][]Message // by call id; emptied once they are in out
	calls   []ToolCall           // calls of the last message in out whose results are not in out yet
	over    bool                 // a result was seen, so the model's next message starts a new turn
	out     []Message
}

func (a *answering) isResult(m *Message) bool {
	_, known := a.results[m.ToolCallID]
	return m.Role == ToolRole && known
}

func (a *answering) add(m *Message) {
	switch n := len(a.out); {
	case a.isResult(m):
		a.over = true
		return
	case m.Role == Assistant && !a.over && n > 0 && a.out[n-1].Role == Assistant && len(a.calls)+len(m.ToolCalls) > 0:
		a.out[n-1].add(m)
	default:
		a.complete()
		a.out = append(a.out, *m)
	}
	a.calls = append(a.calls, m.ToolCalls...)
}

// complete appends the results of the pending calls to out.
func (a *answering) complete() {
	for _, c := range a.calls {
		a.out = append(a.out, a.results[c.ID]...)
	}
	a.calls, a.over = nil, false
}

// add appends the content, calls and thinking of n to m. Both must have the same role.
func (m *Message) add(n *Message) {
	if m.Order != nil || n.Order != nil {
		m.addOrdered(n)
	} else {
		m.Content = m.Content.and(n.Content)
	}
	m.ToolCalls = slices.Concat(m.ToolCalls, n.ToolCalls)
	m.Thinking = slices.Concat(m.Thinking, n.Thinking)
}

// addOrdered appends the content of n, and its order, to those of m.
func (m *Message) addOrdered(n *Message) {
	before, after := m.Content.all(), n.Content.all()
	order := m.Pieces()
	for _, p := range n.Pieces() {
		p.Index += map[PieceKind]int{ThinkingPiece: len(m.Thinking), TextPiece: len(before), CallPiece: len(m.ToolCalls)}[p.Kind]
		order = append(order, p)
	}
	m.Content, m.Order = Parts(slices.Concat(before, after)...), order
}

// all returns c as parts, also blank ones. An absent content has none.
func (c Content) all() []Part {
	if c.Parts == nil && !c.IsZero() {
		return []Part{{Type: TextPart, Text: c.Text}}
	}
	return c.Parts
}
