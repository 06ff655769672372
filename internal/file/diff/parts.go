package diff

import (
	"strconv"
	"strings"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// parts is a content taken apart.
type parts struct {
	settings, tools members
	texts           []text
}

// members is named values in order.
type members struct {
	names  []string
	values map[string]json.Value
}

// add adds a member. Of several with a name all but the first get a number.
func (m *members) add(name string, v json.Value) {
	if m.values == nil {
		m.values = map[string]json.Value{}
	}
	unique := name
	for n := 2; m.values[unique] != nil; n++ {
		unique = name + " (" + strconv.Itoa(n) + ")"
	}
	m.names = append(m.names, unique)
	m.values[unique] = v
}

// text is a text of a content.
type text struct{ name, role, text string }

func split(content json.Value) (*parts, error) {
	p := new(parts)
	return p, p.split(content, "")
}

// split adds the members of a content to p. prefix is the place of the content within the whole, with a point.
func (p *parts) split(content json.Value, prefix string) error {
	var values map[string]json.Value
	if err := json.UnmarshalForeign(content, &values); err != nil {
		return err
	}
	for _, name := range json.Names(content) {
		var err error
		at, v := prefix+name, values[name]
		switch name {
		case "template":
			err = p.addTemplate(at, v)
		case "source_code", "code", "instructions":
			err = p.addText(at, v)
		case "tools", "linked_tools":
			err = p.addTools(v)
		case "prompt": // of an Evaluator
			err = p.split(v, at+".")
		case "function", "attributes", "other", "setup_values", "response_format", "number_limits":
			p.addObject(at, v)
		default:
			p.settings.add(at, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addObject adds each member of an object as a setting. What is no object, or has no members, is one setting.
func (p *parts) addObject(at string, v json.Value) {
	var values map[string]json.Value
	if json.Kind(v) != '{' || json.UnmarshalForeign(v, &values) != nil || len(values) == 0 {
		p.settings.add(at, v)
		return
	}
	for _, name := range json.Names(v) {
		p.settings.add(at+"."+name, values[name])
	}
}

func (p *parts) addText(at string, v json.Value) error {
	var t string
	err := json.UnmarshalForeign(v, &t)
	p.texts = append(p.texts, text{name: at, text: t})
	return err
}

func (p *parts) addTemplate(at string, v json.Value) error {
	var template file.PromptTemplate
	if err := json.UnmarshalForeign(v, &template); err != nil {
		return err
	}
	if template.Messages == nil {
		p.texts = append(p.texts, text{name: at, text: template.Text})
	}
	for i := range template.Messages {
		m := &template.Messages[i]
		said, err := messageText(m)
		if err != nil {
			return err
		}
		p.texts = append(p.texts, text{name: at, role: string(m.Role), text: said})
	}
	return nil
}

// messageText returns what a message says: its text, and everything else as a line of JSON each.
func messageText(m *llm.Message) (string, error) {
	var lines []string
	add := func(v any) error {
		line, err := json.Marshal(v)
		lines = append(lines, string(line))
		return err
	}
	if m.Content.Text != "" {
		lines = append(lines, m.Content.Text)
	}
	for i := range m.Content.Parts {
		part := &m.Content.Parts[i]
		if part.Type == llm.TextPart {
			lines = append(lines, part.Text)
		} else if err := add(part); err != nil {
			return "", err
		}
	}
	for i := range m.ToolCalls {
		if err := add(&m.ToolCalls[i]); err != nil {
			return "", err
		}
	}
	if m.Name != "" || m.ToolCallID != "" {
		if err := add(map[string]string{"name": m.Name, "tool_call_id": m.ToolCallID}); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

// addTools adds functions, tools of Agents and ids of linked Tools.
func (p *parts) addTools(v json.Value) error {
	var list []json.Value
	if err := json.UnmarshalForeign(v, &list); err != nil {
		return err
	}
	for _, item := range list {
		var id string
		if json.Kind(item) == '"' {
			if err := json.UnmarshalForeign(item, &id); err != nil {
				return err
			}
			linked, err := json.Marshal(file.Link{FileID: id})
			if err != nil {
				return err
			}
			p.tools.add(id, linked)
			continue
		}
		var named struct {
			Name   string `json:"name"`
			Inline struct {
				Name string `json:"name"`
			} `json:"json_schema"`
			Link file.Link `json:"link"`
		}
		if err := json.UnmarshalForeign(item, &named); err != nil {
			return err
		}
		p.tools.add(named.Name+named.Inline.Name+named.Link.FileID, item)
	}
	return nil
}
