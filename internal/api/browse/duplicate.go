package browse

import (
	"context"
	"iter"

	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

type duplicateFile struct {
	ID   string    `path:"id"`
	Body Duplicate `body:"json"`
}

// duplicate makes a File with the content of a version, and what the File says of itself. Logs, other versions, monitoring and the secrets of a Tool stay
// with the original.
func (h *handlers) duplicate(ctx context.Context, in *duplicateFile) (*TreeFile, error) {
	snap, err := h.o.DB.Snapshot(ctx, "", file.Ref{ID: in.ID, VersionID: in.Body.VersionID})
	if err != nil {
		return nil, err
	}
	opened, err := h.o.Catalog.Opened(&snap)
	if err != nil {
		return nil, err
	}
	f := &snap.File
	draft := catalog.Draft{Ref: file.Ref{Path: in.Body.Path}, Content: opened.Content, Description: &f.Description, Readme: &f.Readme, Tags: &f.Tags, New: true}
	made, err := h.save(ctx, draft, &snap)
	if err != nil {
		return nil, errs.About(err, errs.AlreadyExists, "path")
	}
	row, err := h.o.DB.FileRowByID(ctx, made.File.ID)
	if err != nil {
		return nil, err
	}
	shown, err := h.shown(ctx)
	return new(shown.file(&row)), err
}

// save saves the copy of a version. The datapoints of a Dataset are copied as well.
func (h *handlers) save(ctx context.Context, draft catalog.Draft, from *file.Snapshot) (file.Snapshot, error) {
	content, ok := draft.Content.(*file.Dataset)
	if !ok {
		return h.o.Catalog.Save(ctx, draft)
	}
	return h.o.Catalog.SaveDataset(ctx, catalog.DatasetDraft{Draft: draft, Rows: h.datapoints(ctx, from.Version.ID), Attributes: content.Attributes})
}

// datapoints yields the datapoints of a version, which are read in pages.
func (h *handlers) datapoints(ctx context.Context, versionID string) iter.Seq2[file.Datapoint, error] {
	return func(yield func(file.Datapoint, error) bool) {
		for page := (trace.Page{Number: 1, Size: 1000}); ; page.Number++ {
			points, total, err := h.o.DB.Datapoints(ctx, versionID, page)
			if err != nil {
				yield(file.Datapoint{}, err)
				return
			}
			for _, p := range points {
				if !yield(p, nil) {
					return
				}
			}
			if page.Offset()+len(points) >= total {
				return
			}
		}
	}
}
