package llm

import (
	"crypto/rand"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Mend repairs m, a whole answer, so that callers can rely on it whichever model wrote it: every character is whole, and every tool call
// has a unique id and arguments.
func (m *Message) Mend() {
	m.Content.Text, m.Refusal = json.JoinHalves(m.Content.Text), json.JoinHalves(m.Refusal)
	for i := range m.Content.Parts {
		m.Content.Parts[i].Text = json.JoinHalves(m.Content.Parts[i].Text)
	}
	for i := range m.Thinking {
		m.Thinking[i].Thinking = json.JoinHalves(m.Thinking[i].Thinking)
	}
	var ids callIDs
	for i := range m.ToolCalls {
		c := &m.ToolCalls[i]
		c.Function.Arguments = json.JoinHalves(c.Function.Arguments)
		if strings.TrimSpace(c.Function.Arguments) == "" {
			c.Function.Arguments = noArguments
		}
		if c.ID == "" {
			c.ID = newCallID()
		}
		c.ID = ids.take(c.ID)
	}
}

// Mender does for the events of a stream what [Message.Mend] does for a whole answer. The zero Mender is ready to use. A Mender must not be
// used by several goroutines at once.
type Mender struct {
	text     mendedText         // what waits for its other half
	thinking map[int]mendedText // the same for each thinking block
	calls    []mendedCall
	ids      callIDs
}

// mendedText is half a character, and the block of its event.
type mendedText struct {
	half  string
	block int
}

type mendedCall struct {
	block                int
	known, named, argued bool
	half                 string
}

// Event mends e in place. It holds back what is incomplete; a later event or [Mender.Rest] carries that.
func (d *Mender) Event(e *Event) {
	if e.Text != "" {
		e.Text, d.text.half = mend(d.text.half, e.Text)
		d.text.block = e.Block
	}
	if e.Thinking.Text != "" {
		d.thought(&e.Thinking, e.Block)
	}
	if e.ToolCall != nil && !d.call(e.ToolCall, e.Block) {
		e.ToolCall = nil
	}
}

func (d *Mender) thought(t *ThinkingDelta, block int) {
	whole, half := mend(d.thinking[t.Index].half, t.Text)
	if half != "" && d.thinking == nil {
		d.thinking = map[int]mendedText{}
	}
	if d.thinking != nil {
		d.thinking[t.Index] = mendedText{half, block}
	}
	t.Text = whole
	if *t == (ThinkingDelta{Index: t.Index}) {
		*t = ThinkingDelta{}
	}
}

// mend joins text to the half character before it, and cuts off the half character at its end.
func mend(before, text string) (whole, half string) {
	rest, half := json.CutHalf(before + text)
	return json.JoinHalves(rest), half
}

// call mends a piece of a call. It reports whether anything is left to tell.
func (d *Mender) call(t *ToolCallDelta, block int) bool {
	if t.Index < 0 || t.Index > maxIndex {
		return true // Fold drops it
	}
	for len(d.calls) <= t.Index {
		d.calls = append(d.calls, mendedCall{})
	}
	c := &d.calls[t.Index]
	empty := *t == ToolCallDelta{Index: t.Index}
	c.known, c.block = true, block
	if t.ID != "" && !c.named {
		c.named = true
		t.ID = d.ids.take(t.ID)
	}
	if t.Arguments != "" {
		c.argued = c.argued || strings.TrimSpace(t.Arguments) != ""
		t.Arguments, c.half = mend(c.half, t.Arguments)
	}
	return empty || *t != ToolCallDelta{Index: t.Index}
}

// Rest returns events for what is still held back: unpaired halves of characters, ids of calls that have none, and empty arguments of calls
// that have none. Call it before passing on the finish reason.
func (d *Mender) Rest() []Event {
	var out []Event
	if d.text.half != "" {
		out = append(out, Event{Text: json.JoinHalves(d.text.half), Block: d.text.block})
	}
	for _, i := range slices.Sorted(maps.Keys(d.thinking)) {
		if t := d.thinking[i]; t.half != "" {
			out = append(out, Event{Thinking: ThinkingDelta{Index: i, Text: json.JoinHalves(t.half)}, Block: t.block})
		}
	}
	d.text, d.thinking = mendedText{}, nil
	for i := range d.calls {
		c := &d.calls[i]
		if !c.known || c.named && c.argued && c.half == "" {
			continue
		}
		t := &ToolCallDelta{Index: i, Arguments: json.JoinHalves(c.half)}
		if !c.named {
			t.ID = d.ids.take(newCallID())
		}
		if !c.argued {
			t.Arguments = noArguments
		}
		c.named, c.argued, c.half = true, true, ""
		out = append(out, Event{ToolCall: t, Block: c.block})
	}
	return out
}

// callIDs is the set of call ids in one answer.
type callIDs map[string]bool

// take returns id, with a suffix that makes it unique if an earlier call has it.
func (s *callIDs) take(id string) string {
	if *s == nil {
		*s = callIDs{}
	}
	out := id
	for n := 2; (*s)[out]; n++ {
		out = id + "_" + strconv.Itoa(n)
	}
	(*s)[out] = true
	return out
}

// newCallID makes up the id of a call from letters that all providers accept.
func newCallID() string { return "call_" + rand.Text() }
