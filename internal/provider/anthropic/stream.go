package anthropic

import (
	"net/http"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/llm/failure"
	"github.com/openloop-server/openloop/internal/llm/llmhttp"
)

// decoder implements [llmhttp.Decoder]. The zero decoder is ready.
type decoder struct {
	blocks   []blockState // by the index that events name them with
	calls    int
	thoughts int
	counts   usage
	spoke    bool // output was seen
	ended    bool // the end marker was seen
	native   bool // what was withheld is an answer like others
	in       event
	out      []llm.Event
}

// Ended implements [llmhttp.Decoder].
func (d *decoder) Ended() bool { return d.ended }

// Last implements [llmhttp.Decoder]. A stream without its end marker is cut; the usage so far was told already.
func (d *decoder) Last() (llm.Event, bool) { return llm.Event{}, false }

// Decode implements [llmhttp.Decoder].
func (d *decoder) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	out, err := d.decode(call, h, e.Name, e.Data)
	if d.in.Type == "message" && err == nil {
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

// blockState is what is known of a block of the message.
type blockState struct {
	kind  kind
	index int        // among the blocks of its kind
	input json.Value // of a tool call that had no delta yet
}

type kind int

const (
	ignored kind = iota
	thought
	toolCall
)

// maxBlocks bounds the index of a block that a stream may name.
const maxBlocks = 4096

// decode translates one event. The zero Event says that it has nothing to tell.
func (d *decoder) decode(call failure.Call, h http.Header, name string, data []byte) (llm.Event, error) {
	d.in = event{}
	if err := json.UnmarshalPiece(data, &d.in); err != nil {
		return llm.Event{}, llmhttp.Unreadable(call, name, h, data)
	}
	var out llm.Event
	switch d.in.Type {
	case "content_block_delta":
		out = d.delta()
	case "content_block_start":
		out = d.start()
	case "content_block_stop":
		out = d.stop()
	case "message_start":
		out.Model = d.in.Message.Model
		out.Usage = d.counts.add(d.in.Message.Usage).Reported()
	case "message_delta":
		return d.finish(call, h)
	case "message_stop":
		d.ended = true
	case "ping", "message":
	default:
		if e := call.Event(name, h, data); e != nil {
			return llm.Event{}, e
		}
	}
	if out.Output() {
		d.spoke, out.Block = true, d.in.Index+1
	}
	return out, nil
}

func (d *decoder) delta() llm.Event {
	in := &d.in.Delta
	switch in.Type {
	case "text_delta":
		return llm.Event{Text: in.Text}
	case "thinking_delta", "signature_delta":
		if b := d.block(thought); b != nil {
			return llm.Event{Thinking: thinkingDelta(b.index, in.Thinking, in.Signature, "")}
		}
	case "input_json_delta":
		if b := d.block(toolCall); b != nil && in.PartialJSON != "" {
			b.input = nil
			return llm.Event{ToolCall: &llm.ToolCallDelta{Index: b.index, Arguments: in.PartialJSON}}
		}
	}
	return llm.Event{}
}

// block is the block of the event, nil when it is of another kind.
func (d *decoder) block(k kind) *blockState {
	i := d.in.Index
	if i < 0 || i >= len(d.blocks) || d.blocks[i].kind != k {
		return nil
	}
	return &d.blocks[i]
}

// thinkingDelta is zero when it adds nothing, whatever its index.
func thinkingDelta(index int, text, signature, data string) llm.ThinkingDelta {
	if text == "" && signature == "" && data == "" {
		return llm.ThinkingDelta{}
	}
	return llm.ThinkingDelta{Index: index, Text: text, Signature: signature, Data: data}
}

func (d *decoder) start() llm.Event {
	i := d.in.Index
	if i < 0 || i >= maxBlocks {
		return llm.Event{}
	}
	for len(d.blocks) <= i {
		d.blocks = append(d.blocks, blockState{})
	}
	in := &d.in.ContentBlock
	switch in.Type {
	case "text":
		return llm.Event{Text: in.Text}
	case "thinking", "redacted_thinking":
		d.blocks[i] = blockState{kind: thought, index: d.thoughts}
		d.thoughts++
		return llm.Event{Thinking: thinkingDelta(d.blocks[i].index, in.Thinking, in.Signature, in.Data)}
	case "tool_use":
		d.blocks[i] = blockState{kind: toolCall, index: d.calls, input: json.Value(llm.ArgumentsOf(in.Input))}
		d.calls++
		return llm.Event{ToolCall: &llm.ToolCallDelta{Index: d.blocks[i].index, ID: in.ID, Name: in.Name}}
	default:
		return llm.Event{}
	}
}

// stop tells the arguments of a tool call that came whole with its start.
func (d *decoder) stop() llm.Event {
	b := d.block(toolCall)
	if b == nil || b.input == nil {
		return llm.Event{}
	}
	arguments := string(b.input)
	b.input = nil
	return llm.Event{ToolCall: &llm.ToolCallDelta{Index: b.index, Arguments: arguments}}
}

func (d *decoder) finish(call failure.Call, h http.Header) (llm.Event, error) {
	reason := d.in.Delta.StopReason
	if llm.Filtered(reason) && !d.spoke && !d.native {
		return llm.Event{}, call.Blocked(reason, d.in.Delta.StopDetails.Explanation, h)
	}
	return llm.Event{Finish: llm.FinishOf(reason), StopSequence: d.in.Delta.StopSequence.V, Usage: d.counts.add(d.in.Usage).Reported()}, nil
}
