// Package overlay puts what a saved Prompt sets over the body of a client.
package overlay

import (
	"bytes"
	"slices"

	"github.com/openloop-server/openloop/internal/json"
)

// Rules say how a body that a driver wrote, with what a saved Prompt sets, goes over the body of a client in the same dialect. All members that
// it does not name replace those of the client.
type Rules struct {
	Skip   []string            // members that every body has
	Before map[string][]string // lists that go before the client's; the texts around a string that stands for a list of one
	Tools  string              // the list of tools: the client's follow, without those that have the name of another
	Nested []string            // objects of which only the members that are there replace those of the client
	Same   [][]string          // members that say the same; the client has none of them afterwards but the one that is set
}

// Apply puts own, an object, over the body that e edits.
func (o *Rules) Apply(e *json.Edit, own json.Value) {
	from, _ := json.NewEdit(own)
	for _, name := range json.Names(own) {
		v := from.Get(name)
		switch _, list := o.Before[name]; {
		case slices.Contains(o.Skip, name):
		case list:
			o.before(e, name, v)
		case name == o.Tools:
			joinTools(e, name, v)
		case slices.Contains(o.Nested, name):
			nest(e, name, v)
		default:
			for _, same := range o.Same {
				if slices.Contains(same, name) {
					e.Remove(same...)
				}
			}
			e.Set(name, v)
		}
	}
}

// Fill sets the members of own, an object, that the body which e edits does not have. Lists are left alone.
func (o *Rules) Fill(e *json.Edit, own json.Value) {
	from, _ := json.NewEdit(own)
	for _, name := range json.Names(own) {
		v := from.Get(name)
		_, list := o.Before[name]
		inner, ok := json.NewEdit(e.Get(name))
		switch {
		case list || name == o.Tools || slices.Contains(o.Skip, name):
		case ok && slices.Contains(o.Nested, name):
			(&Rules{}).Fill(inner, v)
			e.Set(name, inner.Value())
		case !o.said(e, name):
			e.Set(name, v)
		}
	}
}

// said reports whether the body has a member, or another that says the same.
func (o *Rules) said(e *json.Edit, name string) bool {
	for _, same := range o.Same {
		if slices.Contains(same, name) {
			return slices.ContainsFunc(same, func(other string) bool { return e.Get(other) != nil })
		}
	}
	return e.Get(name) != nil
}

func (o *Rules) before(e *json.Edit, name string, own json.Value) {
	theirs, around := e.Get(name), o.Before[name]
	switch kind := json.Kind(theirs); {
	case kind == '[':
		e.Set(name, joined(own, theirs)...)
	case kind == '"' && around != nil:
		e.Set(name, joined(own, slices.Concat([]byte("["+around[0]), theirs, []byte(around[1]+"]")))...)
	default:
		e.Set(name, own)
	}
}

// joined returns two lists as the pieces of one. The second is in it byte for byte.
func joined(first, second json.Value) [][]byte {
	some, _ := json.Elements(first)
	more, _ := json.Elements(second)
	switch {
	case len(some) == 0:
		return [][]byte{second}
	case len(more) == 0:
		return [][]byte{first}
	}
	pieces := [][]byte{{'['}}
	for _, v := range some {
		pieces = append(pieces, v, []byte{','})
	}
	return append(pieces, second[bytes.IndexByte(second, '[')+1:])
}

// joinTools puts tools before those of the client, without the ones of the same names.
func joinTools(e *json.Edit, name string, own json.Value) {
	theirs := e.Get(name)
	ours, _ := json.Elements(own)
	all, ok := json.Elements(theirs)
	if !ok || len(all) == 0 {
		e.Set(name, own)
		return
	}
	names := map[string]bool{}
	for _, t := range ours {
		names[toolName(t)] = true
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(t json.Value) bool { return names[toolName(t)] })
	if len(kept) == len(all) {
		e.Set(name, joined(own, theirs)...)
		return
	}
	pieces := [][]byte{[]byte("[")}
	for i, t := range slices.Concat(ours, kept) {
		if i > 0 {
			pieces = append(pieces, []byte(","))
		}
		pieces = append(pieces, t)
	}
	e.Set(name, append(pieces, []byte("]"))...)
}

// toolName returns the name of a tool in any dialect, "" for a tool without one.
func toolName(tool json.Value) string {
	var t struct {
		Name     json.Lenient[string] `json:"name"`
		Function json.Lenient[struct {
			Name string `json:"name"`
		}] `json:"function"`
	}
	if json.UnmarshalForeign(tool, &t) != nil {
		return ""
	}
	if t.Name.V != "" {
		return t.Name.V
	}
	return t.Function.V.Name
}

// nest sets the members of own in the object that the client has under a name.
func nest(e *json.Edit, name string, own json.Value) {
	inner, ok := json.NewEdit(e.Get(name))
	if !ok || json.Kind(own) != '{' {
		e.Set(name, own)
		return
	}
	from, _ := json.NewEdit(own)
	for _, member := range json.Names(own) {
		inner.Set(member, from.Get(member))
	}
	e.Set(name, inner.Value())
}
