package api

import (
	"context"

	v5 "github.com/openloop-server/openloop/internal/api/v5"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/show"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// files serves one kind. Each method is an operation that all kinds have.
type files[Req, Resp any] struct {
	api  *API
	kind kind[Req, Resp]
}

type listFiles struct {
	Page       int    `query:"page" default:"1" min:"1" doc:"Counted from 1."`
	Size       int    `query:"size" default:"10" min:"0" doc:"Records per page."`
	Name       string `query:"name" doc:"Part of the name, in upper or lower case."`
	UserFilter string `query:"user_filter" doc:"Part of the author's name, in upper or lower case."`
	SortBy     string `query:"sort_by" default:"created_at" enum:"created_at,updated_at,name" doc:"What Files are ordered by."`
	Order      string `query:"order" default:"desc" enum:"asc,desc" doc:"Ascending or descending."`
}

func (f *files[Req, Resp]) list(ctx context.Context, in *listFiles) (*v5.Page[Resp], error) {
	snaps, total, err := f.api.o.DB.Files(ctx, store.FileFilter{
		Kinds: []file.Kind{f.kind.spec.Kind}, NameContains: in.Name, UserContains: in.UserFilter,
		Sort: store.FileSort(in.SortBy), Desc: in.Order == "desc", Page: trace.Page{Number: in.Page, Size: in.Size},
	})
	if err != nil {
		return nil, err
	}
	records, err := f.showAll(ctx, snaps, show.With{})
	return &v5.Page[Resp]{Records: records, Page: in.Page, Size: in.Size, Total: total}, err
}

type upsert[Req any] struct {
	New  bool `query:"new" doc:"Only make a new File: when there is one at the path, the request is refused."`
	Body Req  `body:"json"`
}

func (f *files[Req, Resp]) upsert(ctx context.Context, in *upsert[Req]) (out Resp, _ error) {
	draft := f.kind.draft(&in.Body)
	draft.New = in.New
	if f.kind.complete != nil {
		if err := f.kind.complete(f.api, ctx, &draft); err != nil {
			return out, err
		}
	}
	snap, err := f.api.o.Catalog.Save(ctx, draft)
	return f.show(ctx, snap, err)
}

// version identifies a version of the File in the path.
type version struct {
	ID          string `path:"id"`
	VersionID   string `query:"version_id" doc:"The version. Either this or environment; by default the version deployed to the default environment."`
	Environment string `query:"environment" doc:"The name of an environment; the version deployed there is used."`
}

func (v *version) ref() file.Ref {
	return file.Ref{ID: v.ID, VersionID: v.VersionID, Environment: v.Environment}
}

func (f *files[Req, Resp]) get(ctx context.Context, in *version) (out Resp, err error) {
	snap, err := f.api.o.Catalog.Find(ctx, f.kind.spec.Kind, in.ref())
	return f.show(ctx, snap, err)
}

type byID struct {
	ID string `path:"id"`
}

func (f *files[Req, Resp]) delete(ctx context.Context, in *byID) error {
	return f.api.o.DB.DeleteFile(ctx, f.kind.spec.Kind, in.ID)
}

type moveFile struct {
	ID     string      `path:"id"`
	DryRun bool        `query:"dry_run" doc:"Only tell what the File would be."`
	Body   v5.FileMove `body:"json"`
}

func (f *files[Req, Resp]) move(ctx context.Context, in *moveFile) (Resp, error) {
	snap, err := f.api.o.DB.MoveFile(ctx, f.kind.spec.Kind, in.ID, store.Move{
		Path: in.Body.Path, Name: in.Body.Name, DirectoryID: in.Body.DirectoryID, DryRun: in.DryRun,
	})
	return f.show(ctx, snap, err)
}

type listVersions struct {
	ID                  string `path:"id"`
	EvaluatorAggregates bool   `query:"evaluator_aggregates" doc:"Add the Evaluators' results for each version."`
	Status              string `query:"status" enum:"uncommitted,committed,deleted" doc:"From older clients; every version is committed."`
}

// ofStatus returns the versions with the status that older clients ask for: all or none, because every version is committed.
func ofStatus(versions []file.Snapshot, status string) []file.Snapshot {
	if status == "" || status == v5.Committed {
		return versions
	}
	return nil
}

func (f *files[Req, Resp]) versions(ctx context.Context, in *listVersions) (*v5.Records[Resp], error) {
	snaps, err := f.api.o.DB.Versions(ctx, f.kind.spec.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	snaps = ofStatus(snaps, in.Status)
	var with show.With
	if in.EvaluatorAggregates {
		if with.Aggregates, err = f.api.o.DB.Aggregates(ctx, in.ID); err != nil {
			return nil, err
		}
	}
	records, err := f.showAll(ctx, snaps, with)
	return &v5.Records[Resp]{Records: records}, err
}

type oneVersion struct {
	ID        string `path:"id"`
	VersionID string `path:"version_id"`
}

type updateVersion struct {
	ID        string           `path:"id"`
	VersionID string           `path:"version_id"`
	Body      v5.VersionUpdate `body:"json"`
}

func (f *files[Req, Resp]) updateVersion(ctx context.Context, in *updateVersion) (Resp, error) {
	snap, err := f.api.o.DB.DescribeVersion(ctx, f.kind.spec.Kind, in.ID, in.VersionID, in.Body.Name, in.Body.Description)
	return f.show(ctx, snap, err)
}

type commitVersion struct {
	ID        string           `path:"id"`
	VersionID string           `path:"version_id"`
	Body      v5.VersionCommit `body:"json"`
}

// commitVersion is the operation that older clients use instead of updateVersion. Every version is committed when it is made, so it only
// sets the description.
func (f *files[Req, Resp]) commitVersion(ctx context.Context, in *commitVersion) (Resp, error) {
	snap, err := f.api.o.DB.DescribeVersion(ctx, f.kind.spec.Kind, in.ID, in.VersionID, nil, &in.Body.CommitMessage)
	return f.show(ctx, snap, err)
}

func (f *files[Req, Resp]) deleteVersion(ctx context.Context, in *oneVersion) error {
	return f.api.o.DB.DeleteVersion(ctx, f.kind.spec.Kind, in.ID, in.VersionID)
}

func (f *files[Req, Resp]) environments(ctx context.Context, in *byID) ([]v5.FileEnvironmentResponse, error) {
	deployed, err := f.api.o.DB.Deployments(ctx, f.kind.spec.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := f.api.o.DB.Environments(ctx)
	if err != nil {
		return nil, err
	}
	authors, err := f.api.shows.Authors(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]v5.FileEnvironmentResponse, len(all))
	for i := range all {
		snap, ok := deployed[all[i].ID]
		if !ok {
			out[i].EnvironmentResponse = v5.EnvironmentOf(&all[i], authors)
			continue
		}
		version, err := f.api.shows.File(ctx, &snap, show.With{})
		if err != nil {
			return nil, err
		}
		out[i] = v5.FileEnvironmentResponse{EnvironmentResponse: v5.EnvironmentOf(snap.Version.In(all[i].ID), authors), File: &version}
	}
	return out, nil
}

type deployment struct {
	ID            string `path:"id"`
	EnvironmentID string `path:"environment_id"`
}

type deploy struct {
	ID                string  `path:"id"`
	EnvironmentID     string  `path:"environment_id"`
	VersionID         string  `query:"version_id" required:"true" doc:"The version to deploy."`
	Force             bool    `query:"force" doc:"Deploy it though the gate is closed; for admins."`
	ExpectedVersionID *string `query:"expected_version_id" doc:"The version that must be deployed there now; empty for none. When another one is, nothing changes."`
	Comment           string  `query:"comment" maxlen:"1000" doc:"Why; kept in the history of deployments."`
}

type undeploy struct {
	ID                string  `path:"id"`
	EnvironmentID     string  `path:"environment_id"`
	ExpectedVersionID *string `query:"expected_version_id" doc:"The version that must be deployed there now; empty for none. When another one is, nothing changes."`
	Comment           string  `query:"comment" maxlen:"1000" doc:"Why; kept in the history of deployments."`
}

func (f *files[Req, Resp]) deploy(ctx context.Context, in *deploy) (Resp, error) {
	snap, closed, err := f.api.gates.Deploy(ctx, f.place(in.ID, in.EnvironmentID), in.VersionID, in.Force, store.Terms{Expected: in.ExpectedVersionID, Comment: in.Comment})
	out, err := f.show(ctx, snap, err)
	if gated, ok := any(out).(v5.Gated); ok && err == nil && closed != nil {
		gated.SetGate(gateState(closed))
	}
	return out, err
}

func (f *files[Req, Resp]) undeploy(ctx context.Context, in *undeploy) error {
	return f.api.o.DB.Undeploy(ctx, f.kind.spec.Kind, in.ID, in.EnvironmentID, store.Terms{Expected: in.ExpectedVersionID, Comment: in.Comment})
}

func (f *files[Req, Resp]) show(ctx context.Context, snap file.Snapshot, err error) (out Resp, _ error) {
	if err != nil {
		return out, err
	}
	return shown[Resp](ctx, f.api, &snap)
}

func (f *files[Req, Resp]) showAll(ctx context.Context, snaps []file.Snapshot, with show.With) ([]Resp, error) {
	files, err := f.api.shows.Files(ctx, snaps, with)
	if err != nil {
		return nil, err
	}
	out := make([]Resp, len(files))
	for i := range files {
		out[i], _ = files[i].Value.(Resp)
	}
	return out, nil
}

// shown is a version of a File of the kind that Resp is the answer of.
func shown[Resp any](ctx context.Context, a *API, snap *file.Snapshot) (out Resp, err error) {
	f, err := a.shows.File(ctx, snap, show.With{})
	if err == nil {
		out, _ = f.Value.(Resp)
	}
	return out, err
}
