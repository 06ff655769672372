package promptfile

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// checkNames refuses names that t does not have, since they are probably misspelt. It does not check values that a type's own method reads,
// such as templates and JSON.
func checkNames(n *yaml.Node, t reflect.Type) error {
	if t == reflect.TypeFor[file.AgentTool]() {
		t = reflect.TypeFor[agentTool]()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return checkNames(n, t.Elem())
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode || t.Elem().Kind() != reflect.Struct {
			return nil
		}
		for _, item := range n.Content {
			if err := checkNames(item, t.Elem()); err != nil {
				return err
			}
		}
		return nil
	case reflect.Struct:
		if n.Kind != yaml.MappingNode || reflect.PointerTo(t).Implements(reflect.TypeFor[ownReader]()) {
			return nil
		}
		return checkMembers(n, t)
	default:
		return nil
	}
}

// ownReader is implemented by types that read their JSON themselves.
type ownReader interface {
	UnmarshalJSONFrom(dec *json.Decoder) error
}

func checkMembers(n *yaml.Node, t reflect.Type) error {
	types := memberTypes(t)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		member, ok := types[key.Value]
		if !ok {
			return nodeFault(key, "there is no %s here; the names are %s", quote(key.Value), strings.Join(slices.Sorted(maps.Keys(types)), ", "))
		}
		if err := checkNames(n.Content[i+1], member); err != nil {
			return err
		}
	}
	return nil
}

// memberTypes are the JSON members of a struct and their types.
func memberTypes(t reflect.Type) map[string]reflect.Type {
	types := make(map[string]reflect.Type, t.NumField())
	for f := range t.Fields() { // what is embedded comes first, so that the struct's own members take its members' place
		if f.Anonymous {
			maps.Copy(types, memberTypes(f.Type))
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "-" {
			types[name] = f.Type
		}
	}
	if t == reflect.TypeFor[file.Agent]() {
		delete(types, "linked_tools") // an Agent links tools among its tools
	}
	return types
}

// agentTool has the members of a [file.AgentTool].
type agentTool struct {
	Type        string    `json:"type"`
	Inline      *llm.Tool `json:"json_schema"`
	Link        file.Link `json:"link"`
	OnAgentCall string    `json:"on_agent_call"`
}

// spellOut turns plain functions among the tools of an Agent into tools of type inline. The tools of a Prompt are plain functions.
func spellOut(tools *yaml.Node) {
	if tools == nil || tools.Kind != yaml.SequenceNode {
		return
	}
	for _, n := range tools.Content {
		if n.Kind != yaml.MappingNode || member(n, "name") == nil || member(n, "type") != nil {
			continue
		}
		text := func(s string) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s, Line: n.Line, Column: n.Column}
		}
		schema := &yaml.Node{Kind: yaml.MappingNode, Line: n.Line, Column: n.Column}
		spelled := []*yaml.Node{text("type"), text(file.InlineTool), text("json_schema"), schema}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == "on_agent_call" {
				spelled = append(spelled, n.Content[i:i+2]...)
			} else {
				schema.Content = append(schema.Content, n.Content[i:i+2]...)
			}
		}
		n.Content = spelled
	}
}

// checkTools refuses incomplete tools. An empty list is like no list.
func checkTools(root *yaml.Node, content file.Content) error {
	switch c := content.(type) {
	case *file.Prompt:
		for i := range c.Tools {
			if c.Tools[i].Name == "" {
				return nodeFault(tool(root, i), "a tool needs a name")
			}
		}
		if len(c.Tools) == 0 {
			c.Tools = nil
		}
	case *file.Agent:
		for i := range c.Tools {
			if err := checkAgentTool(tool(root, i), &c.Tools[i]); err != nil {
				return err
			}
		}
		if len(c.Tools) == 0 {
			c.Tools = nil
		}
	}
	return nil
}

func tool(root *yaml.Node, i int) *yaml.Node { return find(root, "/tools/"+strconv.Itoa(i)) }

func checkAgentTool(n *yaml.Node, t *file.AgentTool) error {
	var kind string
	if typ := member(n, "type"); typ != nil {
		kind = typ.Value
	}
	switch {
	case kind != file.InlineTool && kind != file.FileTool:
		return nodeFault(n, "a tool needs a type, which is inline or file")
	case kind == file.InlineTool && (t.Inline == nil || t.Inline.Name == ""):
		return nodeFault(n, "a tool of type inline needs a json_schema with a name")
	case kind == file.InlineTool && given(n, "link"):
		return nodeFault(n, "a tool of type inline has no link")
	case kind == file.FileTool && (t.Link == nil || t.Link.FileID == ""):
		return nodeFault(n, "a tool of type file needs a link with a file_id")
	case kind == file.FileTool && given(n, "json_schema"):
		return nodeFault(n, "a tool of type file has no json_schema")
	default:
		return nil
	}
}

// given reports whether a mapping has a member that is not null.
func given(n *yaml.Node, name string) bool {
	value := member(n, name)
	return value != nil && value.Tag != "!!null"
}
