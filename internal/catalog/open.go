package catalog

import (
	"context"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/json"
	"openloop/internal/llm"
	"openloop/internal/prompt"
)

// LinkedTool is the function of a Tool that a Prompt links to, from the version that is deployed to the default environment.
type LinkedTool struct {
	ID, VersionID string
	Function      llm.Tool
}

// Content reads the content of a stored version, of the kind that C is the content of.
func Content[C any](snap *file.Snapshot) (*C, error) {
	content := new(C)
	if err := json.UnmarshalForeign(snap.Version.Content, content); err != nil {
		return nil, errs.Wrap("catalog.Content "+snap.Version.ID, err)
	}
	return content, nil
}

// Open makes a stored version of a Prompt ready to run. Errors: tool_not_found for a linked Tool that was deleted.
func (c *Catalog) Open(ctx context.Context, snap file.Snapshot) (*Prompt, error) {
	compiled, err := Compile(&snap)
	if err != nil {
		return nil, err
	}
	return c.link(ctx, &Prompt{Snapshot: snap, Compiled: compiled})
}

func (c *Catalog) link(ctx context.Context, p *Prompt) (*Prompt, error) {
	for _, id := range p.Content.LinkedTools {
		linked, err := c.LinkedTool(ctx, id)
		if err != nil {
			return nil, err
		}
		p.Linked = append(p.Linked, linked)
	}
	return p, nil
}

// Tools are the functions that the model may ask to have called: the Prompt's own, and those of the Tools it links to.
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

// Compile compiles a stored version of a Prompt.
func Compile(snap *file.Snapshot) (*prompt.Compiled, error) {
	content, err := Content[file.Prompt](snap)
	if err != nil {
		return nil, err
	}
	compiled, err := prompt.Compile(*content)
	if err != nil {
		return nil, errs.Wrap("catalog.Compile "+snap.Version.ID, err)
	}
	return compiled, nil
}

// LinkedTool reads the Tool with the given id as a model is told of it. Errors: tool_not_found, and validation_failed for a Tool without a
// function.
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
	return LinkedTool{ID: snap.File.ID, VersionID: snap.Version.ID, Function: *tool.Function}, nil
}
