package catalog

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/prompt"
)

// check refuses content that cannot run: a template with a mistake, a link to a File that does not exist.
func (c *Catalog) check(ctx context.Context, content file.Content) error {
	switch content := content.(type) {
	case *file.Prompt:
		return c.checkPrompt(ctx, content)
	case *file.Agent:
		return c.checkAgent(ctx, content)
	case *file.Evaluator:
		return c.checkEvaluator(ctx, content)
	default:
		return nil
	}
}

func (c *Catalog) checkPrompt(ctx context.Context, p *file.Prompt) error {
	for _, id := range p.LinkedTools {
		if _, err := c.LinkedTool(ctx, id); err != nil {
			return err
		}
	}
	_, err := prompt.Compile(*p)
	return err
}

func (c *Catalog) checkEvaluator(ctx context.Context, e *file.Evaluator) error {
	if err := uniqueOptions(e.Options); err != nil || e.Prompt == nil {
		return err
	}
	return errs.Within(c.checkPrompt(ctx, e.Prompt), "spec", "prompt")
}

func uniqueOptions(options []file.Option) error {
	for i := range options {
		same := func(o file.Option) bool { return o.Name == options[i].Name }
		if slices.ContainsFunc(options[:i], same) {
			return errs.Invalid("Two options have the name `"+options[i].Name+"`.", "spec", "options", i, "name")
		}
	}
	return nil
}

func (c *Catalog) checkAgent(ctx context.Context, a *file.Agent) error {
	if _, err := prompt.Compile(a.Prompt); err != nil {
		return err
	}
	_, err := c.AgentTools(ctx, a)
	return err
}

// checkLink refuses a link that an Agent cannot call: to a File that is not a Tool, a Prompt or an Agent.
func checkLink(l *file.Link) error {
	ref := l.Ref()
	if err := ref.Check(); err != nil {
		return err
	}
	kind, ok := file.KindOfID(l.FileID)
	if ok && kind != file.ToolKind && kind != file.PromptKind && kind != file.AgentKind {
		return errs.Invalid("An Agent can call Tools, Prompts and Agents, and not a "+kind.Spec().Title+".", "file_id")
	}
	if !ok {
		return errs.New(errs.FileNotFound, "The File `%s` does not exist.", l.FileID)
	}
	return nil
}

func (c *Catalog) readLinked(ctx context.Context, l *file.Link) (file.Snapshot, error) {
	kind, _ := file.KindOfID(l.FileID)
	snap, err := c.db.Snapshot(ctx, kind, l.Ref())
	if l.EnvironmentID != "" && errs.Is(err, errs.VersionNotFound) {
		return c.db.Snapshot(ctx, kind, file.Ref{ID: l.FileID})
	}
	return snap, err
}
