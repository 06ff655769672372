package llm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
)

// Fold gathers the events of a stream into the [Response] that Generate would have returned. The zero Fold is ready to use. A Fold must not
// be used by several goroutines at once.
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
	arguments           []byte // not a strings.Builder: that must not be copied when the list grows
}

type thinkingFold struct {
	text            []byte
	signature, data string
}

// Add takes the next event of the stream. It drops tool calls and thinking whose index is negative or above 1024.
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

// maxIndex is the highest index of a tool call or thinking block that a stream may use.
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

// Response returns the answer so far. It shares no memory with f, and f can take further events.
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

// Events returns events that fold to r. Drivers use it to tell an answer that came whole as a stream.
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

// joinLogProbs joins the log probabilities of a stream into one value. The pieces are objects with lists that grow: "content" in a chat,
// one list for each column in a completion. Lists are concatenated; of any other member the last value counts. If a piece is not an object,
// the result is a list of all pieces.
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

// joinLists concatenates JSON lists. A value that is not a list counts as a list of one.
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
