package catalog

import (
	"context"

	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/store"
)

// Use finds the version that a call or a Log is about: the one of content, which it brought along and which is found or made at the ID or
// Path of t, or else the one that t names. The answer for Prompts is from memory while nothing has changed. Errors are those of
// [Catalog.Save] and [store.DB.Snapshot]. The Evaluators of [file.PresetEvaluator] are made when they are missing.
func (c *Catalog) Use(ctx context.Context, kind file.Kind, t store.Target, content file.Content) (file.Snapshot, error) {
	draft := Draft{ID: t.ID, Path: t.Path, Content: content, Member: string(kind)}
	if kind == file.EvaluatorKind {
		draft.Member = "" // its content is the member "spec" of every request
	}
	switch {
	case kind == file.PromptKind && content == nil:
		return snapshotOf(c.Prompt(ctx, t))
	case kind == file.PromptKind:
		return snapshotOf(c.UsePrompt(ctx, draft))
	case content != nil:
		return c.Save(ctx, draft)
	}
	snap, err := c.db.Snapshot(ctx, kind, t)
	if kind == file.EvaluatorKind && errs.Is(err, errs.EvaluatorNotFound) {
		snap, err = c.preset(ctx, t, err)
	}
	if err != nil {
		return snap, err
	}
	return snap, sameFile(t, &snap)
}

// preset makes an Evaluator that every server has when it is used for the first time; missing is the answer for any other.
func (c *Catalog) preset(ctx context.Context, t store.Target, missing error) (file.Snapshot, error) {
	content := file.PresetEvaluator(t.Path)
	if content == nil || t.ID != "" || t.VersionID != "" {
		return file.Snapshot{}, missing
	}
	if _, err := c.Save(ctx, Draft{Path: t.Path, Content: content}); err != nil {
		return file.Snapshot{}, err
	}
	return c.db.Snapshot(ctx, file.EvaluatorKind, t)
}

func snapshotOf(p *Prompt, err error) (file.Snapshot, error) {
	if err != nil {
		return file.Snapshot{}, err
	}
	return p.Snapshot, nil
}

// sameFile refuses an ID and a Path of different Files; snap was found by the ID.
func sameFile(t store.Target, snap *file.Snapshot) error {
	if t.Path == "" || t.Path == snap.File.Path {
		return nil
	}
	return invalidPath("The path and the id name different Files: the one with this id is at `" + snap.File.Path + "`.")
}
