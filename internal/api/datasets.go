package api

import (
	"cmp"
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/catalog"
	"github.com/openloop-server/openloop/internal/datacsv"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
	"github.com/openloop-server/openloop/internal/web"
)

// datasetKind has no draft, because requests for its versions have their own form.
func datasetKind() kind[v5.DatasetUpsert, *v5.DatasetResponse] {
	return kind[v5.DatasetUpsert, *v5.DatasetResponse]{
		spec: file.DatasetKind.Spec(),
		own:  datasetRoutes,
	}
}

func datasetRoutes(a *API, _ file.Spec) []web.Route {
	const tag = "Datasets"
	return []web.Route{
		{Method: "POST", Path: "/v5/datasets", ID: "datasets.upsert", Tag: tag, Role: auth.Developer, Summary: "Save a version of a Dataset", Op: web.JSON(a.datasetsUpsert)},
		{Method: "GET", Path: "/v5/datasets/{id}", ID: "datasets.get", Tag: tag, Role: auth.Member, Summary: "Get a Dataset", Op: web.JSON(a.datasetsGet)},
		{Method: "GET", Path: "/v5/datasets/{id}/versions", ID: "datasets.list_versions", Tag: tag, Role: auth.Member, Summary: "List the versions of a Dataset", Op: web.JSON(a.datasetsVersions)},
		{Method: "GET", Path: "/v5/datasets/{id}/datapoints", ID: "datasets.list_datapoints", Tag: tag, Role: auth.Member, Summary: "List the datapoints of a version", Op: web.JSON(a.datasetsDatapoints)},
		{Method: "POST", Path: "/v5/datasets/{id}/datapoints/logs", ID: "datasets.add_logs", Tag: tag, Role: auth.Developer, Summary: "Add Logs as datapoints", Op: web.JSON(a.datasetsAddLogs)},
		{Method: "POST", Path: "/v5/datasets/{id}/datapoints/csv", ID: "datasets.upload_csv", Tag: tag, Role: auth.Developer, Summary: "Add the rows of a CSV file", Op: web.JSON(a.datasetsUploadCSV)},
	}
}

// showWhole adds the datapoints, if they are wanted.
func (a *API) showWhole(ctx context.Context, snap *file.Snapshot, wanted bool) (*v5.DatasetResponse, error) {
	out, err := shown[*v5.DatasetResponse](ctx, a, snap)
	if err != nil || !wanted {
		return out, err
	}
	list, _, err := a.o.DB.Datapoints(ctx, snap.Version.ID, trace.Page{Number: 1, Size: out.DatapointsCount})
	out.Datapoints = v5.DatapointResponses(list)
	return out, err
}

type upsertDataset struct {
	VersionID         string           `query:"version_id" doc:"The base of an addition or a removal. Either this or environment; the last saved version by default."`
	Environment       string           `query:"environment" doc:"The name of an environment; the version deployed there is the base."`
	IncludeDatapoints bool             `query:"include_datapoints" doc:"Add all datapoints to the answer."`
	New               bool             `query:"new" doc:"Only make a new Dataset: when there is a File at the path, the request is refused."`
	Body              v5.DatasetUpsert `body:"json"`
}

func (a *API) datasetsUpsert(ctx context.Context, in *upsertDataset) (*v5.DatasetResponse, error) {
	b := &in.Body
	if action := file.Action(b.Action); action == file.AddDatapoints || action == file.RemoveDatapoints {
		base := file.Ref{ID: b.ID, Path: b.Path, VersionID: in.VersionID, Environment: in.Environment}
		if err := base.Check(); err != nil {
			return nil, err
		}
	}
	points := v5.DatapointsOf(b.Datapoints)
	b.Datapoints = nil // for the sake of memory, while they are stored
	saved := draft(&b.FileRef, nil, &b.VersionLabels)
	saved.New = in.New
	snap, err := a.o.Catalog.SaveDataset(ctx, catalog.DatasetDraft{
		Draft: saved, Action: file.Action(b.Action), Datapoints: points,
		Attributes: b.Attributes, BaseVersion: in.VersionID, BaseEnvironment: in.Environment,
	})
	if err != nil {
		return nil, err
	}
	return a.showWhole(ctx, &snap, in.IncludeDatapoints)
}

type getDataset struct {
	ID                string `path:"id"`
	VersionID         string `query:"version_id" doc:"The version. Either this or environment; by default the version deployed to the default environment."`
	Environment       string `query:"environment" doc:"The name of an environment; the version deployed there is used."`
	IncludeDatapoints bool   `query:"include_datapoints" doc:"Add all datapoints."`
}

func (a *API) datasetsGet(ctx context.Context, in *getDataset) (*v5.DatasetResponse, error) {
	snap, err := a.dataset(ctx, in.ID, in.VersionID, in.Environment)
	if err != nil {
		return nil, err
	}
	return a.showWhole(ctx, &snap, in.IncludeDatapoints)
}

func (a *API) dataset(ctx context.Context, id, versionID, environment string) (file.Snapshot, error) {
	return a.o.Catalog.Find(ctx, file.DatasetKind, file.Ref{ID: id, VersionID: versionID, Environment: environment})
}

type datasetVersions struct {
	ID                string `path:"id"`
	IncludeDatapoints string `query:"include_datapoints" enum:"latest_saved,latest_committed" doc:"Add all datapoints to the newest version."`
	Status            string `query:"status" enum:"uncommitted,committed,deleted" doc:"From older clients; every version is committed."`
}

func (a *API) datasetsVersions(ctx context.Context, in *datasetVersions) (*v5.Records[*v5.DatasetResponse], error) {
	snaps, err := a.o.DB.Versions(ctx, file.DatasetKind, in.ID)
	if err != nil {
		return nil, err
	}
	snaps = ofStatus(snaps, in.Status)
	out := &v5.Records[*v5.DatasetResponse]{Records: make([]*v5.DatasetResponse, len(snaps))}
	for i := range snaps {
		newest := i == 0
		if out.Records[i], err = a.showWhole(ctx, &snaps[i], newest && in.IncludeDatapoints != ""); err != nil {
			return nil, err
		}
	}
	return out, nil
}

type listDatapoints struct {
	ID          string `path:"id"`
	VersionID   string `query:"version_id" doc:"The version. Either this or environment; by default the version deployed to the default environment."`
	Environment string `query:"environment" doc:"The name of an environment; the version deployed there is used."`
	Page        int    `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size        int    `query:"size" default:"50" min:"0" doc:"Records per page."`
}

func (a *API) datasetsDatapoints(ctx context.Context, in *listDatapoints) (*v5.Page[v5.DatapointResponse], error) {
	snap, err := a.dataset(ctx, in.ID, in.VersionID, in.Environment)
	if err != nil {
		return nil, err
	}
	list, total, err := a.o.DB.Datapoints(ctx, snap.Version.ID, trace.Page{Number: in.Page, Size: in.Size})
	return &v5.Page[v5.DatapointResponse]{Records: v5.DatapointResponses(list), Page: in.Page, Size: in.Size, Total: total}, err
}

type uploadCSV struct {
	ID          string       `path:"id"`
	VersionID   string       `query:"version_id" doc:"The version that the rows are added to. Either this or environment; by default the version deployed to the default environment."`
	Environment string       `query:"environment" doc:"The name of an environment; the rows are added to the version deployed there."`
	Body        v5.CSVUpload `body:"form"`
}

func (a *API) datasetsUploadCSV(ctx context.Context, in *uploadCSV) (*v5.DatasetResponse, error) {
	base := file.Ref{ID: in.ID, VersionID: in.VersionID, Environment: in.Environment}
	if err := base.Check(); err != nil {
		return nil, err
	}
	snap, err := a.o.Catalog.SaveDataset(ctx, catalog.DatasetDraft{
		Draft:  catalog.Draft{Ref: file.Ref{ID: in.ID}, VersionName: in.Body.VersionName, VersionDescription: cmp.Or(in.Body.VersionDescription, in.Body.CommitMessage)},
		Action: file.AddDatapoints, Rows: datacsv.Rows(in.Body.File), RowsAt: []any{"file"}, BaseVersion: in.VersionID, BaseEnvironment: in.Environment, Deployed: true,
	})
	if err != nil {
		return nil, err
	}
	return shown[*v5.DatasetResponse](ctx, a, &snap)
}
