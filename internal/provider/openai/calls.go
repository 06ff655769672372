package openai

import "openloop/internal/llm"

// calls tells the tool calls of a stream apart. OpenAI numbers them; others number all of them 0, or none, and send each whole.
type calls struct {
	known []knownCall
}

type knownCall struct {
	index int // on the wire, -1 for none
	id    string
	named bool
}

// maxCalls bounds the calls of one answer.
const maxCalls = 1024

// delta is the portable form of a piece of a call, false when it says nothing or there are too many calls.
func (c *calls) delta(in *chatCall) (llm.ToolCallDelta, bool) {
	i := c.find(in)
	if i < 0 {
		if len(c.known) == maxCalls {
			return llm.ToolCallDelta{}, false
		}
		i = len(c.known)
		c.known = append(c.known, knownCall{index: wireIndex(in)})
	}
	k := &c.known[i]
	out := llm.ToolCallDelta{Index: i, Arguments: string(in.Function.Arguments)}
	if k.id == "" {
		k.id, out.ID = in.ID, in.ID
	}
	if !k.named {
		k.named, out.Name = in.Function.Name != "", in.Function.Name
	}
	return out, out != llm.ToolCallDelta{Index: i}
}

// find returns the call that in goes on with, -1 for a new one.
func (c *calls) find(in *chatCall) int {
	index := wireIndex(in)
	for i := len(c.known) - 1; i >= 0; i-- {
		k := &c.known[i]
		if index >= 0 && k.index != index {
			continue
		}
		if in.ID != "" && k.id != "" {
			if in.ID == k.id {
				return i
			}
			continue
		}
		if index < 0 && in.Function.Name != "" && k.named {
			return -1
		}
		return i
	}
	return -1
}

func wireIndex(in *chatCall) int {
	if in.Index == nil {
		return -1
	}
	return *in.Index
}
