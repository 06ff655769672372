package browse

import (
	"context"
	"strconv"

	"github.com/openloop-server/openloop/internal/store"
)

type listDeployments struct {
	ID          string `path:"id"`
	Environment string `query:"environment" doc:"The name or the id of an environment; by default all."`
	Size        int    `query:"size" default:"100" min:"1" max:"1000" doc:"Entries per page."`
	Cursor      string `query:"cursor" doc:"The member next of the page before."`
}

func (h *handlers) deployments(ctx context.Context, in *listDeployments) (*Deployments, error) {
	page := store.DeploymentPage{Environment: in.Environment, Size: in.Size + 1}
	if in.Cursor != "" {
		var err error
		if page.Before, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || page.Before <= 0 {
			return nil, errBadCursor()
		}
	}
	changes, err := h.o.DB.DeploymentChanges(ctx, in.ID, page)
	if err != nil {
		return nil, err
	}
	shown, err := h.shown(ctx)
	if err != nil {
		return nil, err
	}
	out := &Deployments{Deployments: []DeploymentChange{}}
	for i := range changes[:min(len(changes), in.Size)] {
		out.Deployments = append(out.Deployments, shown.change(&changes[i]))
	}
	if len(changes) > in.Size {
		out.Next = strconv.FormatInt(changes[in.Size-1].Seq, 10)
	}
	return out, nil
}

func (s shown) change(c *store.DeploymentChange) DeploymentChange {
	out := DeploymentChange{
		EnvironmentID: c.Environment.ID, Environment: c.Environment.Name, Action: "deploy", VersionID: c.Version.ID, VersionName: c.Version.Name,
		ReplacedVersionID: c.Replaced.ID, ReplacedVersionName: c.Replaced.Name, At: c.At, By: s.author(c.By), Comment: c.Comment, Forced: c.Forced, Current: c.Current,
	}
	if c.Version.ID == "" {
		out.Action = "remove"
	}
	return out
}
