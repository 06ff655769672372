package llm

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// CallIDs says which ids of tool calls a wire takes. The zero CallIDs takes all that are not empty.
type CallIDs struct {
	Max   int  // characters; 0 means any number
	Exact int  // exactly so many, of letters and digits
	Words bool // only letters, digits, "_" and "-"
}

// Rename returns chat with ids that the wire takes: of each call one of its own, and of each result that of its call. What the wire takes
// stays as it is; another id, and one that an earlier call has, is replaced by one made from it. The same chat always gets the same ids,
// and a longer one begins with those of its beginning, so that what a provider cached stays valid. Results stand right behind their calls
// and in their order. chat itself is not changed.
func (w CallIDs) Rename(chat []Message) []Message {
	if !slices.ContainsFunc(chat, func(m Message) bool { return len(m.ToolCalls) > 0 || m.Role == ToolRole }) {
		return chat
	}
	out := slices.Clone(chat)
	r := renamer{wire: w, taken: map[string]bool{}}
	for i := range out {
		m := &out[i]
		if m.Role != Assistant {
			r.turn++
		}
		if len(m.ToolCalls) > 0 {
			m.ToolCalls = r.calls(m.ToolCalls)
		}
		if m.Role == ToolRole {
			m.ToolCallID = r.result(m)
		}
	}
	return answered(out)
}

// renamer maps the ids of one chat, from its beginning to its end.
type renamer struct {
	wire  CallIDs
	taken map[string]bool
	known []renamed
	turn  int // counts what is no turn of the model
}

// renamed is a call as the caller and as the wire names it.
type renamed struct {
	own, wire, function string
	turn                int
	answered            bool
}

func (r *renamer) calls(list []ToolCall) []ToolCall {
	list = slices.Clone(list)
	for i := range list {
		c := &list[i]
		id := r.unused(c.ID)
		r.known = append(r.known, renamed{own: c.ID, wire: id, function: c.Function.Name, turn: r.turn})
		c.ID = id
	}
	return list
}

// unused is the id of the wire for a further call that its caller names own.
func (r *renamer) unused(own string) string {
	id := own
	for n := 0; !r.wire.takes(id) || r.taken[id]; n++ {
		id = r.wire.made(own, n)
	}
	r.taken[id] = true
	return id
}

// result is the id of the call that the tool message m answers: of those that its caller names so, in the last turn that has any, the first
// without a result.
func (r *renamer) result(m *Message) string {
	at := -1
	for i, k := range slices.Backward(r.known) {
		if k.answers(m) && (at < 0 || !k.answered && k.turn == r.known[at].turn) {
			at = i
		}
	}
	if at >= 0 {
		r.known[at].answered = true
		return r.known[at].wire
	}
	if r.wire.takes(m.ToolCallID) {
		return m.ToolCallID
	}
	return r.wire.made(m.ToolCallID, 0)
}

// answers reports whether the tool message m can be the result of k. One without an id is known by the name of its function, or by its place.
func (k *renamed) answers(m *Message) bool {
	if m.ToolCallID == "" {
		return m.Name == "" || m.Name == k.function
	}
	return m.ToolCallID == k.own
}

// takes reports whether the wire takes id.
func (w CallIDs) takes(id string) bool {
	switch {
	case id == "", w.Max > 0 && len(id) > w.Max:
		return false
	case w.Exact > 0:
		return len(id) == w.Exact && strings.Trim(id, alphanumeric) == ""
	default:
		return !w.Words || strings.Trim(id, alphanumeric+"_-") == ""
	}
}

const alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// made is the nth id that stands for own: a prefix and a hash, or where the wire is narrow as much of the hash as fits.
func (w CallIDs) made(own string, n int) string {
	sum := sha256.Sum256([]byte(own + "\x00" + strconv.Itoa(n)))
	if w.Exact == 0 {
		const length = 16
		return "call_" + hex.EncodeToString(sum[:length])
	}
	const base = 62
	digits := new(big.Int).SetBytes(sum[:]).Text(base)
	return digits[len(digits)-w.Exact:]
}
