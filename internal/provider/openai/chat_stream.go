package openai

import (
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/provider/openai/chunk"
	"github.com/openloop-server/openloop/internal/provider/openai/reasoning"
)

// chatStream decodes a streamed chat.
type chatStream struct {
	tail
	model   string
	calls   calls
	details reasoning.Stream
	refused bool
	scanner chunk.Scanner
}

// event implements [decoder].
func (d *chatStream) event(data []byte, out []llm.Event) ([]llm.Event, bool, error) {
	if isDone(data) {
		d.done = true
		return out, true, nil
	}
	if c, ok := d.scanner.Scan(data); ok {
		return d.scanned(c, out)
	}
	return d.decoded(data, out)
}

// last implements [decoder].
func (d *chatStream) last() (llm.Event, error) {
	if d.refused && d.reason == llm.FinishStop {
		d.reason = llm.FinishContentFilter
	}
	return d.tail.last()
}

// scanned takes a chunk of the common kind: a piece of text.
func (d *chatStream) scanned(c *chunk.Chunk, out []llm.Event) ([]llm.Event, bool, error) {
	e := llm.Event{Text: c.Content, Thinking: llm.ThinkingDelta{Text: c.Reasoning}}
	d.details.Say(c.Reasoning)
	if len(c.Model) > 0 && string(c.Model) != d.model {
		d.model = string(c.Model)
		e.Model = d.model
	}
	d.seen, d.spoke = true, d.spoke || e.Text != ""
	return appendEvents(out, e, nil), false, d.finish(c.Finish)
}

// decoded takes a chunk of any kind.
func (d *chatStream) decoded(data []byte, out []llm.Event) ([]llm.Event, bool, error) {
	var in completedChat
	if err := json.UnmarshalPiece(data, &in); err != nil || failed(in.Error, in.Choices != nil || in.Done != nil || in.Usage != nil) {
		return out, false, errUnusable
	}
	in.used(&d.usage)
	var e llm.Event
	if in.Model != "" && in.Model != d.model {
		d.model, e.Model = in.Model, in.Model
	}
	var deltas []llm.ToolCallDelta
	choices := in.choices()
	for i := range choices {
		c := &choices[i]
		if c.Index != 0 {
			continue
		}
		if present(c.LogProbs) {
			e.LogProbs = c.LogProbs
		}
		d.seen = true
		if m := c.message(); m != nil {
			out = d.details.Events(m.ReasoningDetails, out)
			deltas = d.message(m, &e, deltas)
		}
		if err := d.finish(c.FinishReason); err != nil {
			return out, false, err
		}
	}
	return appendEvents(out, e, deltas), false, nil
}

// message is the piece of message in c, nil when there is none. A vendor that does not stream sends the whole message.
func (c *chatChoice) message() *chatMessage {
	if c.Delta == nil {
		return c.Message
	}
	return c.Delta
}

// message takes a piece of a message: its text into e, its tool calls behind deltas.
func (d *chatStream) message(m *chatMessage, e *llm.Event, deltas []llm.ToolCallDelta) []llm.ToolCallDelta {
	e.Text, e.Refusal = e.Text+m.text(), m.Refusal != "" && e.Text+m.Content.text == ""
	if len(m.ReasoningDetails) == 0 {
		e.Thinking.Text += m.thinking()
		d.details.Say(m.thinking())
	}
	for i := range m.ToolCalls {
		if delta, ok := d.calls.delta(&m.ToolCalls[i]); ok {
			deltas = append(deltas, delta)
		}
	}
	if m.FunctionCall != nil && len(m.ToolCalls) == 0 {
		legacy := chatCall{Index: json.Lenient[*int]{V: new(int)}, Function: *m.FunctionCall}
		if delta, ok := d.calls.delta(&legacy); ok {
			deltas = append(deltas, delta)
		}
	}
	d.refused = d.refused || m.Refusal != ""
	d.spoke = d.spoke || e.Text != "" || len(deltas) > 0
	return deltas
}

// appendEvents appends e with the first delta, and an event for each further one. It appends nothing when there is nothing to say.
func appendEvents(out []llm.Event, e llm.Event, deltas []llm.ToolCallDelta) []llm.Event {
	if len(deltas) > 0 {
		e.ToolCall = &deltas[0]
	}
	if !e.Output() && e.Model == "" && e.LogProbs == nil {
		return out
	}
	out = append(out, e)
	for i := 1; i < len(deltas); i++ {
		out = append(out, llm.Event{ToolCall: &deltas[i]})
	}
	return out
}
