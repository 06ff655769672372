package bedrock

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
	spoke    bool // output was seen
	finish   llm.FinishReason
	ended    bool // the metadata, which come last, were seen
	in       event
	out      [1]llm.Event
}

// blockState is what is known of a block of the message.
type blockState struct {
	kind   kind
	index  int  // among the blocks of its kind
	silent bool // of a tool call that had no arguments yet
}

type kind int

const (
	unknown kind = iota
	thought
	toolCall
)

// maxBlocks bounds the index of a block that a stream may name.
const maxBlocks = 4096

// Ended implements [llmhttp.Decoder].
func (d *decoder) Ended() bool { return d.ended }

// Last implements [llmhttp.Decoder]. The message is whole with its stop reason; what a stream without metadata lacks is the usage.
func (d *decoder) Last() (llm.Event, bool) {
	return llm.Event{Finish: d.finish}, d.finish != ""
}

// Decode implements [llmhttp.Decoder].
func (d *decoder) Decode(call failure.Call, h http.Header, e llmhttp.Event) ([]llm.Event, error) {
	d.in = event{}
	if err := json.UnmarshalPiece(e.Data, &d.in); err != nil {
		return nil, call.Malformed(h, e.Data)
	}
	out := &d.out[0]
	*out = llm.Event{}
	switch e.Name {
	case "contentBlockDelta":
		d.delta(out)
	case "contentBlockStart":
		d.start(out)
	case "contentBlockStop":
		d.stop(out)
	case "messageStop":
		if withheld(d.in.StopReason, d.spoke) {
			return nil, call.Blocked(d.in.StopReason, "", h)
		}
		d.finish = llm.FinishOf(d.in.StopReason)
	case "metadata":
		if d.finish == "" {
			return nil, call.Cut(h)
		}
		d.metadata(out)
	}
	if out.Output() {
		d.spoke, out.Block = true, d.in.Index+1
	}
	return d.out[:], nil
}

// block is the block of the event, made known as one of kind k if it is new; nil when it is of another kind.
func (d *decoder) block(k kind) *blockState {
	i := d.in.Index
	if i < 0 || i >= maxBlocks {
		return nil
	}
	for len(d.blocks) <= i {
		d.blocks = append(d.blocks, blockState{})
	}
	b := &d.blocks[i]
	if b.kind == unknown && k == thought { // which has no start
		*b = blockState{kind: thought, index: d.thoughts}
		d.thoughts++
	}
	if b.kind != k {
		return nil
	}
	return b
}

func (d *decoder) start(out *llm.Event) {
	use := d.in.Start.ToolUse
	if use == nil || d.block(unknown) == nil {
		return
	}
	d.blocks[d.in.Index] = blockState{kind: toolCall, index: d.calls, silent: true}
	out.ToolCall = &llm.ToolCallDelta{Index: d.calls, ID: use.ID, Name: use.Name}
	d.calls++
}

func (d *decoder) delta(out *llm.Event) {
	in := &d.in.Delta
	out.Text = in.Text
	if in.ToolUse.Input != "" {
		d.arguments(out, in.ToolUse.Input)
	}
	if in.Reasoning.Text == "" && in.Reasoning.Signature == "" && in.Reasoning.Redacted == "" {
		return
	}
	if b := d.block(thought); b != nil {
		out.Thinking = llm.ThinkingDelta{Index: b.index, Text: in.Reasoning.Text, Signature: in.Reasoning.Signature, Data: in.Reasoning.Redacted}
	}
}

func (d *decoder) arguments(out *llm.Event, input string) {
	b := d.block(toolCall)
	if b == nil {
		return
	}
	b.silent = false
	out.ToolCall = &llm.ToolCallDelta{Index: b.index, Arguments: input}
}

// stop tells the arguments of a tool call that has none.
func (d *decoder) stop(out *llm.Event) {
	if b := d.block(toolCall); b != nil && b.silent {
		d.arguments(out, "{}")
	}
}

func (d *decoder) metadata(out *llm.Event) {
	d.ended = true
	out.Finish, out.Model = d.finish, d.in.Trace.PromptRouter.InvokedModelID
	out.Usage = usageOf(d.in.Usage, d.in.Tier).Reported()
}
