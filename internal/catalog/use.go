package catalog

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
)

// Use returns the version that a call or a Log is about. If content is given, this is the version with that content, which is made at the
// ID or Path of t if it does not exist. Otherwise it is the version that t names. Prompts are answered from memory while nothing has
// changed. The Evaluators of [file.PresetEvaluator] are made when first used. Errors are those of [Catalog.Save] and [store.DB.Snapshot].
func (c *Catalog) Use(ctx context.Context, kind file.Kind, t file.Ref, content file.Content) (file.Snapshot, error) {
	draft := Draft{Ref: t, Content: content, At: []any{string(kind)}, Inline: true}
	if kind == file.EvaluatorKind {
		draft.At = nil // its content is the member "spec" of every request
	}
	switch {
	case kind == file.PromptKind && content == nil:
		return snapshotOf(c.Prompt(ctx, t))
	case kind == file.PromptKind:
		return snapshotOf(c.UsePrompt(ctx, draft))
	case content != nil:
		return c.Save(ctx, draft)
	}
	return c.Find(ctx, kind, t)
}

// Past returns the version of a kind with the given id, even if it, or its File, was deleted. Errors: version_not_found.
func (c *Catalog) Past(ctx context.Context, kind file.Kind, versionID string) (*file.Snapshot, error) {
	snap, err := c.Version(ctx, versionID)
	if err == nil && (snap == nil || snap.File.Kind != kind) {
		return nil, errs.New(errs.VersionNotFound, "No %s has a version `%s`.", kind.Spec().Title, versionID).At("version_id")
	}
	return snap, err
}

// Find returns the version that ref names, of a File of the given kind. The kind "" allows any. An Evaluator of [file.PresetEvaluator] is
// made when first used. Errors are those of [file.Ref.Check], [file.Ref.Matches] and [store.DB.Snapshot].
func (c *Catalog) Find(ctx context.Context, kind file.Kind, ref file.Ref) (file.Snapshot, error) {
	if err := ref.Check(); err != nil {
		return file.Snapshot{}, err
	}
	snap, err := c.db.Snapshot(ctx, kind, ref)
	if kind == file.EvaluatorKind && errs.Is(err, errs.EvaluatorNotFound) {
		snap, err = c.preset(ctx, ref, err)
	}
	if err != nil {
		return snap, err
	}
	return snap, ref.Matches(snap.File.Path)
}

// preset makes an Evaluator that exists on every server when it is first used. For any other Evaluator it returns missing.
func (c *Catalog) preset(ctx context.Context, t file.Ref, missing error) (file.Snapshot, error) {
	content := file.PresetEvaluator(t.Path)
	if content == nil || t.ID != "" || t.VersionID != "" {
		return file.Snapshot{}, missing
	}
	if _, err := c.Save(ctx, Draft{Ref: file.Ref{Path: t.Path}, Content: content}); err != nil {
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
