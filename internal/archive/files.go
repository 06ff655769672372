package archive

import (
	"cmp"
	"context"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/restore"
)

// keepPlaces keeps what Files are made by, deployed to, and in.
func (im *importer) keepPlaces(ctx context.Context) error {
	if err := im.keepAuthors(ctx); err != nil {
		return err
	}
	if err := im.keepEnvironments(ctx); err != nil {
		return err
	}
	return im.keepDirectories(ctx)
}

func (im *importer) keepAuthors(ctx context.Context) error {
	var list []store.Author
	for _, id := range slices.Sorted(maps.Keys(im.authors)) {
		a := im.authors[id]
		list = append(list, store.Author{ID: id, Name: a.Name, Email: a.Email})
	}
	there, err := im.db.Restore.Authors(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, a := range there {
		known[a.ID] = true
	}
	list = slices.DeleteFunc(list, func(a store.Author) bool { return known[a.ID] })
	count := im.report.count("authors")
	count.Read, count.New = len(im.authors), len(list)
	count.Here = count.Read - count.New
	if im.o.DryRun || len(list) == 0 {
		return nil
	}
	_, err = im.db.Restore.KeepAuthors(ctx, list)
	return err
}

func (im *importer) keepEnvironments(ctx context.Context) error {
	ours, err := im.db.Environments(ctx)
	if err != nil {
		return err
	}
	var list []file.Environment
	count := im.report.count("environments")
	for _, id := range slices.Sorted(maps.Keys(im.environments)) {
		e := im.environments[id]
		list = append(list, file.Environment{ID: e.ID, Name: e.Name, Tag: e.Tag, CreatedAt: e.CreatedAt.Time})
		count.Read++
		if restore.Match(&list[len(list)-1], ours) < 0 {
			count.New++
		} else {
			count.Here++
		}
	}
	if im.o.DryRun {
		for i := range list {
			im.environmentIDs[list[i].ID] = list[i].ID
			if at := restore.Match(&list[i], ours); at >= 0 {
				im.environmentIDs[list[i].ID] = ours[at].ID
			}
		}
	} else if im.environmentIDs, err = im.db.Restore.KeepEnvironments(ctx, list); err != nil {
		return err
	}
	for i := range list {
		if here := im.environmentIDs[list[i].ID]; here != list[i].ID && !im.o.DryRun {
			im.report.notef("environment", list[i].ID, "", Mapped, "The environment `%s` is `%s` here.", list[i].Name, here)
		}
	}
	return nil
}

// keepDirectories keeps the directories whose ids the Files in them tell, those above first.
func (im *importer) keepDirectories(ctx context.Context) error {
	type directory struct {
		id   string
		at   time.Time
		make bool // a File that is new will be in it
	}
	byPath := map[string]directory{}
	for _, f := range im.files {
		if f.left || f.directoryID == "" {
			continue
		}
		above := file.ParentPath(f.path)
		d, known := byPath[above]
		if !known {
			d.id, d.at = f.directoryID, f.versions[0].created
		}
		d.make = d.make || !f.here
		byPath[above] = d
	}
	ours, err := im.db.Directories(ctx)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, d := range ours {
		there[d.Path] = true
	}
	count := im.report.count("directories")
	for _, at := range slices.Sorted(maps.Keys(byPath)) {
		d := byPath[at]
		count.Read++
		if there[at] || !d.make {
			count.Here++
		} else {
			count.New++
		}
		if im.o.DryRun || !d.make {
			continue
		}
		if err := im.db.Restore.KeepDirectory(ctx, at, d.id, d.at); err != nil {
			return err
		}
	}
	return nil
}

// keepFiles keeps Files with their versions and deployments.
func (im *importer) keepFiles(ctx context.Context) error {
	for i, f := range im.files {
		im.progress("importing Files: %d of %d", i+1, len(im.files))
		if f.left {
			continue
		}
		if err := im.keepVersions(ctx, f); err != nil {
			return err
		}
		if err := im.keepDeployments(ctx, f); err != nil {
			return err
		}
	}
	return im.tellDangling(ctx)
}

// keepVersions keeps the versions of f, the oldest first.
func (im *importer) keepVersions(ctx context.Context, f *plannedFile) error {
	ids := make([]string, len(f.versions))
	for i := range f.versions {
		ids[i] = f.versions[i].id
	}
	placed, err := im.db.Restore.Placed(ctx, ids)
	if err != nil {
		return err
	}
	byHash, err := im.db.Restore.Hashes(ctx, f.id)
	if err != nil {
		return err
	}
	w := &keeping{importer: im, f: f, placed: placed, byHash: byHash, made: f.here, ids: map[file.Digest]string{}}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.keepVersion(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// keeping is the import of the versions of a File.
type keeping struct {
	*importer
	f      *plannedFile
	placed map[string]store.Placed // which are here, by their ids in the export
	byHash map[string]string       // ids of versions that are here
	made   bool                    // the File is here

	ids map[file.Digest]string // of the datapoints of a Dataset
}

func (w *keeping) keepVersion(ctx context.Context, id string) error {
	v, name, err := w.readVersion(w.f, id)
	if err != nil {
		return err
	}
	count := w.report.count("versions")
	count.Read++
	if len(v.unknown) > 0 {
		w.report.notef("version", id, w.f.path, Unknown, "The members %s have no place here, and are in `attributes.imported`.", names(v.unknown))
	}
	s := store.Save{
		Kind: w.f.kind, Path: w.f.path, New: !w.made, VersionName: v.VersionName, VersionDescription: v.about(), By: v.CreatedBy.id(),
		Past: v.past(w.f.id, id),
	}
	if w.made {
		s.ID, s.Path = w.f.id, ""
	}
	var datapoints []file.SealedDatapoint
	if content, ok := v.content.(*file.Dataset); ok {
		if datapoints, err = w.readDatapoints(id, content); err != nil {
			return err
		}
	}
	if s.Content, s.Hash, err = file.Seal(v.content); err != nil {
		return &Fault{File: name, Reason: "The content has an object with two members of one name."}
	}
	if done, err := w.isHere(ctx, id, &s); done || err != nil {
		return err
	}
	count.New++
	w.byHash[s.Hash] = id
	if w.o.DryRun {
		w.made = true
		return nil
	}
	if err := w.describe(&s); err != nil {
		return err
	}
	if err := w.save(ctx, &s, v.content, datapoints); err != nil {
		return err
	}
	w.made = true
	return nil
}

// isHere reports whether a version is here already, by its id or by its content.
func (w *keeping) isHere(ctx context.Context, id string, s *store.Save) (bool, error) {
	count := w.report.count("versions")
	if p, ok := w.placed[id]; ok {
		switch {
		case p.FileID != w.f.id:
			count.Left++
			w.report.notef("version", id, w.f.path, LeftOut, "The id is that of a version of `%s` here.", p.FileID)
			return true, nil
		case p.Hash != s.Hash:
			w.report.notef("version", id, w.f.path, Differs, "The version has another content here.")
		case p.ID != id:
			w.noteAlias(id, p.ID)
		}
		count.Here++
		return true, nil
	}
	same, ok := w.byHash[s.Hash]
	if !ok {
		return false, nil
	}
	count.New++
	w.noteAlias(id, same)
	if w.o.DryRun {
		return true, nil
	}
	return true, w.db.Restore.KeepAlias(ctx, id, w.f.id, same)
}

func (w *keeping) noteAlias(id, same string) {
	w.aliases[id] = same
	w.report.notef("version", id, w.f.path, Alias, "The content is that of version `%s`, which the id stands for.", same)
}

// describe adds what a File says of itself to the version that makes it.
func (w *keeping) describe(s *store.Save) error {
	if w.made {
		return nil
	}
	var head versionRecord
	if _, err := w.t.document(path.Join(w.f.dir, "file.json"), &head); err != nil {
		return err
	}
	if head.Tags == nil {
		head.Tags = []string{}
	}
	s.Description, s.Readme, s.Tags = &head.Description, &head.Readme, &head.Tags
	return nil
}

// save saves a version. If its name is taken, it gets none.
func (w *keeping) save(ctx context.Context, s *store.Save, content file.Content, datapoints []file.SealedDatapoint) error {
	save := func() (err error) {
		if d, ok := content.(*file.Dataset); ok {
			_, _, err = w.db.SaveDataset(ctx, store.DatasetSave{Save: *s, Action: file.SetDatapoints, Datapoints: datapoints, Attributes: d.Attributes})
			return err
		}
		_, _, err = w.db.SaveVersion(ctx, *s)
		return err
	}
	err := save()
	if e := errs.From(err); err != nil && e.Reason == errs.AlreadyExists && e.Param == "version_name" {
		w.report.notef("version", s.Past.VersionID, w.f.path, Changed, "Another version is named `%s` here, so this one has no name.", s.VersionName)
		s.VersionName = ""
		return save()
	}
	return err
}

func (im *importer) keepDeployments(ctx context.Context, f *plannedFile) error {
	list, err := im.deployments(f)
	if err != nil {
		return err
	}
	for _, d := range list {
		count := im.report.count("deployments")
		count.Read++
		if im.o.DryRun {
			count.New++
			continue
		}
		if err := im.keepDeployment(ctx, f, d, count); err != nil {
			return err
		}
	}
	return nil
}

func (im *importer) keepDeployment(ctx context.Context, f *plannedFile, d deployment, count *Count) error {
	environmentID, versionID := im.environmentIDs[d.EnvironmentID], im.versionHere(d.VersionID)
	out := store.Deployment{FileID: f.id, EnvironmentID: environmentID, VersionID: versionID}
	v, _, err := im.readVersion(f, d.VersionID)
	if err != nil {
		return err
	}
	out.At, out.By = v.CreatedAt.Time, v.CreatedBy.id()
	for i := range v.Environments {
		if e := &v.Environments[i]; e.ID == d.EnvironmentID && !e.DeployedAt.IsZero() {
			out.At, out.By = e.DeployedAt.Time, e.DeployedBy.id()
		}
	}
	deployed, err := im.db.Restore.KeepDeployment(ctx, out)
	switch {
	case err != nil:
		return err
	case deployed.New:
		count.New++
	case deployed.VersionID == versionID:
		count.Here++
	default:
		count.Left++
		im.report.notef("deployment", versionID, f.path, Differs, "In the environment `%s`, version `%s` is deployed here.", d.Name, cmp.Or(deployed.VersionID, "none"))
	}
	return nil
}

// versionHere is the id here of a version of the export.
func (im *importer) versionHere(id string) string { return cmp.Or(im.aliases[id], id) }

// keepMonitors attaches Evaluators to the Files that they monitor.
func (im *importer) keepMonitors(ctx context.Context) error {
	for _, f := range im.files {
		if f.left {
			continue
		}
		var head versionRecord
		if _, err := im.t.document(path.Join(f.dir, "file.json"), &head); err != nil {
			return err
		}
		for i := range head.Evaluators {
			if err := im.keepMonitor(ctx, f, head.Evaluators[i].monitor()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (im *importer) keepMonitor(ctx context.Context, f *plannedFile, m file.Monitor) error {
	count := im.report.count("monitors")
	count.Read++
	if im.o.DryRun {
		count.New++
		return nil
	}
	if m.VersionID != "" {
		m.VersionID = im.versionHere(m.VersionID)
	}
	if m.EnvironmentID != "" {
		m.EnvironmentID = cmp.Or(im.environmentIDs[m.EnvironmentID], m.EnvironmentID)
	}
	kept, err := im.db.Restore.KeepMonitor(ctx, f.id, &m)
	switch {
	case err != nil:
		return err
	case kept == restore.Made:
		count.New++
	case kept == restore.There:
		count.Here++
	default:
		count.Left++
		im.report.notef(string(f.kind), f.id, f.path, Dangling, "The Evaluator `%s`, which monitors it, is not here.", m.EvaluatorID)
	}
	return nil
}
