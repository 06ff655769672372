package browse

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/store"
)

type listChanges struct {
	From *time.Time `query:"from" doc:"The beginning of the range; by default a day before its end."`
	To   *time.Time `query:"to" doc:"The end of the range, which is not included; by default now."`
	Size int        `query:"size" default:"100" min:"1" max:"1000" doc:"Entries at most."`
}

func (h *handlers) changes(ctx context.Context, in *listChanges) (*Changes, error) {
	to := h.o.Now()
	if in.To != nil {
		to = *in.To
	}
	from := to.Add(-24 * time.Hour)
	if in.From != nil {
		from = *in.From
	}
	if !from.Before(to) {
		return nil, errs.Invalid("must be before the end of the range", "from")
	}
	list, err := h.o.DB.Changes(ctx, from, to, in.Size+1)
	if err != nil {
		return nil, err
	}
	shown, err := h.shown(ctx)
	if err != nil {
		return nil, err
	}
	out := &Changes{Changes: []Change{}, More: len(list) > in.Size}
	if out.Settings, err = h.settingChanges(ctx, from, to, in.Size, shown); err != nil {
		return nil, err
	}
	for i := range list[:min(len(list), in.Size)] {
		out.Changes = append(out.Changes, shown.fileChange(&list[i]))
	}
	return out, nil
}

func (s shown) fileChange(c *store.FileChange) Change {
	out := Change{
		Action: "save", File: UsingFile{c.File.ID, c.File.Path, c.File.Kind}, At: c.At, By: s.author(c.By), VersionID: c.Version.ID, VersionName: c.Version.Name,
		ReplacedVersionID: c.Replaced.ID, ReplacedVersionName: c.Replaced.Name, EnvironmentID: c.Environment.ID, Environment: c.Environment.Name, Note: c.Note,
	}
	switch {
	case c.Deployment && c.Version.ID == "":
		out.Action = "remove"
	case c.Deployment:
		out.Action = "deploy"
	}
	return out
}
