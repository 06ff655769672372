package cohere

import (
	"net/http"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// decoder implements [llmhttp.Decoder]. The zero decoder is ready.
type decoder struct {
	calls    []int // the indices that the events of each tool call have, in the order of the calls
	silent   bool  // the last tool call has no arguments yet
	thoughts int   // blocks of thinking
	thought  int   // what the last of them belongs to: the index of its content, or plan
	usage    *llm.Usage
	spoke    bool // output was seen
	ended    bool // the end marker was seen
	in       event
	out      []llm.Event
}

// plan is the place of a tool plan among the contents of a message.
const plan = -1

// Ended implements [llmhttp.Decoder].
func (d *decoder) Ended() bool { return d.ended }

// Last implements [llmhttp.Decoder]. A stream without its end marker is cut.
func (d *decoder) Last() (llm.Event, bool) { return llm.Event{Usage: d.usage}, false }

// Decode implements [llmhttp.Decoder].
func (d *decoder) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	out, err := d.decode(call, h, e.Name, e.Data)
	if d.in.Type == "" && d.in.Message != nil && err == nil {
		r, err := decode(call, h, e.Data) // not streamed, though a stream was asked for
		if err != nil {
			return nil, err
		}
		d.ended = true
		return r.Events(), nil
	}
	d.out = append(d.out[:0], out)
	return d.out, err
}

// decode translates one event. The zero Event says that it has nothing to tell.
func (d *decoder) decode(call failure.Call, h http.Header, name string, data []byte) (llm.Event, error) {
	d.in = event{}
	if err := json.UnmarshalPiece(data, &d.in); err != nil {
		return llm.Event{}, llmhttp.Unreadable(call, name, h, data)
	}
	var out llm.Event
	m := &d.in.Delta.Message
	switch d.in.Type {
	case "content-delta", "content-start":
		out = d.content(&m.Content.v)
	case "tool-plan-delta":
		out.Thinking = d.think(plan, m.ToolPlan)
	case "tool-call-start":
		out.ToolCall = d.start(&m.ToolCalls.v)
	case "tool-call-delta":
		out.ToolCall = d.arguments(m.ToolCalls.v.Function.Arguments)
	case "tool-call-end":
		out.ToolCall = d.complete()
	case "message-end":
		return d.end(call, h, name, data)
	case "message-start", "content-end", "citation-start", "citation-end":
	default:
		if e := call.Event(name, h, data); e != nil {
			return llm.Event{}, e
		}
	}
	d.spoke = d.spoke || out.Output()
	return out, nil
}

func (d *decoder) content(p *answerPart) llm.Event {
	out := llm.Event{Text: p.Text, Thinking: d.think(d.in.Index, p.Thinking)}
	if json.Kind(d.in.LogProbs) == '{' {
		out.LogProbs = slices.Concat(json.Value("["), d.in.LogProbs, json.Value("]"))
	}
	return out
}

// think adds to the block of thinking that belongs to place. It is zero when it adds nothing.
func (d *decoder) think(place int, text string) llm.ThinkingDelta {
	if text == "" {
		return llm.ThinkingDelta{}
	}
	if d.thoughts == 0 || d.thought != place {
		d.thoughts++
		d.thought = place
	}
	return llm.ThinkingDelta{Index: d.thoughts - 1, Text: text}
}

// maxCalls bounds the tool calls of a stream.
const maxCalls = 1024

func (d *decoder) start(c *toolCall) *llm.ToolCallDelta {
	if len(d.calls) == maxCalls {
		return nil
	}
	d.calls = append(d.calls, d.in.Index)
	d.silent = c.Function.Arguments == ""
	return &llm.ToolCallDelta{Index: len(d.calls) - 1, ID: c.ID, Name: c.Function.Name, Arguments: c.Function.Arguments}
}

// arguments adds to the last call with the index of the event, which counts whatever came before it.
func (d *decoder) arguments(text string) *llm.ToolCallDelta {
	for i, index := range slices.Backward(d.calls) {
		if index == d.in.Index && text != "" {
			d.silent = d.silent && i != len(d.calls)-1
			return &llm.ToolCallDelta{Index: i, Arguments: text}
		}
	}
	return nil
}

// complete gives arguments to a call that has none.
func (d *decoder) complete() *llm.ToolCallDelta {
	if !d.silent {
		return nil
	}
	d.silent = false
	return &llm.ToolCallDelta{Index: len(d.calls) - 1, Arguments: "{}"}
}

func (d *decoder) end(call failure.Call, h http.Header, name string, data []byte) (llm.Event, error) {
	in := &d.in.Delta
	d.usage = portableUsage(in.Usage)
	if broken(in.FinishReason) || llm.Filtered(in.FinishReason) && !d.spoke {
		if e := call.Event(name, h, data); e != nil {
			return llm.Event{}, e
		}
		return llm.Event{}, call.Blocked(in.FinishReason, in.Error, h)
	}
	d.ended = true
	return llm.Event{ToolCall: d.complete(), Finish: llm.FinishOf(in.FinishReason), Usage: d.usage}, nil
}
