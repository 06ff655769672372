package catalog

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
)

// LinkedTool is the function of a Tool that a Prompt links to, from the version deployed to the default environment.
type LinkedTool struct {
	ID, VersionID string
	Path          string
	Function      llm.Tool
}

// Content decodes the content of a stored version. C must be the content type of its kind.
func Content[C any](snap *file.Snapshot) (*C, error) {
	content := new(C)
	if err := json.UnmarshalForeign(snap.Version.Content, content); err != nil {
		return nil, errs.Wrap("catalog.Content "+snap.Version.ID, err)
	}
	return content, nil
}

// Open prepares a version of a Prompt, or of an Evaluator that asks a model, to run. Errors: tool_not_found for a linked Tool that was deleted.
func (c *Catalog) Open(ctx context.Context, snap file.Snapshot) (*Prompt, error) {
	opened, err := c.Opened(&snap)
	if err != nil {
		return nil, err
	}
	p := &Prompt{Snapshot: snap, Compiled: opened.Template}
	for _, id := range p.Content.LinkedTools {
		linked, err := c.LinkedTool(ctx, id)
		if err != nil {
			return nil, err
		}
		p.Linked = append(p.Linked, linked)
	}
	return p, nil
}

// Tools returns the functions that the model may call: the Prompt's own, and those of linked Tools.
func (p *Prompt) Tools() []llm.Tool {
	if len(p.Linked) == 0 {
		return p.Content.Tools
	}
	tools := slices.Clone(p.Content.Tools)
	for i := range p.Linked {
		tools = append(tools, p.Linked[i].Function)
	}
	return tools
}

// LinkedTool returns the function of the Tool with the given id, as the model gets it. Errors: tool_not_found, and validation_failed for a
// Tool without a function.
func (c *Catalog) LinkedTool(ctx context.Context, id string) (LinkedTool, error) {
	snap, err := c.db.Snapshot(ctx, file.ToolKind, file.Ref{ID: id})
	if err != nil {
		return LinkedTool{}, err
	}
	tool, err := Content[file.Tool](&snap)
	if err != nil {
		return LinkedTool{}, err
	}
	if tool.Function == nil {
		return LinkedTool{}, errs.New(errs.ValidationFailed, "The Tool `%s` has no function that a model could be told of.", id)
	}
	return LinkedTool{ID: snap.File.ID, VersionID: snap.Version.ID, Path: snap.File.Path, Function: *tool.Function}, nil
}
