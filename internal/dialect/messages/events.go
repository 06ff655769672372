package messages

import (
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Names of events after which a stream may pause: a piece of a block, and the last one.
const (
	deltaEvent = "content_block_delta"
	lastEvent  = "message_stop"
)

// Events makes the events of a streamed answer. One block ends before the next begins: what comes for another block while a call is not whole
// waits until it is. It is for one answer and one goroutine.
type Events struct {
	buf  []byte
	emit func(dialect.Frame) bool
	gone bool // the client

	index int      // of the open block
	open  *pending // nil if there is none
	held  []*pending
	ended []int // calls
}

// pending is a block that has not ended.
type pending struct {
	kind  string
	index int // among those of its kind, as the portable model counts

	id, name  string // of a call
	text      []byte // of a call: all arguments; else what is not sent yet
	sent      int    // bytes of the arguments
	tried     int    // bytes of the arguments that are known to be no whole object
	signature string
}

// NewEvents begins the stream of the answer that a Log keeps: message_start says that the prompt has asked tokens, which is an estimate.
func NewEvents(log, model string, asked int64, emit func(dialect.Frame) bool) *Events {
	s := &Events{emit: emit, index: -1}
	begun := &Message{
		ID: idOf(log), Type: "message", Role: string(llm.Assistant), Model: model, Content: []any{},
		Usage: Usage{Input: asked, Output: 1, ServiceTier: standardTier},
	}
	s.buf = append(json.AppendValue(append(s.buf, `{"type":"message_start","message":`...), begun), '}')
	s.send("message_start")
	return s
}

// Event emits the events of a piece of the answer. It reports whether the client is still there.
func (s *Events) Event(e *llm.Event) bool {
	if t := e.Thinking; t != (llm.ThinkingDelta{}) {
		if t.Data != "" {
			s.add(blockRedacted, t.Index, func(p *pending) { p.text = append(p.text, t.Data...) })
		}
		if t.Text != "" || t.Signature != "" {
			s.add(blockThinking, t.Index, func(p *pending) {
				p.text = append(p.text, t.Text...)
				p.signature += t.Signature
			})
		}
	}
	if e.Text != "" {
		s.add(blockText, 0, func(p *pending) { p.text = append(p.text, e.Text...) })
	}
	if c := e.ToolCall; c != nil && !slices.Contains(s.ended, c.Index) {
		s.add(blockCall, c.Index, func(p *pending) {
			p.id, p.name, p.signature = p.id+c.ID, p.name+c.Name, p.signature+c.Signature
			p.text = append(p.text, c.Arguments...)
		})
	}
	return !s.gone
}

// End emits the last events: why the model stopped, and what was used.
func (s *Events) End(m *llm.Message, stop Stop, u llm.Usage, asked int64) bool {
	s.close()
	for len(s.held) > 0 {
		s.next()
		s.close()
	}
	reason, own := stop.reason(m.ToolCalls)
	s.buf = json.AppendString(append(s.buf[:0], `{"type":"message_delta","delta":{"stop_reason":`...), reason)
	s.buf = json.AppendValue(append(s.buf, `,"stop_sequence":`...), stop.sequence(reason))
	s.buf = json.AppendValue(append(s.buf, `},"usage":`...), usageOf(u, asked, m))
	if own != nil {
		s.buf = json.AppendValue(append(s.buf, `,"openloop":`...), own)
	}
	s.buf = append(s.buf, '}')
	s.send("message_delta")
	s.buf = append(s.buf[:0], `{"type":"message_stop"}`...)
	s.send(lastEvent)
	return !s.gone
}

// add takes a piece of a block: of the open one, of one that waits, or of a new one, which becomes the open one if it can.
func (s *Events) add(kind string, index int, piece func(*pending)) {
	is := func(p *pending) bool { return p.kind == kind && p.index == index }
	if s.open != nil && is(s.open) {
		piece(s.open)
		s.flush()
	} else {
		i := slices.IndexFunc(s.held, is)
		if i < 0 {
			i, s.held = len(s.held), append(s.held, &pending{kind: kind, index: index})
		}
		piece(s.held[i])
	}
	for len(s.held) > 0 && s.held[0].known() && (s.open == nil || s.open.whole()) {
		s.close()
		s.next()
	}
}

// known reports whether p can begin: a call is named first.
func (p *pending) known() bool { return p.kind != blockCall || p.id != "" && p.name != "" }

// whole reports whether nothing more of p is to come as far as can be known: only a call tells it, by its arguments.
func (p *pending) whole() bool {
	if p.kind != blockCall {
		return true
	}
	if p.tried == len(p.text) {
		return false
	}
	p.tried = len(p.text)
	return json.Kind(p.text) == '{' && json.Valid(p.text)
}

// next opens the first block that waits.
func (s *Events) next() {
	p := s.held[0]
	s.held = s.held[1:]
	s.open = p
	s.index++
	switch p.kind {
	case blockRedacted: // begins at its end, as a whole
		return
	case blockCall:
		s.start(saidCall{blockCall, p.id, p.name, json.Value("{}"), p.signature})
		s.delta("input_json_delta", "partial_json", "")
	case blockThinking:
		s.start(saidThinking{Type: blockThinking})
	default:
		s.start(saidText{Type: blockText})
	}
	s.flush()
}

// flush sends what the open block has. Arguments that are no object wait for their end.
func (s *Events) flush() {
	p := s.open
	switch p.kind {
	case blockText:
		s.delta("text_delta", "text", string(p.text))
	case blockThinking:
		if len(p.text) > 0 {
			s.delta("thinking_delta", "thinking", string(p.text))
		}
	case blockCall:
		if rest := p.text[p.sent:]; len(rest) > 0 && json.Kind(p.text) == '{' {
			s.delta("input_json_delta", "partial_json", string(rest))
			p.sent = len(p.text)
		}
		return
	default:
		return
	}
	p.text = p.text[:0]
}

// close ends the open block, if there is one.
func (s *Events) close() {
	p := s.open
	if p == nil {
		return
	}
	s.open = nil
	if p.kind == blockCall {
		s.ended = append(s.ended, p.index)
	}
	switch {
	case p.kind == blockRedacted:
		s.start(saidRedacted{blockRedacted, string(p.text)})
	case p.kind == blockThinking && p.signature != "":
		s.delta("signature_delta", "signature", p.signature)
	case p.kind == blockCall && p.sent == 0:
		s.delta("input_json_delta", "partial_json", string((&llm.FunctionCall{Arguments: string(p.text)}).Object()))
	}
	s.at("content_block_stop")
	s.buf = append(s.buf, '}')
	s.send("content_block_stop")
}

func (s *Events) start(block any) {
	s.at("content_block_start")
	s.buf = append(json.AppendValue(append(s.buf, `,"content_block":`...), block), '}')
	s.send("content_block_start")
}

func (s *Events) delta(kind, member, text string) {
	s.at(deltaEvent)
	s.buf = append(append(s.buf, `,"delta":{"type":"`...), kind...)
	s.buf = append(append(append(s.buf, `","`...), member...), `":`...)
	s.buf = append(json.AppendString(s.buf, text), `}}`...)
	s.send(deltaEvent)
}

// at begins an event about the block that is open.
func (s *Events) at(event string) {
	s.buf = append(append(append(s.buf[:0], `{"type":"`...), event...), `","index":`...)
	s.buf = strconv.AppendInt(s.buf, int64(s.index), 10)
}

func (s *Events) send(event string) {
	s.gone = s.gone || !s.emit(dialect.Frame{Name: event, Data: s.buf, More: event != deltaEvent && event != lastEvent})
}
