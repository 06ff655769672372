package api

import (
	"context"
	"time"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
	"github.com/openloop-server/openloop/internal/web/input"
)

func (a *API) logRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/logs", ID: "logs.list", Tag: "Logs", Role: auth.Member, Summary: "List a File's Logs", Op: web.JSON(a.logsList)},
		{Method: "GET", Path: "/v5/logs/{id}", ID: "logs.get", Tag: "Logs", Role: auth.Member, Summary: "Get a Log", Op: web.JSON(a.logsGet)},
		{Method: "DELETE", Path: "/v5/logs", ID: "logs.delete", Tag: "Logs", Role: auth.Developer, Summary: "Delete Logs", Op: web.NoContent(a.logsDelete)},
	}
}

type logsList struct {
	FileID               string      `query:"file_id" required:"true" doc:"The File whose Logs are listed."`
	Page                 int         `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size                 int         `query:"size" default:"10" min:"0" doc:"Records per page."`
	VersionID            string      `query:"version_id"`
	VersionStatus        string      `query:"version_status" enum:"uncommitted,committed,deleted" doc:"From older clients; every version is committed."`
	ID                   []string    `query:"id" doc:"Part of the id; several mean any of them."`
	Search               string      `query:"search" doc:"A text in inputs or output, in upper or lower case."`
	MetadataSearch       string      `query:"metadata_search" doc:"A text in metadata, in upper or lower case."`
	StartDate            *time.Time  `query:"start_date" doc:"Logs created at this time or later; a date or a date and time."`
	EndDate              input.Until `query:"end_date" doc:"Logs created at this time or earlier; a date or a date and time. A date includes the whole day."`
	IncludeParent        bool        `query:"include_parent" doc:"Add the judged Log to those of Evaluators."`
	InTraceFilter        []bool      `query:"in_trace_filter" doc:"true: Logs in a trace; false: the others; both: all."`
	Sample               int         `query:"sample" min:"0" doc:"The number of Logs to pick at random."`
	IncludeTraceChildren bool        `query:"include_trace_children" doc:"Add their children to Logs of Flows and Agents."`
	ErrorReason          string      `query:"error_reason" doc:"Logs of calls that failed for this reason; * for any."`
}

func (a *API) logsList(ctx context.Context, in *logsList) (*v5.Page[*v5.Log], error) {
	end, ok := in.EndDate.End()
	if !ok {
		return nil, errs.Invalid("must be a date, or a date and time as of RFC 3339", "end_date")
	}
	if in.VersionStatus != "" && in.VersionStatus != v5.Committed {
		return &v5.Page[*v5.Log]{Records: []*v5.Log{}, Page: in.Page, Size: in.Size}, nil
	}
	logs, total, err := a.o.DB.Logs(ctx, trace.Filter{
		FileID: in.FileID, FileExists: true, VersionID: in.VersionID, IDContains: in.ID, Search: in.Search, MetadataSearch: in.MetadataSearch,
		From: timeOf(in.StartDate), To: end, InTrace: in.InTraceFilter, Sample: in.Sample, ErrorReason: in.ErrorReason,
		Newest: true, Page: trace.Page{Number: in.Page, Size: in.Size},
	})
	if err != nil {
		return nil, errs.About(err, errs.FileNotFound, "file_id")
	}
	records, err := a.shows.Logs(ctx, logs, show.LogParts{Children: in.IncludeTraceChildren, Parents: in.IncludeParent})
	return &v5.Page[*v5.Log]{Records: records, Page: in.Page, Size: in.Size, Total: total}, err
}

type logsGet struct {
	ID       string `path:"id"`
	Children string `query:"children" default:"all" enum:"all,none" doc:"none leaves the Logs below it out; logs.trace lists them."`
	View     string `query:"view" default:"full" enum:"full,brief" doc:"brief says only the sizes of provider_request and provider_response."`
}

func (a *API) logsGet(ctx context.Context, in *logsGet) (*v5.Log, error) {
	log, err := a.o.DB.Log(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return a.shows.Log(ctx, log, show.LogParts{Children: in.Children == "all", Parents: true, Brief: in.View == "brief"})
}

type logsDelete struct {
	ID []string `query:"id" doc:"The Logs to delete; unknown ids are skipped."`
}

func (a *API) logsDelete(ctx context.Context, in *logsDelete) error {
	_, err := a.o.DB.DeleteLogs(ctx, in.ID)
	return err
}
