package openai

import (
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// calls tells the tool calls of a stream apart. OpenAI numbers them, and gives id and name with the first piece. Others number all of
// them 0, or none; send each whole; repeat the name, or make up another id, with each piece; or have no ids.
type calls struct {
	known []knownCall
}

type knownCall struct {
	index     int // on the wire, -1 for none
	id, name  string
	arguments []byte
}

// maxCalls bounds the calls of one answer.
const maxCalls = 1024

// delta is the portable form of a piece of a call, false when it says nothing or there are too many calls.
func (c *calls) delta(in *chatCall) (llm.ToolCallDelta, bool) {
	i := c.find(in)
	if i >= 0 && c.known[i].follows(in) {
		in = c.known[i].next(in)
		i = -1
	}
	if i < 0 {
		if len(c.known) == maxCalls {
			return llm.ToolCallDelta{}, false
		}
		i = len(c.known)
		c.known = append(c.known, knownCall{index: in.wireIndex()})
	}
	k := &c.known[i]
	if k.repeats(in) {
		return llm.ToolCallDelta{}, false
	}
	out := llm.ToolCallDelta{Index: i, Arguments: string(in.Function.Arguments)}
	k.arguments = append(k.arguments, in.Function.Arguments...)
	if k.id == "" {
		k.id, out.ID = in.ID.V, in.ID.V
	}
	if k.name == "" {
		k.name, out.Name = in.Function.Name, in.Function.Name
	}
	return out, out != llm.ToolCallDelta{Index: i}
}

// find returns the call that in goes on with, or follows, -1 for none. The index says which. Without one it is the id, else the last.
func (c *calls) find(in *chatCall) int {
	index, last := in.wireIndex(), -1
	for i := len(c.known) - 1; i >= 0; i-- {
		k := &c.known[i]
		if index >= 0 && k.index >= 0 && k.index != index {
			continue
		}
		if in.ID.V != "" && k.id == in.ID.V {
			return i
		}
		last = max(last, i)
	}
	if last >= 0 || in.Function.Name != "" {
		return last
	}
	return c.withID(in.ID.V) // its number changed, and nothing says that it is a new one
}

func (c *calls) withID(id string) int {
	for i := range c.known {
		if id != "" && c.known[i].id == id {
			return i
		}
	}
	return -1
}

// follows reports whether in, which has the number of k or none, is of a further call: of another function; or k is complete, and in
// begins anew. An id alone proves nothing, since some vendors make up one for each piece.
func (k *knownCall) follows(in *chatCall) bool {
	if in.ID.V != "" && in.ID.V == k.id {
		return false
	}
	numbered := in.Index.V != nil
	if name := in.Function.Name; name != "" && k.name != "" {
		if name != k.name {
			return in.ID.V != "" || k.id == "" || !numbered
		}
		if !numbered && in.Function.Arguments == "" {
			return k.complete()
		}
	}
	return strings.HasPrefix(strings.TrimLeft(string(in.Function.Arguments), " \t\r\n"), "{") && k.complete()
}

// next is in, which follows k, with the function's name: where it is left out, it is the same one.
func (k *knownCall) next(in *chatCall) *chatCall {
	out := *in
	if out.Function.Name == "" {
		out.Function.Name = k.name
	}
	return &out
}

// repeats reports whether in tells once more what k is, whole.
func (k *knownCall) repeats(in *chatCall) bool {
	return len(k.arguments) > 0 && string(in.Function.Arguments) == string(k.arguments) && k.complete()
}

// complete reports whether the arguments of k are whole: nothing can follow an object.
func (k *knownCall) complete() bool { return json.Kind(k.arguments) == '{' && json.Valid(k.arguments) }

func (in *chatCall) wireIndex() int {
	if in.Index.V == nil {
		return -1
	}
	return *in.Index.V
}
