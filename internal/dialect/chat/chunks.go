package chat

import (
	"strconv"

	"github.com/openloop-server/openloop/internal/dialect"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// Chunks makes the chunks of a streamed answer. It is for one answer and one goroutine.
type Chunks struct {
	usage bool // was asked for

	head   []byte // of every chunk, up to the choices
	tail   string // of every chunk with choices
	buf    []byte
	begun  []bool          // by sample
	calls  map[[2]int]bool // begun, by sample and index
	called []bool          // by sample
	used   *Usage
}

// NewChunks begins a stream. usage says whether the client asked for a chunk with the usage.
func NewChunks(id string, created int64, model string, usage bool) *Chunks {
	s := &Chunks{usage: usage, calls: map[[2]int]bool{}, tail: "}"}
	if usage {
		s.tail = `,"usage":null}`
	}
	s.head = append(json.AppendString([]byte(`{"id":`), IDPrefix+id), `,"object":"chat.completion.chunk","created":`...)
	s.head = strconv.AppendInt(s.head, created, 10)
	s.head = json.AppendString(append(s.head, `,"model":`...), model)
	s.head = append(s.head, `,"system_fingerprint":null,"choices":[`...)
	return s
}

// Event emits the chunks of an event of a sample. A chunk is valid until emit returns, which reports whether the client is still there.
func (s *Chunks) Event(sample int, e *llm.Event, emit func(dialect.Frame) bool) bool {
	return s.begin(sample, emit) && s.delta(sample, e, emit)
}

func (s *Chunks) begin(sample int, emit func(dialect.Frame) bool) bool {
	for len(s.begun) <= sample {
		s.begun, s.called = append(s.begun, false), append(s.called, false)
	}
	if s.begun[sample] {
		return true
	}
	s.begun[sample] = true
	return emit(s.chunk(sample, func(dst []byte) []byte { return append(dst, `"role":"assistant","content":"","refusal":null`...) }, nil))
}

func (s *Chunks) delta(sample int, e *llm.Event, emit func(dialect.Frame) bool) bool {
	if e.Thinking.Text != "" && !emit(s.chunk(sample, func(dst []byte) []byte {
		return json.AppendString(append(dst, `"reasoning_content":`...), e.Thinking.Text)
	}, nil)) {
		return false
	}
	if (e.Text != "" || len(e.LogProbs) > 0) && !emit(s.chunk(sample, func(dst []byte) []byte {
		member := `"content":`
		if e.Refusal {
			member = `"refusal":`
		}
		return json.AppendString(append(dst, member...), e.Text)
	}, e.LogProbs)) {
		return false
	}
	if e.ToolCall == nil {
		return true
	}
	s.called[sample] = true
	return emit(s.chunk(sample, func(dst []byte) []byte { return s.call(dst, sample, e.ToolCall) }, nil))
}

// call appends a piece of a call. Only the first piece has the id and the name: some clients append what comes again.
func (s *Chunks) call(dst []byte, sample int, c *llm.ToolCallDelta) []byte {
	dst = append(dst, `"tool_calls":[{"index":`...)
	dst = strconv.AppendInt(dst, int64(c.Index), 10)
	if at := [2]int{sample, c.Index}; !s.calls[at] {
		s.calls[at] = true
		dst = json.AppendString(append(dst, `,"id":`...), c.ID)
		dst = json.AppendString(append(dst, `,"type":"function","function":{"name":`...), c.Name)
		dst = append(dst, ',')
	} else {
		dst = append(dst, `,"function":{`...)
	}
	dst = json.AppendString(append(dst, `"arguments":`...), c.Arguments)
	dst = append(dst, '}')
	if c.Signature != "" {
		dst = json.AppendString(append(dst, `,"signature":`...), c.Signature)
	}
	return append(dst, `}]`...)
}

// End emits the last chunks of a sample: thinking in the form in which it can come back, and why the model stopped.
func (s *Chunks) End(sample int, m *llm.Message, finish llm.FinishReason, u llm.Usage, emit func(dialect.Frame) bool) bool {
	if !s.begin(sample, emit) {
		return false
	}
	if blocks := details(m.Thinking); blocks != nil && !emit(s.chunk(sample, func(dst []byte) []byte {
		return json.AppendValue(append(dst, `"reasoning_details":`...), blocks)
	}, nil)) {
		return false
	}
	if u.Known {
		s.used = s.used.plus(usageOf(u))
	}
	reason, own := finishOf(finish, m, s.called[sample])
	s.buf = strconv.AppendInt(append(append(s.buf[:0], s.head...), `{"index":`...), int64(sample), 10)
	s.buf = json.AppendString(append(s.buf, `,"delta":{},"logprobs":null,"finish_reason":`...), reason)
	if own != nil {
		s.buf = json.AppendValue(append(s.buf, `,"openloop":`...), own)
	}
	s.buf = append(append(s.buf, `}]`...), s.tail...)
	return emit(dialect.Frame{Data: s.buf})
}

// Finish emits the chunk with the usage, if the client asked for it.
func (s *Chunks) Finish(emit func(dialect.Frame) bool) bool {
	if !s.usage {
		return true
	}
	s.buf = append(append(s.buf[:0], s.head...), `],"usage":`...)
	s.buf = append(json.AppendValue(s.buf, s.used), '}')
	return emit(dialect.Frame{Data: s.buf})
}

// chunk returns a chunk of one choice with the members of its delta that write appends.
func (s *Chunks) chunk(sample int, write func([]byte) []byte, logProbs json.Value) dialect.Frame {
	s.buf = strconv.AppendInt(append(append(s.buf[:0], s.head...), `{"index":`...), int64(sample), 10)
	s.buf = write(append(s.buf, `,"delta":{`...))
	s.buf = append(s.buf, `},"logprobs":`...)
	if json.Kind(logProbs) == '{' {
		s.buf = append(s.buf, logProbs...)
	} else {
		s.buf = append(s.buf, "null"...)
	}
	s.buf = append(append(s.buf, `,"finish_reason":null}]`...), s.tail...)
	return dialect.Frame{Data: s.buf}
}
