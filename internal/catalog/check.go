package catalog

import (
	"context"
	"errors"
	"slices"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/prompt"
	"openloop/internal/store"
)

// check refuses content that could not run: a template that cannot be read, a File linked to that does not exist.
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
	return within("spec", within("prompt", c.checkPrompt(ctx, e.Prompt)))
}

func uniqueOptions(options []file.Option) error {
	for i := range options {
		same := func(o file.Option) bool { return o.Name == options[i].Name }
		if slices.ContainsFunc(options[:i], same) {
			return errs.Invalid("Two options have the name `"+options[i].Name+"`.", "body", "spec", "options", i, "name")
		}
	}
	return nil
}

func (c *Catalog) checkAgent(ctx context.Context, a *file.Agent) error {
	if _, err := prompt.Compile(a.Prompt); err != nil {
		return err
	}
	for i := range a.Tools {
		if a.Tools[i].Link == nil {
			continue
		}
		if err := c.checkLink(ctx, a.Tools[i].Link, i); err != nil {
			return err
		}
	}
	return nil
}

// checkLink refuses what an Agent could not call: a File that does not exist, or that is neither a Tool nor a Prompt nor an Agent.
func (c *Catalog) checkLink(ctx context.Context, l *file.Link, i int) error {
	if l.VersionID != "" && l.EnvironmentID != "" {
		return errs.Invalid("Give either version_id or environment_id, not both.", "body", "tools", i, "link", "version_id")
	}
	kind, ok := file.KindOfID(l.FileID)
	if ok && kind != file.ToolKind && kind != file.PromptKind && kind != file.AgentKind {
		return errs.Invalid("An Agent can call Tools, Prompts and Agents, and not a "+kind.Spec().Title+".", "body", "tools", i, "link", "file_id")
	}
	if !ok {
		return errs.New(errs.FileNotFound, "The File `%s` does not exist.", l.FileID)
	}
	_, err := c.Linked(ctx, l)
	return err
}

// Linked reads the version of a File that an Agent's tool names. A File with nothing deployed to the environment named is read as it is by
// default. Errors: the kind's not found, version_not_found, environment_not_found.
func (c *Catalog) Linked(ctx context.Context, l *file.Link) (file.Snapshot, error) {
	kind, _ := file.KindOfID(l.FileID)
	t := store.Target{ID: l.FileID, VersionID: l.VersionID}
	if l.EnvironmentID == "" {
		return c.db.Snapshot(ctx, kind, t)
	}
	environments, err := c.db.Environments(ctx)
	if err != nil {
		return file.Snapshot{}, err
	}
	at := slices.IndexFunc(environments, func(e file.Environment) bool { return e.ID == l.EnvironmentID })
	if at < 0 {
		return file.Snapshot{}, errs.New(errs.EnvironmentNotFound, "The environment `%s` does not exist.", l.EnvironmentID).At("environment_id")
	}
	t.Environment = environments[at].Name
	snap, err := c.db.Snapshot(ctx, kind, t)
	if errs.Is(err, errs.VersionNotFound) {
		return c.db.Snapshot(ctx, kind, store.Target{ID: l.FileID})
	}
	return snap, err
}

// within places what is wrong with a part of the body in the member that holds it; "" is the body itself.
func within(member string, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Violations) == 0 || member == "" {
		return err
	}
	return e.With(func(e *errs.Error) {
		e.Param, e.Violations = member+"."+e.Param, slices.Clone(e.Violations)
		for i := range e.Violations {
			v := &e.Violations[i]
			v.Loc, v.Param = slices.Insert(slices.Clone(v.Loc), 1, any(member)), member+"."+v.Param
		}
	})
}
