package openai

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// told is what a streamed answer of the Responses endpoint said so far, and the events that say it. The zero told has said nothing.
type told struct {
	events   []llm.Event
	model    string
	text     strings.Builder
	refused  bool
	items    map[itemKey]*toldItem
	calls    []*toldItem // in the order of the message, as the next
	thoughts []*toldItem
	block    int // of the item that is told of, see [llm.Event]; 0 where the vendor does not say its place
}

// itemKey names an item of an answer.
type itemKey struct {
	kind  string
	place int
	id    string
}

// toldItem is what was told of an item: the text of a message or of reasoning, or the arguments of a call.
type toldItem struct {
	kind   string
	block  int
	index  int // among the calls, or the blocks of thinking
	listed bool
	callID string
	sealed bool // its encrypted content was told
	denies bool // its text is a refusal
	text   strings.Builder
	part   int // that the text is in, which begins at start
	start  int
}

// toldPart is a part of an item that an event tells of.
type toldPart struct {
	told  *told
	item  *toldItem
	index int
}

// maxItems bounds the items of one answer.
const maxItems = 4096

// tell adds an event unless it says nothing.
func (t *told) tell(e llm.Event) {
	if e.Output() || e.Model != "" || e.LogProbs != nil {
		t.events = append(t.events, e)
	}
}

// state is what was told of the item of that key.
func (t *told) state(key itemKey) *toldItem {
	if s := t.items[key]; s != nil {
		return s
	}
	if t.items == nil {
		t.items = map[itemKey]*toldItem{}
	}
	s := &toldItem{kind: key.kind, block: t.block}
	t.items[key] = s
	return s
}

// rest is what whole has behind what was told before. What contradicts that cannot be taken back, so nothing is added to it.
func rest(before, whole string) string {
	after, ok := strings.CutPrefix(whole, json.JoinHalves(before))
	if !ok {
		return ""
	}
	return after
}

// add goes on with the part.
func (p toldPart) add(text string, logprobs []json.Value) {
	s := p.item
	if text != "" && p.index != s.part {
		if s.kind == reasoningItem && s.text.Len() > 0 {
			p.told.piece(s, paragraph, nil)
		}
		s.part, s.start = p.index, s.text.Len()
	}
	p.told.piece(s, text, logprobs)
}

// whole takes the text of the whole part.
func (p toldPart) whole(text string, logprobs []json.Value) {
	s, before := p.item, ""
	switch {
	case p.index < s.part: // it is over
		return
	case p.index == s.part:
		before = s.text.String()[s.start:]
	}
	if before != "" {
		logprobs = nil // they came with the pieces
	}
	p.add(rest(before, text), logprobs)
}

// piece tells a further piece of an item.
func (t *told) piece(s *toldItem, text string, logprobs []json.Value) {
	if text == "" && len(logprobs) == 0 {
		return
	}
	switch s.kind {
	case messageItem:
		t.text.WriteString(text)
		t.tell(llm.Event{Text: text, LogProbs: chatLogProbs(logprobs), Block: s.block, Refusal: s.denies && text != ""})
	case callItem:
		if !s.listed {
			return // what it calls is not known yet: it is told with the whole item
		}
		t.tell(llm.Event{ToolCall: &llm.ToolCallDelta{Index: s.index, Arguments: text}, Block: s.block})
	default:
		t.list(s, &t.thoughts)
		t.tell(llm.Event{Thinking: llm.ThinkingDelta{Index: s.index, Text: text}, Block: s.block})
	}
	s.text.WriteString(text)
}

// list gives s its place in the message.
func (t *told) list(s *toldItem, all *[]*toldItem) {
	if !s.listed {
		s.listed, s.index = true, len(*all)
		*all = append(*all, s)
	}
}

// item takes an item: one that is added, of which only calls say something yet, or a whole one.
func (t *told) item(key itemKey, i *item, whole bool) {
	switch {
	case i.Type == callItem:
		if s := t.items[key]; s != nil && s.callID != "" && i.CallID != "" && s.callID != i.CallID {
			delete(t.items, key) // another one, and nothing else tells them apart
		}
		t.call(t.state(key), i.CallID, i.Name, string(i.Arguments))
	case !whole:
	case i.Type == messageItem:
		var a gathered
		a.add(i)
		t.message(t.state(key), &a)
	case i.Type == reasoningItem:
		if block, ok := i.thinking(); ok {
			t.thought(t.state(key), &block)
		}
	}
}

// call takes a call, whose arguments may be whole.
func (t *told) call(s *toldItem, id, name, arguments string) {
	if !s.listed {
		t.list(s, &t.calls)
		s.callID = id
		t.tell(llm.Event{ToolCall: &llm.ToolCallDelta{Index: s.index, ID: id, Name: name, Arguments: arguments}, Block: s.block})
		s.text.WriteString(arguments)
		return
	}
	t.piece(s, rest(s.text.String(), arguments), nil)
}

// message takes the whole text of an item.
func (t *told) message(s *toldItem, a *gathered) {
	t.refused = t.refused || a.refusal != ""
	logprobs := a.logprobs
	if s.text.Len() > 0 {
		logprobs = nil // they came with the pieces
	}
	left := rest(s.text.String(), a.text)
	said := max(0, len(left)-len(a.refusal))
	s.denies = false
	t.piece(s, left[:said], logprobs)
	s.denies = true
	t.piece(s, left[said:], nil)
}

// thought takes a whole block, whose encrypted content comes at its end.
func (t *told) thought(s *toldItem, block *llm.Thinking) {
	t.piece(s, rest(s.text.String(), block.Thinking), nil)
	if s.sealed || block.Signature == "" && block.Data == "" {
		return
	}
	t.list(s, &t.thoughts)
	s.sealed = true
	out := llm.ThinkingDelta{Index: s.index, Signature: block.Signature, Data: block.Data}
	if s.text.Len() > 0 && out.Data != "" {
		out.Signature, out.Data = out.Data, ""
	}
	t.tell(llm.Event{Thinking: out, Block: s.block})
}

// answer takes the whole answer that ends the stream. Its items are those of the stream in their order, whatever they were named.
func (t *told) answer(r *response) {
	thoughts, calls, all := 0, 0, gathered{}
	for i := range r.Output {
		t.block = i + 1
		switch in := &r.Output[i]; in.Type {
		case messageItem:
			all.add(in)
			texts := &toldItem{kind: messageItem, block: t.block}
			texts.text.WriteString(t.text.String())
			t.message(texts, &all)
		case callItem:
			t.call(t.known(calls, in), in.CallID, in.Name, string(in.Arguments))
			calls++
		case reasoningItem:
			block, ok := in.thinking()
			if !ok {
				continue
			}
			if thoughts == len(t.thoughts) {
				t.list(&toldItem{kind: reasoningItem, block: t.block}, &t.thoughts)
			}
			t.thought(t.thoughts[thoughts], &block)
			thoughts++
		}
	}
}

// known is what was told of call i of the whole answer.
func (t *told) known(i int, c *item) *toldItem {
	for _, s := range t.calls {
		if c.CallID != "" && s.callID == c.CallID {
			return s
		}
	}
	if i < len(t.calls) && (c.CallID == "" || t.calls[i].callID == "" || t.calls[i].text.String() == string(c.Arguments)) {
		return t.calls[i]
	}
	return &toldItem{kind: callItem, block: t.block}
}
