package browse

import (
	"context"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/file/diff"
	"github.com/openloop-server/openloop/internal/promptfile"
	"github.com/openloop-server/openloop/internal/store"
)

type listVersions struct {
	ID     string `path:"id"`
	Saved  *bool  `query:"saved" doc:"Only versions that somebody saved, or only those that calls made."`
	Size   int    `query:"size" default:"50" min:"1" max:"500" doc:"Versions per page."`
	Cursor string `query:"cursor" doc:"The member next of the page before."`
}

func (h *handlers) versions(ctx context.Context, in *listVersions) (*Versions, error) {
	rows, total, err := h.o.DB.VersionRows(ctx, in.ID, store.VersionPage{Saved: in.Saved, Before: in.Cursor, Size: in.Size})
	if err != nil {
		return nil, notACursor(err)
	}
	shown, err := h.shown(ctx)
	if err != nil {
		return nil, err
	}
	out := &Versions{Versions: []VersionRow{}, Total: total}
	for i := range rows[:min(len(rows), in.Size)] {
		row := shown.version(&rows[i])
		if i+1 < len(rows) {
			row.PreviousID = rows[i+1].ID
			changes, err := diff.Contents(rows[i+1].Content, rows[i].Content)
			if err != nil {
				return nil, errs.Wrap("browse.versions "+row.ID, err)
			}
			row.Changes = changes.Summary()
		}
		out.Versions = append(out.Versions, row)
	}
	if len(rows) > in.Size {
		out.Next = rows[in.Size-1].ID
	}
	return out, nil
}

// notACursor says of an unknown version that it is no cursor.
func notACursor(err error) error {
	if errs.Is(err, errs.VersionNotFound) {
		return errBadCursor()
	}
	return err
}

func (s shown) version(row *store.VersionRow) VersionRow {
	return VersionRow{
		ID: row.ID, Name: row.Name, Description: row.Description, CreatedAt: row.CreatedAt, CreatedBy: s.author(row.CreatedBy), Saved: row.Saved,
		Deployed: s.deployed(row.Deployed), LogsCount: row.LogsCount, LastUsedAt: orNull(row.LastUsedAt),
	}
}

type diffVersions struct {
	ID string `path:"id"`
	A  string `query:"a" required:"true" doc:"The id of the old version."`
	B  string `query:"b" required:"true" doc:"The id of the new version."`
}

func (h *handlers) diff(ctx context.Context, in *diffVersions) (*Difference, error) {
	a, err := h.version(ctx, in.ID, in.A, "a")
	if err != nil {
		return nil, err
	}
	b, err := h.version(ctx, in.ID, in.B, "b")
	if err != nil {
		return nil, err
	}
	changes, err := diff.Contents(a.Version.Content, b.Version.Content)
	if err != nil {
		return nil, errs.Wrap("browse.diff", err)
	}
	out := differenceOf(changes)
	out.A, out.B = VersionName{a.Version.ID, a.Version.Name}, VersionName{b.Version.ID, b.Version.Name}
	if out.TextA, err = h.text(a); err != nil {
		return nil, err
	}
	out.TextB, err = h.text(b)
	return out, err
}

// version returns a version of the File that a parameter names.
func (h *handlers) version(ctx context.Context, fileID, versionID, param string) (*file.Snapshot, error) {
	snap, err := h.o.DB.Snapshot(ctx, "", file.Ref{ID: fileID, VersionID: versionID})
	if errs.Is(err, errs.VersionNotFound) {
		err = errs.From(err).With(func(e *errs.Error) { e.Param = param })
	}
	return &snap, err
}

// text returns a version as the text of its file, "" for a kind that has no such form.
func (h *handlers) text(snap *file.Snapshot) (string, error) {
	if snap.File.Kind == file.DatasetKind {
		return "", nil // whose text is its datapoints
	}
	opened, err := h.o.Catalog.Opened(snap)
	if err != nil {
		return "", err
	}
	text, err := promptfile.Format(opened.Content)
	if errs.Is(err, errs.ValidationFailed) { // a text that no file can hold
		return "", nil
	}
	return text, err
}

func differenceOf(d *diff.Changes) *Difference {
	out := &Difference{Same: d.Same(), Summary: d.Summary(), Settings: make([]SettingDiff, len(d.Settings)), Texts: make([]TextDiff, len(d.Texts)), Tools: make([]ToolDiff, len(d.Tools))}
	for i, s := range d.Settings {
		out.Settings[i] = SettingDiff{Name: s.Name, Old: s.Old, New: s.New}
	}
	for i, t := range d.Texts {
		out.Texts[i] = TextDiff{Name: t.Name, Role: t.Role, OldRole: t.OldRole, Change: t.Change(), Old: t.Old, New: t.New, Added: t.Added, Removed: t.Removed}
	}
	for i, t := range d.Tools {
		out.Tools[i] = ToolDiff{Name: t.Name, Change: t.Change(), Old: t.Old, New: t.New}
	}
	return out
}
