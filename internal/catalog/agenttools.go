package catalog

import (
	"cmp"
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// AgentTool is a tool of an Agent.
type AgentTool struct {
	Function llm.Tool       // that the model is told of
	Stops    bool           // a call of it ends the turn
	Linked   *file.Snapshot // the version that a link means at the moment; nil for an inline function
	Content  file.Content   // of Linked
	Part     string         // the name of the function in Linked, a Tool that has several
	Says     bool           // the function takes what is said to Linked, in [SaidArgument], and not the variables of its template
}

// AgentTools returns the tools of an Agent, with what their links mean at the moment. Errors are those of [Catalog.Linked], and
// validation_failed for two tools of one name.
func (c *Catalog) AgentTools(ctx context.Context, a *file.Agent) ([]AgentTool, error) {
	out := make([]AgentTool, 0, len(a.Tools))
	first := map[string]int{}
	for i := range a.Tools {
		tool, err := c.agentTool(ctx, &a.Tools[i])
		if err != nil {
			return nil, errs.Within(err, "tools", i, "link")
		}
		for _, one := range tool.functions() {
			name := one.Function.Name
			if before, taken := first[name]; taken {
				return nil, errs.Invalid("Two tools have the name `"+name+"`, by which the model would call them. The other is "+
					errs.Dotted([]any{"tools", before})+".", "tools", i)
			}
			first[name], out = i, append(out, one)
		}
	}
	return out, nil
}

// functions returns t for each function that it stands for. Those of a Tool with several have its name in front, so that Tools do not collide.
func (t *AgentTool) functions() []AgentTool {
	tool, _ := t.Content.(*file.Tool)
	if tool == nil {
		return []AgentTool{*t}
	}
	list, several := tool.MCPFunctions()
	if !several {
		return []AgentTool{*t}
	}
	out := make([]AgentTool, len(list))
	for i := range list {
		out[i] = *t
		out[i].Function, out[i].Part = list[i].Tool, list[i].Name
		out[i].Function.Name = file.FunctionName(t.Linked.File.Name() + "__" + list[i].Name)
	}
	return out
}

func (c *Catalog) agentTool(ctx context.Context, t *file.AgentTool) (AgentTool, error) {
	out := AgentTool{Stops: t.OnAgentCall == file.StopOnCall}
	if t.Link == nil {
		if t.Inline != nil {
			out.Function = *t.Inline
		}
		return out, nil
	}
	if err := checkLink(t.Link); err != nil {
		return out, err
	}
	snap, err := c.Linked(ctx, *t.Link)
	if err != nil {
		return out, err
	}
	opened, err := c.Opened(snap)
	if err != nil {
		return out, err
	}
	out.Linked, out.Content = snap, opened.Content
	out.describe(opened)
	return out, nil
}

// describe sets the function that stands for a version: that of a Tool, or one that takes the variables of a template. Without variables it
// takes what is said.
func (t *AgentTool) describe(o *Opened) {
	f := &t.Linked.File
	t.Function = llm.Tool{Name: file.FunctionName(f.Name()), Description: cmp.Or(f.Description, "The "+f.Kind.Spec().Title+" "+f.Path+".")}
	tool, isTool := o.Content.(*file.Tool)
	prompt, isPrompt := o.Content.(*file.Prompt)
	switch variables := o.Inputs(); {
	case isTool && tool.Function != nil:
		t.Function = *tool.Function
	case isTool && tool.Runs() == file.GoogleTool:
		t.Function.Parameters = parametersOf([]string{"query"}, "What to search for.")
	case isTool && tool.Runs() == file.SnippetTool:
		t.Function.Parameters = parametersOf([]string{"key"}, "The name of the text.")
	case isTool, isPrompt && prompt.Endpoint == llm.Complete && len(variables) == 0:
	case len(variables) > 0:
		t.Function.Parameters = parametersOf(variables, "")
	default:
		t.Says, t.Function.Parameters = true, parametersOf([]string{SaidArgument}, "What to say to it.")
	}
}

// SaidArgument is the argument of a Prompt or Agent without variables: what is said to it.
const SaidArgument = "messages"

// parametersOf returns the schema of a function with arguments that are texts, all required.
func parametersOf(names []string, description string) json.Value {
	type property struct {
		Type        string `json:"type"`
		Description string `json:"description,omitempty"`
	}
	properties := map[string]property{}
	for _, name := range names {
		properties[name] = property{"string", description}
	}
	raw, err := json.Marshal(struct {
		Type       string              `json:"type"`
		Properties map[string]property `json:"properties"`
		Required   []string            `json:"required"`
	}{"object", properties, names})
	if err != nil { // texts always encode
		return nil
	}
	return raw
}
