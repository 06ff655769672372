// Package catalog saves versions of Files, and reads the versions that calls run.
package catalog

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/prompt"
	"github.com/openloop-server/openloop/internal/store"
)

// Catalog is safe for concurrent use.
type Catalog struct {
	db  *store.DB
	now func() time.Time

	prompts  memory[cacheKey, cached]
	opened   memory[string, Opened]            // by the version's id
	versions memory[file.Link, rememberedSnap] // a version's id alone stands for the version even when it is deleted
}

// New returns a catalog over db. now is the clock.
func New(db *store.DB, now func() time.Time) *Catalog {
	return &Catalog{db: db, now: now}
}

// Prompt is a version of a Prompt that is ready to run. The counts of Logs and the times of last use in Snapshot may be a second old. It is
// immutable, and safe for concurrent use.
type Prompt struct {
	file.Snapshot
	*prompt.Compiled
	Linked []LinkedTool // the Tools that the content links to, as they are deployed

	// Memo is for the layer that shows Prompts to callers: it keeps the encoded form here, once made.
	Memo atomic.Pointer[[]byte]
}

// Prompt returns the version that t names. It answers from memory while nothing has changed in the database. Errors are those of
// [Catalog.Find].
func (c *Catalog) Prompt(ctx context.Context, t file.Ref) (*Prompt, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	p, err := c.cached(ctx, cacheKey{target: t}, func(ctx context.Context) (file.Snapshot, error) {
		return c.db.Snapshot(ctx, file.PromptKind, t)
	})
	if err != nil {
		return nil, err
	}
	return p, t.Matches(p.File.Path)
}

// PromptNamed returns the version with a name of the Prompt that t names, from memory as [Catalog.Prompt] does. Errors: those, and
// version_not_found.
func (c *Catalog) PromptNamed(ctx context.Context, t file.Ref, name string) (*Prompt, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	return c.cached(ctx, cacheKey{target: t, name: name}, func(ctx context.Context) (file.Snapshot, error) {
		snap, err := c.db.Snapshot(ctx, file.PromptKind, t)
		if err != nil {
			return snap, err
		}
		id, err := c.db.VersionNamed(ctx, snap.File.ID, name)
		if err != nil {
			return snap, err
		}
		return c.db.Snapshot(ctx, file.PromptKind, file.Ref{ID: snap.File.ID, VersionID: id})
	})
}

// PastPrompt returns the version of a Prompt with the given id, even if it, or its File, was deleted. It answers from memory while nothing
// has changed in the database. Errors: version_not_found, and tool_not_found for a linked Tool that was deleted.
func (c *Catalog) PastPrompt(ctx context.Context, versionID string) (*Prompt, error) {
	return c.cached(ctx, cacheKey{target: file.Ref{VersionID: versionID}, past: true}, func(ctx context.Context) (file.Snapshot, error) {
		snaps, err := c.db.VersionsByID(ctx, []string{versionID})
		if err != nil {
			return file.Snapshot{}, err
		}
		snap, ok := snaps[versionID]
		if !ok || snap.File.Kind != file.PromptKind {
			return snap, errs.New(errs.VersionNotFound, "No Prompt has a version `%s`.", versionID).At("version_id")
		}
		return snap, nil
	})
}

// Draft describes a version of a File that a caller wants to save.
type Draft struct {
	file.Ref                        // by ID or Path; the other fields are not read
	Content                         file.Content
	At                              []any // the place of Content in the request; nil when the members of Content are the request's
	VersionName, VersionDescription string
	Description, Readme             *string // of the File; nil leaves what it has
	Tags                            *[]string
	Inline                          bool // nobody saves it: a call or a Log brings the content along
	New                             bool // the File must not exist yet
	Draft                           bool // it is only tried, in a File that exists; see [store.Save]
}

// Save returns the version that d describes, and makes it and its File if they do not exist. Errors are those of [store.DB.SaveVersion],
// validation_failed for an invalid path, and those of the kind: a template with a mistake, a linked Tool that does not exist.
func (c *Catalog) Save(ctx context.Context, d Draft) (file.Snapshot, error) {
	save, err := saveOf(ctx, &d)
	if err != nil {
		return file.Snapshot{}, err
	}
	return c.save(ctx, save, &d)
}

// Unsaved returns d as a version that is not stored and has no ids. Errors are those of [Catalog.Save] about the content.
func (c *Catalog) Unsaved(ctx context.Context, d Draft) (file.Snapshot, error) {
	content, hash, err := seal(&d)
	if err != nil {
		return file.Snapshot{}, err
	}
	snap := file.Snapshot{File: file.File{Kind: d.Content.Kind()}, Version: file.Version{Content: content, Hash: hash}}
	return snap, errs.Within(c.check(ctx, d.Content), d.At...)
}

func (c *Catalog) save(ctx context.Context, save store.Save, d *Draft) (file.Snapshot, error) {
	if err := c.check(ctx, d.Content); err != nil {
		return file.Snapshot{}, errs.Within(err, d.At...)
	}
	snap, _, err := c.db.SaveVersion(ctx, save)
	return snap, err
}

// UsePrompt is [Catalog.Save] for a call that brings its Prompt along. It answers from memory while nothing has changed.
func (c *Catalog) UsePrompt(ctx context.Context, d Draft) (*Prompt, error) {
	d.Inline = true
	save, err := saveOf(ctx, &d)
	if err != nil {
		return nil, err
	}
	key := cacheKey{target: file.Ref{ID: d.ID, Path: save.Path}, hash: save.Hash, draft: d.Draft}
	return c.cached(ctx, key, func(ctx context.Context) (file.Snapshot, error) {
		return c.save(ctx, save, &d)
	})
}

func seal(d *Draft) (content json.Value, hash string, err error) {
	content, hash, err = file.Seal(d.Content)
	if err != nil {
		err = errs.New(errs.ValidationFailed, "The content holds an object that names a member twice.")
	}
	return content, hash, err
}

func saveOf(ctx context.Context, d *Draft) (store.Save, error) {
	ref := file.Ref{ID: d.ID, Path: d.Path}
	if err := ref.CheckFile(); err != nil {
		return store.Save{}, err
	}
	content, hash, err := seal(d)
	if err != nil {
		return store.Save{}, err
	}
	return store.Save{
		Kind: d.Content.Kind(), ID: ref.ID, Path: ref.Path, Content: content, Hash: hash,
		VersionName: d.VersionName, VersionDescription: d.VersionDescription,
		Description: d.Description, Readme: d.Readme, Tags: d.Tags, By: auth.From(ctx).KeyID, Inline: d.Inline, New: d.New, Draft: d.Draft,
	}, nil
}
