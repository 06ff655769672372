package mcp

import (
	"cmp"
	"slices"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// schema is the JSON Schema of an object.
type schema struct {
	Type       string              `json:"type"`
	Properties map[string]property `json:"properties"`
	Required   []string            `json:"required,omitempty"`
}

type property struct {
	Type        string `json:"type"`
	Description string `json:"description,omitempty"`
}

// messages is the argument with what the user says, as a text.
const messages = "messages"

// schemaOf returns the arguments of a Prompt or an Agent: the variables of its template, all texts, and messages if it takes some.
func schemaOf(o *catalog.Opened) (json.Value, error) {
	out := schema{Type: "object", Properties: map[string]property{}, Required: slices.Clone(o.Template.Required())}
	for _, name := range o.Inputs() {
		out.Properties[name] = property{Type: "string"}
	}
	if takes, needs := takesMessages(o); takes {
		out.Properties[messages] = property{Type: "string", Description: "What the user says."}
		if needs {
			out.Required = append(out.Required, messages)
		}
	}
	return json.Marshal(out)
}

// takesMessages reports whether a version takes messages besides the template's, and whether it is of no use without. It takes none if the
// template speaks for the user, or has a variable of the name.
func takesMessages(o *catalog.Opened) (takes, needs bool) {
	content := &o.Template.Content
	switch {
	case content.Endpoint == llm.Complete || slices.Contains(o.Inputs(), messages):
		return false, false
	case content.Template == nil:
		return true, true
	}
	asks := func(m llm.Message) bool { return m.Role == llm.User }
	return content.Template.Messages != nil && !slices.ContainsFunc(content.Template.Messages, asks), false
}

// split returns the inputs of a template and what the user says, out of the arguments of a call, an object.
func split(o *catalog.Opened, arguments json.Value) (inputs json.Value, said []llm.Message, err error) {
	if takes, _ := takesMessages(o); !takes || !slices.Contains(json.Names(arguments), messages) {
		return arguments, nil, nil
	}
	all := map[string]json.Value{}
	if err := json.Unmarshal(arguments, &all); err != nil {
		return nil, nil, errs.Wrap("mcp.split", err)
	}
	var text string
	if json.Kind(all[messages]) != '"' || json.Unmarshal(all[messages], &text) != nil {
		return nil, nil, errs.Invalid("This is what the user says, as a text.", messages)
	}
	delete(all, messages)
	inputs, err = json.Marshal(all)
	return inputs, []llm.Message{{Role: llm.User, Content: llm.Text(text)}}, err
}

// describe says what a version is for.
func describe(snap *file.Snapshot) string {
	return cmp.Or(snap.File.Description, snap.Version.Description, snap.File.Kind.Spec().Title+" "+snap.File.Path)
}
