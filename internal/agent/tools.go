package agent

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/toolrun"
)

// deepest is how many Agents may work for one another.
const deepest = 5

// tools are those of an Agent during a turn, by the name of their function.
type tools struct {
	offered []llm.Tool // that the model is told of
	byName  map[string]*tool
}

type tool struct {
	catalog.AgentTool
	refused string // why it is not offered, in a sentence; "" if it is
}

// tools finds what the tools of an Agent are at the moment. chain are the Agents at work, the innermost last.
func (r *Runner) tools(ctx context.Context, a *file.Agent, chain []string) (*tools, error) {
	all, err := r.o.Catalog.AgentTools(ctx, a)
	if err != nil {
		return nil, err
	}
	out := &tools{byName: make(map[string]*tool, len(all))}
	for i := range all {
		one := &tool{AgentTool: all[i], refused: refused(&all[i], chain)}
		out.byName[one.Function.Name] = one
		if one.refused == "" {
			out.offered = append(out.offered, one.Function)
		}
	}
	return out, nil
}

// linked are the Tools among them, for templates that call Tools.
func (t *tools) linked() []catalog.LinkedTool {
	var out []catalog.LinkedTool
	for _, one := range t.byName {
		if one.Linked != nil && one.Linked.File.Kind == file.ToolKind {
			out = append(out, catalog.LinkedTool{ID: one.Linked.File.ID, VersionID: one.Linked.Version.ID, Function: one.Function})
		}
	}
	return out
}

// refused says why an Agent cannot work for those of the chain, "" if it can.
func refused(t *catalog.AgentTool, chain []string) string {
	if t.Linked == nil || t.Linked.File.Kind != file.AgentKind {
		return ""
	}
	if slices.Contains(chain, t.Linked.File.ID) {
		return "The Agent is at work already."
	}
	if len(chain) >= deepest {
		return "No more Agents can work for one another."
	}
	return ""
}

// runsHere reports whether the server runs the tool. Otherwise the client does.
func (t *tool) runsHere() bool {
	if t.Linked == nil {
		return false
	}
	content, ok := t.Content.(*file.Tool)
	return !ok || toolrun.Runnable(content) && !pretends(content)
}

// pretends reports whether a Tool is a mock without an output: whoever tries out an Agent answers for it.
func pretends(t *file.Tool) bool {
	var setup struct {
		Output json.Value `json:"output"`
	}
	return t.Runs() == file.MockTool && (json.UnmarshalForeign(json.ObjectOrEmpty(t.SetupValues), &setup) != nil || setup.Output == nil)
}

// fault says what is wrong with a call, so that nobody can run it; "" if nothing is.
func (t *tools) fault(c *llm.ToolCall) string {
	known := t.byName[c.Function.Name]
	switch {
	case known == nil:
		return "There is no tool of this name."
	case known.refused != "":
		return known.refused
	case json.Kind(json.Value(c.Function.Text())) != '{' || !json.Valid(json.Value(c.Function.Text())):
		return "The arguments are not a JSON object."
	}
	return ""
}

// ours reports whether the server settles a call: it runs the tool, or tells the model what is wrong.
func (t *tools) ours(c *llm.ToolCall) bool {
	return t.fault(c) != "" || t.byName[c.Function.Name].runsHere()
}

// stops reports whether a call in a message ends the turn.
func (t *tools) stops(m *llm.Message) bool {
	for i := range m.ToolCalls {
		if known := t.byName[m.ToolCalls[i].Function.Name]; known != nil && known.Stops {
			return true
		}
	}
	return false
}
