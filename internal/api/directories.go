package api

import (
	"context"
	"slices"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

func (a *API) directoryRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/v5/directories", ID: "directories.list", Tag: "Directories", Role: auth.Member, Summary: "List all directories", Op: web.JSON(a.directoriesList)},
		{Method: "POST", Path: "/v5/directories", ID: "directories.create", Tag: "Directories", Role: auth.Developer, Summary: "Create a directory", Op: web.Created(a.directoriesCreate)},
		{Method: "GET", Path: "/v5/directories/{id}", ID: "directories.get", Tag: "Directories", Role: auth.Member, Summary: "Get a directory and its content", Op: web.JSON(a.directoriesGet)},
		{Method: "PATCH", Path: "/v5/directories/{id}", ID: "directories.update", Tag: "Directories", Role: auth.Developer, Summary: "Move or rename a directory", Op: web.JSON(a.directoriesUpdate)},
		{Method: "DELETE", Path: "/v5/directories/{id}", ID: "directories.delete", Tag: "Directories", Role: auth.Developer, Summary: "Delete an empty directory", Op: web.NoContent(a.directoriesDelete)},
	}
}

func (a *API) directoriesList(ctx context.Context, _ *none) ([]v5.DirectoryResponse, error) {
	all, err := a.o.DB.Directories(ctx)
	if err != nil {
		return nil, err
	}
	return directories(all), nil
}

func directories(list []file.Directory) []v5.DirectoryResponse {
	out := make([]v5.DirectoryResponse, 0, len(list))
	for i := range list {
		out = append(out, v5.DirectoryOf(&list[i]))
	}
	return out
}

type newDirectory struct {
	Body v5.NewDirectory `body:"json"`
}

func (a *API) directoriesCreate(ctx context.Context, in *newDirectory) (*v5.DirectoryResponse, error) {
	made, err := a.o.DB.MakeDirectory(ctx, store.NewDirectory{Path: in.Body.Path, Name: in.Body.Name, ParentID: in.Body.ParentID})
	return directory(made, err)
}

type moveDirectory struct {
	ID     string           `path:"id"`
	DryRun bool             `query:"dry_run" doc:"Only tell what would move."`
	Body   v5.DirectoryMove `body:"json"`
}

func (a *API) directoriesUpdate(ctx context.Context, in *moveDirectory) (*v5.MovedDirectory, error) {
	d, moved, err := a.o.DB.MoveDirectory(ctx, in.ID, store.Move{Path: in.Body.Path, Name: in.Body.Name, DirectoryID: in.Body.ParentID, DryRun: in.DryRun})
	if err != nil {
		return nil, err
	}
	out := &v5.MovedDirectory{DirectoryResponse: v5.DirectoryOf(&d), Moved: make([]v5.Moved, len(moved))}
	for i, m := range moved {
		out.Moved[i] = v5.Moved{Type: m.Type, ID: m.ID, From: m.From, To: m.To}
	}
	return out, nil
}

func directory(d file.Directory, err error) (*v5.DirectoryResponse, error) {
	if err != nil {
		return nil, err
	}
	return new(v5.DirectoryOf(&d)), nil
}

func (a *API) directoriesDelete(ctx context.Context, in *byID) error {
	return a.o.DB.DeleteDirectory(ctx, in.ID)
}

func (a *API) directoriesGet(ctx context.Context, in *byID) (*v5.DirectoryWithContent, error) {
	d, err := a.o.DB.DirectoryByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := a.o.DB.Directories(ctx)
	if err != nil {
		return nil, err
	}
	tree := directoryTree{all: all}
	snaps, err := a.o.DB.FilesIn(ctx, d.ID)
	if err != nil {
		return nil, err
	}
	shown, err := a.shows.Files(ctx, snaps, show.With{})
	if err != nil {
		return nil, err
	}
	return &v5.DirectoryWithContent{
		DirectoryResponse: v5.DirectoryOf(&d), Subdirectories: directories(tree.below(d.ID)), Files: shown, Parents: directories(tree.above(&d)),
	}, nil
}

type directoryTree struct{ all []file.Directory }

func (t *directoryTree) below(id string) []file.Directory {
	var out []file.Directory
	for _, d := range t.all {
		if d.ParentID == id {
			out = append(out, d)
		}
	}
	return out
}

// above returns the ancestors of d, the root first.
func (t *directoryTree) above(d *file.Directory) []file.Directory {
	byID := make(map[string]file.Directory, len(t.all))
	for _, d := range t.all {
		byID[d.ID] = d
	}
	var out []file.Directory
	for parent, ok := byID[d.ParentID]; ok; parent, ok = byID[parent.ParentID] {
		out = append(out, parent)
	}
	slices.Reverse(out)
	return out
}
