// Package toolnames lets models call functions whose names their provider does not take: each gets another name on the way there, and its own on the
// way back.
package toolnames

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/llm"
)

// Rule says which names of functions a wire takes: letters and digits of ASCII, "_", "-", and what is in Also. The zero Rule takes all names.
type Rule struct {
	Max    int    // bytes
	Also   string // further characters
	Letter bool   // the first character is a letter or "_"
}

// Names are the functions of a request that have other names on the wire. It is safe for concurrent use. A nil Names renames nothing.
type Names struct {
	wire map[string]string // by the own names
	own  map[string]string // by those of the wire
}

// Of returns the names of the functions of r, nil if the wire takes all of them. A function has the same name on the wire in each request, so a
// provider's prompt cache stays valid.
func (w Rule) Of(r *llm.Request) *Names {
	if w.Max == 0 || r.Native != nil {
		return nil
	}
	var out *Names
	for name := range mentioned(r) {
		if w.takes(name) {
			continue
		}
		if out == nil {
			out = &Names{map[string]string{}, map[string]string{}}
		}
		short := w.fit(name)
		out.wire[name], out.own[short] = short, name
	}
	return out
}

// mentioned yields all names of functions in r.
func mentioned(r *llm.Request) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := range r.Tools {
			if !yield(r.Tools[i].Name) {
				return
			}
		}
		for i := range r.Messages {
			for j := range r.Messages[i].ToolCalls {
				if !yield(r.Messages[i].ToolCalls[j].Function.Name) {
					return
				}
			}
		}
	}
}

func (w Rule) takes(name string) bool {
	return name == "" || len(name) <= w.Max && (!w.Letter || starts(name[0])) && !strings.ContainsFunc(name, w.foreign)
}

func starts(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (w Rule) foreign(c rune) bool {
	plain := c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return !plain && !strings.ContainsRune(w.Also, c)
}

// fit returns a name that the wire takes: as much of the own one as there is room for, and a hash that tells it from all others.
func (w Rule) fit(name string) string {
	hash := sha256.Sum256([]byte(name))
	end := "_" + hex.EncodeToString(hash[:4])
	begin := strings.Map(func(c rune) rune {
		if w.foreign(c) {
			return '_'
		}
		return c
	}, name)
	if w.Letter && !starts(begin[0]) {
		begin = "_" + begin
	}
	return begin[:min(len(begin), w.Max-len(end))] + end
}

// Request returns r with the names of the wire. r itself is not changed.
func (n *Names) Request(r *llm.Request) *llm.Request {
	if n == nil {
		return r
	}
	out := *r
	out.Tools, out.Messages = slices.Clone(r.Tools), slices.Clone(r.Messages)
	for i := range out.Tools {
		rename(&out.Tools[i].Name, n.wire)
	}
	for i := range out.Messages {
		m := &out.Messages[i]
		if m.Role == llm.ToolRole {
			rename(&m.Name, n.wire)
		}
		m.ToolCalls = slices.Clone(m.ToolCalls)
		for j := range m.ToolCalls {
			rename(&m.ToolCalls[j].Function.Name, n.wire)
		}
	}
	rename(&out.ToolChoice.Function, n.wire)
	return &out
}

// Answer gives the calls of an answer their own names. A nil m has none.
func (n *Names) Answer(m *llm.Message) {
	if n == nil || m == nil {
		return
	}
	for i := range m.ToolCalls {
		rename(&m.ToolCalls[i].Function.Name, n.own)
	}
}

// Events wraps yield so that it gets calls by their own names.
func (n *Names) Events(yield func(llm.Event, error) bool) func(llm.Event, error) bool {
	if n == nil {
		return yield
	}
	return func(e llm.Event, err error) bool {
		if e.ToolCall != nil && n.own[e.ToolCall.Name] != "" {
			call := *e.ToolCall
			call.Name = n.own[call.Name]
			e.ToolCall = &call
		}
		return yield(e, err)
	}
}

func rename(name *string, to map[string]string) {
	if other, ok := to[*name]; ok {
		*name = other
	}
}
