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
	texts    []textFold // of text, in order
	refusal  strings.Builder
	calls    []callFold
	thinking []thinkingFold
	out      Response
	logprobs []json.Value
}

// textFold is a text that begins at start of all texts.
type textFold struct{ block, start int }

type callFold struct {
	block               int
	id, name, signature string
	arguments           []byte // not a strings.Builder: that must not be copied when the list grows
}

type thinkingFold struct {
	block           int
	text            []byte
	signature, data string
}

// Add takes the next event of the stream. It drops tool calls and thinking whose index is negative or above 1024.
func (f *Fold) Add(e *Event) {
	if e.Text != "" {
		f.addText(e)
	}
	if e.ToolCall != nil {
		f.addCall(e.ToolCall, e.Block)
	}
	if e.Thinking != (ThinkingDelta{}) {
		f.addThinking(e.Thinking, e.Block)
	}
	if e.Finish != "" {
		f.out.Finish, f.out.StopSequence = e.Finish, e.StopSequence
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
	if e.Raw != nil {
		f.out.Native = true
	}
	if e.LogProbs != nil {
		f.logprobs = append(f.logprobs, e.LogProbs.Clone())
	}
}

// maxIndex is the highest index of a tool call or thinking block that a stream may use.
const maxIndex = 1024

func (f *Fold) addText(e *Event) {
	if n := len(f.texts); n == 0 || f.texts[n-1].block != e.Block {
		f.texts = append(f.texts, textFold{e.Block, f.text.Len()})
	}
	f.text.WriteString(e.Text)
	if e.Refusal {
		f.refusal.WriteString(e.Text)
	}
}

func (f *Fold) addCall(d *ToolCallDelta, block int) {
	if d.Index < 0 || d.Index > maxIndex {
		return
	}
	for len(f.calls) <= d.Index {
		f.calls = append(f.calls, callFold{})
	}
	c := &f.calls[d.Index]
	c.block = cmp.Or(c.block, block)
	c.id = cmp.Or(c.id, d.ID)
	c.name = cmp.Or(c.name, d.Name)
	c.signature = cmp.Or(c.signature, d.Signature)
	c.arguments = append(c.arguments, d.Arguments...)
}

func (f *Fold) addThinking(d ThinkingDelta, block int) {
	if d.Index < 0 || d.Index > maxIndex {
		return
	}
	for len(f.thinking) <= d.Index {
		f.thinking = append(f.thinking, thinkingFold{})
	}
	b := &f.thinking[d.Index]
	b.block = cmp.Or(b.block, block)
	b.text = append(b.text, d.Text...)
	b.signature += d.Signature
	b.data += d.Data
}

// Response returns the answer so far. It shares no memory with f, and f can take further events.
func (f *Fold) Response() *Response {
	out := f.out
	out.Message = f.message()
	out.Message.Refusal = f.refusal.String()
	out.LogProbs = joinLogProbs(f.logprobs)
	return &out
}

// folded is a piece of the message, and the block of the wire that it came in.
type folded struct {
	block int
	piece Piece // of TextPiece, an index of texts
}

// message puts the message together: in the order of the wire, if that told one.
func (f *Fold) message() Message {
	all, told := make([]folded, 0, len(f.thinking)+len(f.texts)+len(f.calls)), true
	add := func(block int, kind PieceKind, index int) {
		told = told && block > 0
		all = append(all, folded{block, Piece{kind, index}})
	}
	for i := range f.thinking {
		add(f.thinking[i].block, ThinkingPiece, i)
	}
	for i := range f.texts {
		add(f.texts[i].block, TextPiece, i)
	}
	for i := range f.calls {
		if c := &f.calls[i]; c.id != "" || c.name != "" {
			add(c.block, CallPiece, i)
		}
	}
	if told {
		slices.SortStableFunc(all, func(a, b folded) int { return cmp.Compare(a.block, b.block) })
	}
	var out Composer
	for _, p := range all {
		switch i := p.piece.Index; p.piece.Kind {
		case ThinkingPiece:
			out.Think(f.thinking[i].whole())
		case CallPiece:
			out.Call(f.calls[i].whole())
		case TextPiece:
			out.Say(f.textOf(i))
		}
	}
	return out.Answer()
}

func (f *Fold) textOf(i int) string {
	end := f.text.Len()
	if i+1 < len(f.texts) {
		end = f.texts[i+1].start
	}
	return f.text.String()[f.texts[i].start:end]
}

func (c *callFold) whole() ToolCall {
	out := CallOf(c.id, c.name, string(c.arguments))
	out.Signature = c.signature
	return out
}

func (b *thinkingFold) whole() Thinking {
	if b.data != "" {
		return Thinking{Type: RedactedThinkingBlock, Data: b.data}
	}
	return Thinking{Type: ThinkingBlock, Thinking: string(b.text), Signature: b.signature}
}

// Events returns events that fold to r. Drivers use it to tell an answer that came whole as a stream.
func (r *Response) Events() []Event {
	m, out, last := &r.Message, []Event{{Model: r.Model}}, Event{Finish: r.Finish, StopSequence: r.StopSequence, Usage: r.Usage.Reported(), LogProbs: r.LogProbs}
	refused := len(m.Content.String()) - len(m.Refusal) // bytes of text before the refusal
	for i, p := range m.Pieces() {
		e := Event{Block: i + 1}
		switch p.Kind {
		case ThinkingPiece:
			t := &m.Thinking[p.Index]
			e.Thinking = ThinkingDelta{Index: p.Index, Text: t.Thinking, Signature: t.Signature, Data: t.Data}
		case CallPiece:
			c := &m.ToolCalls[p.Index]
			e.ToolCall = &ToolCallDelta{Index: p.Index, ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments, Signature: c.Signature}
		case TextPiece:
			text := m.Content.Part(p.Index).Text
			said := min(max(refused, 0), len(text))
			refused -= len(text)
			if m.Refusal != "" && said < len(text) {
				out = append(out, Event{Block: e.Block, Text: text[:said], LogProbs: last.LogProbs})
				last.LogProbs = nil
				text, e.Refusal = text[said:], true
			}
			e.Text, e.LogProbs, last.LogProbs = text, last.LogProbs, nil // those of the first text are those of all
		}
		out = append(out, e)
	}
	return append(out, last)
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
