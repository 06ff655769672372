package otlp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/otlp/wire"
)

// node is a value that was flattened into attributes: {"a": {"b": [1]}} is the attribute a.b.0. The zero node and the nil node are empty.
type node struct {
	leaf wire.Value
	kids map[string]*node
}

// maxDepth is the number of levels that names are split into. Deeper names keep their dots.
const maxDepth = 32

// unflatten builds the node of the attributes below prefix, nil if there are none. If there are both "a" and "a.b", the dot belongs to the
// name.
func unflatten(attributes wire.Attributes, prefix string) *node {
	var names []string
	for name := range attributes {
		if strings.HasPrefix(name, prefix+".") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names) // so that "a" comes before "a.b"
	root := &node{}
	for _, name := range names {
		root.put(name[len(prefix)+1:], attributes[name])
	}
	return root
}

func (n *node) put(name string, v wire.Value) {
	for range maxDepth {
		head, rest, dotted := strings.Cut(name, ".")
		if kid := n.kids[head]; !dotted || kid != nil && kid.leaf.Set() {
			break
		}
		n, name = n.member(head), rest
	}
	n.member(name).leaf = v
}

func (n *node) member(name string) *node {
	if n.kids == nil {
		n.kids = map[string]*node{}
	}
	if n.kids[name] == nil {
		n.kids[name] = &node{}
	}
	return n.kids[name]
}

// at is the node at the given path below n, nil if there is none.
func (n *node) at(names ...string) *node {
	for _, name := range names {
		if n == nil {
			return nil
		}
		n = n.kids[name]
	}
	return n
}

// value is the value of the node: that of its attribute, or an object or list of the nodes below.
func (n *node) value() wire.Value {
	switch {
	case n == nil:
		return wire.Value{}
	case len(n.kids) == 0:
		return n.leaf
	case n.isList():
		return wire.Raw(n.list())
	default:
		return wire.Raw(n.object())
	}
}

// whole is the value of a node that is one attribute; otherwise the object or list that together makes of it.
func (n *node) whole(together func(*node) json.Value) wire.Value {
	if n == nil || len(n.kids) == 0 {
		return n.value()
	}
	return wire.Raw(together(n))
}

func (n *node) text() string { return n.value().Text() }

// object is the node as an object, even if its names are numbers; nil if it has no members.
func (n *node) object() json.Value {
	if n == nil || len(n.kids) == 0 {
		return nil
	}
	members := make(wire.Attributes, len(n.kids))
	for name, kid := range n.kids {
		members[name] = kid.value()
	}
	return wire.Object(members).Raw()
}

func (n *node) isList() bool { return len(n.items()) == len(n.kids) }

// items are the nodes below n that are list items, in order.
func (n *node) items() []*node {
	if n == nil {
		return nil
	}
	indexes := make([]int, 0, len(n.kids))
	for name := range n.kids {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && strconv.Itoa(i) == name {
			indexes = append(indexes, i)
		}
	}
	slices.Sort(indexes)
	out := make([]*node, len(indexes))
	for at, i := range indexes {
		out[at] = n.kids[strconv.Itoa(i)]
	}
	return out
}

// list is the items as a list, nil if there are none.
func (n *node) list() json.Value {
	items := n.items()
	if len(items) == 0 {
		return nil
	}
	values := make([]wire.Value, len(items))
	for i, item := range items {
		values[i] = item.value()
	}
	return wire.List(values).Raw()
}
