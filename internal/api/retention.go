package api

import (
	"context"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/web"
)

// retentionRoutes returns the operations for how long the Logs of a File are kept.
func (a *API) retentionRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/files/{id}/retention", ID: "files.get_retention", Tag: "Files", Role: auth.Member, Summary: "Get how long a File's Logs are kept", Op: web.JSON(a.retentionGet)},
		{Method: "PUT", Path: "/v5/files/{id}/retention", ID: "files.set_retention", Tag: "Files", Role: auth.Admin, Summary: "Set how long a File's Logs are kept", Op: web.JSON(a.retentionSet)},
	}
}

const day = 24 * time.Hour

func (a *API) retentionGet(ctx context.Context, in *byID) (v5.Retention, error) {
	keep, err := a.o.DB.Retention(ctx, in.ID)
	if err != nil {
		return v5.Retention{}, err
	}
	return a.showRetention(keep), nil
}

type retentionSet struct {
	ID   string          `path:"id"`
	Body v5.RetentionSet `body:"json"`
}

func (a *API) retentionSet(ctx context.Context, in *retentionSet) (v5.Retention, error) {
	var keep *time.Duration
	if in.Body.Days != nil {
		keep = new(time.Duration(*in.Body.Days) * day)
	}
	if err := a.o.DB.SetRetention(ctx, in.ID, keep); err != nil {
		return v5.Retention{}, err
	}
	return a.showRetention(keep), nil
}

func (a *API) showRetention(keep *time.Duration) v5.Retention {
	out := v5.Retention{DefaultDays: a.o.Retention.Hours() / day.Hours()}
	if keep != nil {
		out.Days = new(keep.Hours() / day.Hours())
	}
	return out
}
