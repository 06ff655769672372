package api

import (
	"context"

	v5 "openloop/internal/api/v5"
	"openloop/internal/auth"
	"openloop/internal/catalog"
	"openloop/internal/errs"
	"openloop/internal/file"
	"openloop/internal/store"
	"openloop/internal/trace"
	"openloop/internal/web"
)

// kind is what the HTTP layer needs to know of a kind of Files: how a version is asked for, and how it is shown.
type kind[Req, Resp any] struct {
	spec  file.Spec
	draft func(*Req) (catalog.Draft, error)
	show  func(*file.Snapshot) (Resp, error)
}

// fileRoutes are the operations that all kinds have, written once.
func fileRoutes[Req, Resp any](a *API, k kind[Req, Resp]) []web.Route {
	p := files[Req, Resp]{api: a, kind: k}
	base, name, title := "/v5/"+k.spec.Plural, k.spec.Plural, k.spec.Title
	tag := title + "s"
	return []web.Route{
		{Method: "GET", Path: base, ID: name + ".list", Tag: tag, Role: auth.Member, Summary: "List " + tag, Op: web.JSON(p.list)},
		{Method: "POST", Path: base, ID: name + ".upsert", Tag: tag, Role: auth.Developer, Summary: "Make a version of a " + title, Op: web.JSON(p.upsert)},
		{Method: "GET", Path: base + "/{id}", ID: name + ".get", Tag: tag, Role: auth.Member, Summary: "Get a " + title, Op: web.JSON(p.get)},
		{Method: "DELETE", Path: base + "/{id}", ID: name + ".delete", Tag: tag, Role: auth.Developer, Summary: "Delete a " + title, Op: web.NoContent(p.delete)},
		{Method: "GET", Path: base + "/{id}/versions", ID: name + ".list_versions", Tag: tag, Role: auth.Member, Summary: "List the versions of a " + title, Op: web.JSON(p.versions)},
	}
}

// files serves one kind.
type files[Req, Resp any] struct {
	api  *API
	kind kind[Req, Resp]
}

type paging struct {
	Page int `query:"page" default:"1" min:"1" doc:"From 1 on."`
	Size int `query:"size" default:"10" min:"0" doc:"Records a page."`
}

func (p paging) page() trace.Page { return trace.Page{Number: p.Page, Size: p.Size} }

type listFiles struct {
	Page       int    `query:"page" default:"1" min:"1" doc:"From 1 on."`
	Size       int    `query:"size" default:"10" min:"0" doc:"Records a page."`
	Name       string `query:"name" doc:"Part of the name, in any case."`
	UserFilter string `query:"user_filter" doc:"Part of the name of who made it, in any case."`
	SortBy     string `query:"sort_by" default:"created_at" enum:"created_at,updated_at,name"`
	Order      string `query:"order" default:"desc" enum:"asc,desc"`
}

func (f *files[Req, Resp]) list(ctx context.Context, in *listFiles) (*v5.Page[Resp], error) {
	snaps, total, err := f.api.o.DB.Files(ctx, store.FileFilter{
		Kinds: []file.Kind{f.kind.spec.Kind}, NameContains: in.Name, UserContains: in.UserFilter,
		Sort: store.FileSort(in.SortBy), Desc: in.Order == "desc", Page: paging{in.Page, in.Size}.page(),
	})
	if err != nil {
		return nil, err
	}
	records, err := f.showAll(snaps)
	if err != nil {
		return nil, err
	}
	return &v5.Page[Resp]{Records: records, Page: in.Page, Size: in.Size, Total: total}, nil
}

type upsert[Req any] struct {
	Body Req `body:"json"`
}

func (f *files[Req, Resp]) upsert(ctx context.Context, in *upsert[Req]) (out Resp, err error) {
	draft, err := f.kind.draft(&in.Body)
	if err != nil {
		return out, err
	}
	snap, err := f.api.o.Catalog.Save(ctx, web.PrincipalFrom(ctx), draft)
	if err != nil {
		return out, err
	}
	return f.kind.show(&snap)
}

// version names a version of the File in the path.
type version struct {
	ID          string `path:"id"`
	VersionID   string `query:"version_id" doc:"The version. Either this or environment; the version deployed to the default environment when neither is given."`
	Environment string `query:"environment" doc:"The name of the environment whose deployed version is meant."`
}

func (v *version) target() (store.Target, error) {
	return target(v.ID, "", v.VersionID, v.Environment)
}

// target refuses what names two versions at once.
func target(id, path, versionID, environment string) (store.Target, error) {
	if versionID != "" && environment != "" {
		return store.Target{}, invalid([]any{"query", "version_id"}, "version_id", "Give either version_id or environment, not both.")
	}
	return store.Target{ID: id, Path: path, VersionID: versionID, Environment: environment}, nil
}

// invalid is a validation error of one violation.
func invalid(loc []any, param, message string) *errs.Error {
	e := errs.New(errs.ValidationFailed, "%s", message)
	e.Param = param
	e.Violations = []errs.Violation{{Loc: loc, Param: param, Message: message, Type: "value_error"}}
	return e
}

func (f *files[Req, Resp]) get(ctx context.Context, in *version) (out Resp, err error) {
	t, err := in.target()
	if err != nil {
		return out, err
	}
	snap, err := f.api.o.DB.Snapshot(ctx, f.kind.spec.Kind, t)
	if err != nil {
		return out, err
	}
	return f.kind.show(&snap)
}

type byID struct {
	ID string `path:"id"`
}

func (f *files[Req, Resp]) delete(ctx context.Context, in *byID) error {
	return f.api.o.DB.DeleteFile(ctx, f.kind.spec.Kind, in.ID)
}

type listVersions struct {
	ID                  string `path:"id"`
	EvaluatorAggregates bool   `query:"evaluator_aggregates" doc:"Add what Evaluators made of each version."`
}

func (f *files[Req, Resp]) versions(ctx context.Context, in *listVersions) (*v5.Records[Resp], error) {
	snaps, err := f.api.o.DB.Versions(ctx, f.kind.spec.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	records, err := f.showAll(snaps)
	if err != nil {
		return nil, err
	}
	return &v5.Records[Resp]{Records: records}, nil
}

func (f *files[Req, Resp]) showAll(snaps []file.Snapshot) ([]Resp, error) {
	out := make([]Resp, 0, len(snaps))
	for i := range snaps {
		shown, err := f.kind.show(&snaps[i])
		if err != nil {
			return nil, err
		}
		out = append(out, shown)
	}
	return out, nil
}
