package llm

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// CallIDs says which ids of tool calls a wire accepts. The zero CallIDs accepts every id that is not empty.
type CallIDs struct {
	Max   int  // at most this many bytes; 0 means no limit
	Exact int  // exactly this many letters and digits; 0 means no such rule
	Words bool // only letters, digits, "_" and "-"
}

// Rename returns chat with call ids that the wire accepts. Every call gets a unique id, and every result gets the id of its call. An id
// that is acceptable and unused stays; any other id is replaced by one derived from it.
//
// Rename is deterministic and depends only on what came before: when a chat grows, the ids of its beginning stay, so a provider's prompt
// cache stays valid. It also moves each result directly behind its call. chat itself is not changed.
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

// renamer maps the ids of one chat, from beginning to end.
type renamer struct {
	wire  CallIDs
	taken map[string]bool
	known []renamed
	turn  int // counts messages that are not the model's
}

// renamed is one call with two ids: own from the caller, wire for the provider.
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

// unused returns the wire's id for the next call whose caller's id is own.
func (r *renamer) unused(own string) string {
	id := own
	for n := 0; !r.wire.takes(id) || r.taken[id]; n++ {
		id = r.wire.made(own, n)
	}
	r.taken[id] = true
	return id
}

// result returns the wire's id of the call that the tool message m answers. Several calls may share the caller's id. The last turn that has
// such a call counts, and within that turn the first call without a result.
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

// answers reports whether the tool message m can be the result of k. A message without an id matches by function name,
// or by position if it has no name either.
func (k *renamed) answers(m *Message) bool {
	if m.ToolCallID == "" {
		return m.Name == "" || m.Name == k.function
	}
	return m.ToolCallID == k.own
}

// takes reports whether the wire accepts id.
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

// made derives the nth replacement for own: "call_" and a hash, or only as many characters of the hash as an exact length allows.
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
