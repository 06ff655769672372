package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *API) filesRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/files", ID: "files.list_files", Tag: "Files", Role: auth.Member, Summary: "List Files of all kinds", Op: web.JSON(a.filesList)},
		{Method: "POST", Path: "/v5/files/retrieve-by-path", ID: "files.retrieve_by_path", Tag: "Files", Role: auth.Member, Summary: "Get the File at a path", Op: web.JSON(a.filesByPath)},
	}
}

type filesList struct {
	Page           int      `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size           int      `query:"size" default:"10" min:"0" doc:"Records per page."`
	Name           string   `query:"name" doc:"Part of the name, in upper or lower case."`
	Path           string   `query:"path" doc:"A directory: Files in it and its subdirectories."`
	Template       bool     `query:"template" doc:"Only template Files, which do not exist on this server."`
	Type           []string `query:"type" enum:"prompt,tool,dataset,evaluator,flow,agent" doc:"Kinds; several mean any of them."`
	Environment    string   `query:"environment" doc:"The name of an environment: Files with a version deployed there, and that version."`
	SortBy         string   `query:"sort_by" default:"created_at" enum:"created_at,updated_at,name" doc:"What Files are ordered by."`
	Order          string   `query:"order" default:"desc" enum:"asc,desc" doc:"Ascending or descending."`
	IncludeRawFile bool     `query:"include_raw_file_content" doc:"Add the text of their files to Prompts and Agents."`
}

func (a *API) filesList(ctx context.Context, in *filesList) (*v5.Page[v5.File], error) {
	filter := store.FileFilter{
		NameContains: in.Name, Directory: in.Path, Template: in.Template, Environment: in.Environment,
		Sort: store.FileSort(in.SortBy), Desc: in.Order == "desc", Page: trace.Page{Number: in.Page, Size: in.Size},
	}
	for _, kind := range in.Type {
		filter.Kinds = append(filter.Kinds, file.Kind(kind))
	}
	snaps, total, err := a.o.DB.Files(ctx, filter)
	if err != nil {
		return nil, err
	}
	records, err := a.shows.Files(ctx, snaps, show.With{Raw: in.IncludeRawFile})
	return &v5.Page[v5.File]{Records: records, Page: in.Page, Size: in.Size, Total: total}, err
}

type fileByPath struct {
	Environment    string         `query:"environment" doc:"The name of an environment; the version deployed there is used."`
	IncludeRawFile bool           `query:"include_raw_file_content" doc:"Add the text of the file of a Prompt or an Agent."`
	Body           v5.PathRequest `body:"json"`
}

func (a *API) filesByPath(ctx context.Context, in *fileByPath) (v5.File, error) {
	snap, err := a.o.Catalog.Find(ctx, "", file.Ref{Path: in.Body.Path, Environment: in.Environment})
	if err != nil {
		return v5.File{}, err
	}
	return a.shows.File(ctx, &snap, show.With{Raw: in.IncludeRawFile})
}
