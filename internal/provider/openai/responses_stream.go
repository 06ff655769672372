package openai

import (
	"cmp"
	"strings"

	"openloop/internal/json"
	"openloop/internal/llm"
)

// responsesStream decodes a streamed answer of the Responses endpoint. What it yields folds to what [decodeResponses] gives for the
// whole answer.
type responsesStream struct {
	in       responseEvent
	final    *response
	items    map[int]*itemState // by their place in the output
	calls    int
	thoughts int
	refused  bool
	text     bool
}

// responseEvent is any event of the stream.
type responseEvent struct {
	Type     string       `json:"type"`
	Place    int          `json:"output_index"`
	Summary  int          `json:"summary_index"`
	Content  int          `json:"content_index"`
	Delta    string       `json:"delta"`
	LogProbs []json.Value `json:"logprobs"`
	Item     *item        `json:"item"`
	Response *response    `json:"response"`
	Error    json.Value   `json:"error"`
}

// itemState is what is known of a function call or a piece of reasoning.
type itemState struct {
	index int  // among those of its kind in the message
	begun bool // of a call: arguments were seen; of reasoning: text was seen
	part  int  // of reasoning: the part that its text is in
}

// maxItems bounds the items of one answer.
const maxItems = 4096

// event implements [decoder].
func (d *responsesStream) event(data []byte, out []llm.Event) ([]llm.Event, bool, error) {
	if isDone(data) {
		return out, true, nil
	}
	d.in = responseEvent{}
	if err := json.UnmarshalPiece(data, &d.in); err != nil || failed(d.in.Error, true) || len(d.items) > maxItems {
		return out, false, errUnusable
	}
	e, err := d.portable()
	if err != nil {
		return out, false, err
	}
	if e.Output() || e.Model != "" || e.LogProbs != nil {
		out = append(out, e)
	}
	return out, d.final != nil, nil
}

func (d *responsesStream) portable() (llm.Event, error) {
	switch d.in.Type {
	case "response.output_text.delta":
		d.text = d.text || d.in.Delta != ""
		return llm.Event{Text: d.in.Delta, LogProbs: chatLogProbs(d.in.LogProbs)}, nil
	case "response.refusal.delta":
		d.refused = true
		return llm.Event{Text: d.in.Delta}, nil
	case "response.reasoning_summary_text.delta":
		return d.thought(d.in.Summary), nil
	case "response.reasoning_text.delta":
		return d.thought(d.in.Content), nil
	case "response.output_item.added":
		return d.added(), nil
	case "response.function_call_arguments.delta":
		return d.arguments(d.in.Delta), nil
	case "response.output_item.done":
		return d.finished(), nil
	case "response.created":
		if d.in.Response != nil {
			return llm.Event{Model: d.in.Response.Model}, nil
		}
	case "response.completed", "response.incomplete":
		return llm.Event{}, d.finish()
	case "response.failed", "error":
		return llm.Event{}, errUnusable
	}
	return llm.Event{}, nil
}

// finish takes the whole answer that ends the stream. Its status is in the event's own name, so it may be left out.
func (d *responsesStream) finish() error {
	if d.in.Response == nil || failed(d.in.Response.Error, true) {
		return errUnusable
	}
	d.final = d.in.Response
	d.final.Status = strings.TrimPrefix(d.in.Type, "response.")
	return nil
}

// last implements [decoder].
func (d *responsesStream) last() (llm.Event, error) {
	if d.final == nil {
		return llm.Event{}, errCut
	}
	out := llm.Event{Finish: d.final.finish(d.calls > 0, d.refused), Model: d.final.Model}
	if u := usageOf(d.final.Usage); u.Known {
		out.Usage = &u
	}
	if out.Finish == llm.FinishContentFilter && !d.text && !d.refused && d.calls == 0 {
		return out, &blockedError{cmp.Or(d.final.Incomplete.Reason, blockedReason)}
	}
	return out, nil
}

// state is what is known of the item of the event; a new one gets the next index from counter.
func (d *responsesStream) state(counter *int) *itemState {
	if s := d.items[d.in.Place]; s != nil {
		return s
	}
	if d.items == nil {
		d.items = map[int]*itemState{}
	}
	s := &itemState{index: *counter}
	*counter++
	d.items[d.in.Place] = s
	return s
}

// thought is a piece of readable reasoning in the given part of its item.
func (d *responsesStream) thought(part int) llm.Event {
	if d.in.Delta == "" {
		return llm.Event{}
	}
	s := d.state(&d.thoughts)
	text := d.in.Delta
	if s.begun && part != s.part {
		text = paragraph + text
	}
	s.begun, s.part = true, part
	return llm.Event{Thinking: llm.ThinkingDelta{Index: s.index, Text: text}}
}

// added begins a function call.
func (d *responsesStream) added() llm.Event {
	i := d.in.Item
	if i == nil || i.Type != callItem {
		return llm.Event{}
	}
	s := d.state(&d.calls)
	s.begun = i.Arguments != ""
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: s.index, ID: i.CallID, Name: i.Name, Arguments: string(i.Arguments)}}
}

func (d *responsesStream) arguments(delta string) llm.Event {
	s := d.items[d.in.Place]
	if s == nil || delta == "" {
		return llm.Event{}
	}
	s.begun = true
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: s.index, Arguments: delta}}
}

// finished tells what only the whole item holds: encrypted reasoning, and arguments that were not streamed.
func (d *responsesStream) finished() llm.Event {
	i := d.in.Item
	switch {
	case i == nil:
		return llm.Event{}
	case i.Type == callItem && d.items[d.in.Place] == nil:
		return d.added()
	case i.Type == callItem && !d.items[d.in.Place].begun:
		return d.arguments(string(i.Arguments))
	case i.Type == reasoningItem && i.Encrypted != "":
		s := d.state(&d.thoughts)
		if s.begun {
			return llm.Event{Thinking: llm.ThinkingDelta{Index: s.index, Signature: i.Encrypted}}
		}
		return llm.Event{Thinking: llm.ThinkingDelta{Index: s.index, Data: i.Encrypted}}
	default:
		return llm.Event{}
	}
}
