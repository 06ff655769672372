package browse

import (
	"context"

	"github.com/openloop-server/openloop/internal/store"
)

func (h *handlers) uses(ctx context.Context, in *byID) (*Uses, error) {
	row, err := h.o.DB.FileRowByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	uses, err := h.o.DB.UsesOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	shown, err := h.shown(ctx)
	if err != nil {
		return nil, err
	}
	out := &Uses{
		Deployed: shown.deployed(row.Deployed), LinkedBy: make([]Link, len(uses.Links)), Monitors: usingFiles(uses.Monitored), Gates: usingFiles(uses.Gated),
		Evaluations: make([]EvaluationUse, len(uses.Evaluations)), VersionsCount: row.VersionsCount, LogsCount: row.LogsCount,
	}
	for i, l := range uses.Links {
		out.LinkedBy[i] = Link{UsingFile: UsingFile{l.ID, l.Path, l.Kind}, VersionsCount: l.Versions, Current: l.Current}
	}
	for i, e := range uses.Evaluations {
		out.Evaluations[i] = EvaluationUse{ID: e.ID, Name: e.Name, FileID: e.FileID, As: e.As}
	}
	return out, nil
}

func usingFiles(names []store.FileName) []UsingFile {
	out := make([]UsingFile, len(names))
	for i, f := range names {
		out[i] = UsingFile{f.ID, f.Path, f.Kind}
	}
	return out
}
