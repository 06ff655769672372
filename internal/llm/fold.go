package llm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Fold gathers the events of a stream into the [Response] that Generate would have given. The zero Fold is ready.
// It is for one goroutine.
type Fold struct {
	text     strings.Builder
	hasText  bool
	calls    []callFold
	thinking []thinkingFold
	out      Response
	logprobs []json.Value
}

type callFold struct {
	id, name, signature string
	arguments           []byte // no strings.Builder, which must not move when the list grows
}

type thinkingFold struct {
	text            []byte
	signature, data string
}

// Add takes the next event.
func (f *Fold) Add(e *Event) {
	if e.Text != "" {
		f.text.WriteString(e.Text)
		f.hasText = true
	}
	if e.ToolCall != nil {
		f.addCall(e.ToolCall)
	}
	if e.Thinking != (ThinkingDelta{}) {
		f.addThinking(e.Thinking)
	}
	if e.Finish != "" {
		f.out.Finish = e.Finish
	}
	if e.Usage != nil {
		f.out.Usage = *e.Usage
	}
	if e.Model != "" {
		f.out.Model = e.Model
	}
	if e.Request != nil {
		f.out.RawRequest = e.Request
	}
	if e.LogProbs != nil {
		f.logprobs = append(f.logprobs, e.LogProbs.Clone())
	}
}

// maxIndex bounds the index of a tool call or thinking block that a stream may name.
const maxIndex = 1024

func (f *Fold) addCall(d *ToolCallDelta) {
	if d.Index < 0 || d.Index > maxIndex {
		return
	}
	for len(f.calls) <= d.Index {
		f.calls = append(f.calls, callFold{})
	}
	c := &f.calls[d.Index]
	c.id = cmp.Or(c.id, d.ID)
	c.name = cmp.Or(c.name, d.Name)
	c.signature = cmp.Or(c.signature, d.Signature)
	c.arguments = append(c.arguments, d.Arguments...)
}

func (f *Fold) addThinking(d ThinkingDelta) {
	if d.Index < 0 || d.Index > maxIndex {
		return
	}
	for len(f.thinking) <= d.Index {
		f.thinking = append(f.thinking, thinkingFold{})
	}
	b := &f.thinking[d.Index]
	b.text = append(b.text, d.Text...)
	b.signature += d.Signature
	b.data += d.Data
}

// Response is the answer so far. It shares nothing with f.
func (f *Fold) Response() *Response {
	out := f.out
	out.Message = Message{Role: Assistant}
	for i := range f.calls {
		c := &f.calls[i]
		if c.id == "" && c.name == "" {
			continue
		}
		out.Message.ToolCalls = append(out.Message.ToolCalls, ToolCall{
			ID: c.id, Type: "function", Signature: c.signature,
			Function: FunctionCall{Name: c.name, Arguments: string(c.arguments)},
		})
	}
	if f.hasText || out.Message.ToolCalls == nil {
		out.Message.Content = Text(f.text.String())
	}
	for i := range f.thinking {
		out.Message.Thinking = append(out.Message.Thinking, f.thinking[i].block())
	}
	out.LogProbs = joinLogProbs(f.logprobs)
	return &out
}

func (b *thinkingFold) block() Thinking {
	if b.data != "" {
		return Thinking{Type: RedactedThinkingBlock, Data: b.data}
	}
	return Thinking{Type: ThinkingBlock, Thinking: string(b.text), Signature: b.signature}
}

// Events are what r is the fold of: the events of a stream that came whole.
func (r *Response) Events() []Event {
	out := []Event{{Model: r.Model, Text: r.Message.Content.String(), LogProbs: r.LogProbs}}
	for i, t := range r.Message.Thinking {
		out = append(out, Event{Thinking: ThinkingDelta{Index: i, Text: t.Thinking, Signature: t.Signature, Data: t.Data}})
	}
	for i, c := range r.Message.ToolCalls {
		out = append(out, Event{ToolCall: &ToolCallDelta{
			Index: i, ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments, Signature: c.Signature,
		}})
	}
	return append(out, Event{Finish: r.Finish, Usage: r.Usage.Reported()})
}

// joinLogProbs joins the pieces of a stream, objects whose lists grow ("content" of a chat, one list a column of a completion):
// lists are joined, of anything else the last value counts. Pieces that are no objects become a list.
func joinLogProbs(pieces []json.Value) json.Value {
	if len(pieces) < 2 {
		return slices.Concat(pieces...)
	}
	lists, all := map[string][]json.Value{}, map[string]json.Value{}
	for _, p := range pieces {
		var one map[string]json.Value
		if json.UnmarshalForeign(p, &one) != nil {
			return joinLists(pieces)
		}
		for name, v := range one {
			all[name] = v
			if json.Kind(v) == '[' {
				lists[name] = append(lists[name], v)
			}
		}
	}
	for name, list := range lists {
		all[name] = joinLists(list)
	}
	out, _ := json.Marshal(all)
	return out
}

// joinLists joins lists to one. What is no list is one element of it.
func joinLists(lists []json.Value) json.Value {
	var all []json.Value
	for _, list := range lists {
		var one []json.Value
		if json.UnmarshalForeign(list, &one) != nil {
			one = []json.Value{list}
		}
		all = append(all, one...)
	}
	out, _ := json.Marshal(all)
	return out
}
