package promptfile

import (
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
)

// header reads the YAML of a header into content.
func (s *source) header(text string, content file.Content) error {
	root, err := load(text)
	if err != nil {
		return err
	}
	p := modelled(content)
	if root == nil && p != nil {
		return s.fault(errs.ValidationFailed, 0, "the header needs a model")
	}
	if root == nil {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return nodeFault(root, "the header must be a list of names and values, as name: value")
	}
	if content.Kind() == file.AgentKind {
		spellOut(member(root, "tools"))
	}
	raw, err := appendNode(nil, root)
	if err != nil {
		return err
	}
	if err := checkNames(root, reflect.TypeOf(content)); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, content); err != nil {
		pointer := json.Describe(raw, err).Pointer
		return nodeFault(find(root, pointer), "%s has the wrong type", name(pointer))
	}
	if p != nil && p.Model == "" {
		return nodeFault(root, "the header needs a model")
	}
	return checkTools(root, content)
}

// load returns the root of the YAML document in text, nil if there is none.
func load(text string) (*yaml.Node, error) {
	var document, second yaml.Node
	loader, err := yaml.NewLoader(strings.NewReader(text))
	if err != nil {
		return nil, errs.Wrap("promptfile.load", err)
	}
	if err := loader.Load(&document); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, yamlFault(err)
	}
	if err := loader.Load(&second); err == nil {
		return nil, nodeFault(&second, "the header has a second YAML document")
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlFault(err)
	}
	if len(document.Content) == 0 {
		return nil, nil
	}
	return document.Content[0], nil
}

func yamlFault(err error) error {
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		return faultAt(errs.ValidationFailed, e.Mark.Line, e.Mark.Column, "the YAML cannot be read: %s", e.Message)
	}
	return faultAt(errs.ValidationFailed, 1, 1, "the YAML cannot be read")
}

func nodeFault(n *yaml.Node, format string, args ...any) *fault {
	return faultAt(errs.ValidationFailed, n.Line, n.Column, format, args...)
}

// appendNode appends n as JSON. It refuses anchors, aliases and tags, so that no value is larger than its text.
func appendNode(dst []byte, n *yaml.Node) ([]byte, error) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return nil, nodeFault(n, "anchors and aliases cannot be used")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		return nil, nodeFault(n, "tags cannot be used")
	}
	switch n.Kind {
	case yaml.MappingNode:
		return appendMapping(dst, n)
	case yaml.SequenceNode:
		return appendSequence(dst, n)
	default:
		return appendScalar(dst, n)
	}
}

func appendMapping(dst []byte, n *yaml.Node) ([]byte, error) {
	dst = append(dst, '{')
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode || key.Anchor != "" {
			return nil, nodeFault(key, "a name must be a plain text")
		}
		if seen[key.Value] {
			return nil, nodeFault(key, "the name %s is there twice", quote(key.Value))
		}
		seen[key.Value] = true
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(json.AppendString(dst, key.Value), ':')
		var err error
		if dst, err = appendNode(dst, n.Content[i+1]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func appendSequence(dst []byte, n *yaml.Node) ([]byte, error) {
	dst = append(dst, '[')
	for i, item := range n.Content {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendNode(dst, item); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

// appendScalar appends a scalar. It keeps the digits of numbers, so that none loses precision.
func appendScalar(dst []byte, n *yaml.Node) ([]byte, error) {
	const quoted = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n.Style&quoted != 0 {
		return json.AppendString(dst, n.Value), nil
	}
	if number := []byte(n.Value); json.Kind(number) == '0' && json.Valid(number) {
		return append(dst, number...), nil
	}
	switch n.Tag {
	case "!!null":
		return append(dst, "null"...), nil
	case "!!bool":
		return strconv.AppendBool(dst, strings.EqualFold(n.Value, "true")), nil
	case "!!int", "!!float":
		return nil, nodeFault(n, "%s is no number that JSON can hold; put a text in quotes", quote(n.Value))
	default:
		return json.AppendString(dst, n.Value), nil
	}
}

// member is the value of a member of a mapping, nil if there is none.
func member(n *yaml.Node, name string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// find is the node at a JSON pointer, or the last node on the way to it.
func find(n *yaml.Node, pointer string) *yaml.Node {
	for step := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		next := member(n, unescapePointer(step))
		if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			next = n.Content[i]
		}
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

// name writes a JSON pointer for people: tools.0.name.
func name(pointer string) string {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, s := range steps {
		steps[i] = unescapePointer(s)
	}
	return strings.Join(steps, ".")
}

func unescapePointer(step string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
}

// quote quotes foreign text for a message.
func quote(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return string(json.AppendString(nil, s))
}
