package archive

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// plan reads all Files and versions, and decides what becomes of the Files.
func (im *importer) plan(ctx context.Context) error {
	dirs, err := im.t.names("files")
	if err != nil {
		return err
	}
	for i, id := range dirs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if hidden(id) {
			continue
		}
		im.progress("reading Files: %d of %d", i+1, len(dirs))
		if err := im.planFile(id); err != nil {
			return err
		}
	}
	return im.settleConflicts(ctx)
}

// planFile reads a File and its versions.
func (im *importer) planFile(id string) error {
	f := &plannedFile{id: id, dir: path.Join("files", id)}
	name := path.Join(f.dir, "file.json")
	if !IsID(id) {
		return &Fault{File: f.dir, Reason: "The name of the folder is no id."}
	}
	if !im.o.Incomplete && !im.t.has(path.Join(f.dir, ".done")) {
		return &Fault{File: f.dir, Reason: "The export of this File is incomplete, for it has no file .done. Run the tool again, or say -incomplete to take what there is."}
	}
	var head versionRecord
	if _, err := im.t.document(name, &head); err != nil {
		return err
	}
	clean, problem := file.CleanPath(head.Path)
	switch {
	case head.ID != id:
		return &Fault{File: name, Reason: fmt.Sprintf("The id is %q, and the folder is of %q.", head.ID, id)}
	case head.Type.Spec().Title == "File":
		return &Fault{File: name, Reason: fmt.Sprintf("There is no kind of File %q.", head.Type)}
	case problem != "":
		return &Fault{File: name, Reason: problem}
	}
	f.path, f.kind = clean, head.Type
	if IsID(head.DirectoryID) {
		f.directoryID = head.DirectoryID
	}
	im.files, im.byID[id] = append(im.files, f), f
	if err := im.planVersions(f); err != nil {
		return err
	}
	return im.planDeployments(f)
}

func (im *importer) planVersions(f *plannedFile) error {
	ids, err := im.t.names(path.Join(f.dir, "versions"))
	if err != nil {
		return err
	}
	for _, id := range ids {
		if hidden(id) {
			continue
		}
		v, _, err := im.readVersion(f, id)
		if err != nil {
			return err
		}
		if err := im.checkDatapoints(f, id); err != nil {
			return err
		}
		f.versions = append(f.versions, plannedVersion{id, v.CreatedAt.Time})
		im.meet(v.CreatedBy)
		for i := range v.Environments {
			e := &v.Environments[i]
			im.meet(e.DeployedBy)
			im.environments[e.ID] = e
		}
		for i := range v.Evaluators {
			if e := &v.Evaluators[i].Reference.Environment; e.ID != "" && im.environments[e.ID] == nil {
				im.environments[e.ID] = e
			}
		}
	}
	slices.SortStableFunc(f.versions, func(a, b plannedVersion) int { return cmp.Or(a.created.Compare(b.created), cmp.Compare(a.id, b.id)) })
	return nil
}

// meet notes that somebody made something.
func (im *importer) meet(a *author) {
	if id := a.id(); id != "" && im.authors[id] == nil {
		im.authors[id] = a
	}
}

// version is a version of the export with its content.
type version struct {
	versionRecord
	content file.Content
	unknown []string // members that have no place
}

// readVersion reads a version of f. It returns the name of its file as well.
func (im *importer) readVersion(f *plannedFile, id string) (*version, string, error) {
	v, name := new(version), path.Join(f.dir, "versions", id)
	raw, err := im.t.document(name, &v.versionRecord)
	if err != nil {
		return nil, name, err
	}
	switch {
	case !IsID(id) || v.VersionID != id:
		return nil, name, &Fault{File: name, Reason: fmt.Sprintf("The id of the version is %q, and the file is of %q.", v.VersionID, id)}
	case v.CreatedAt.IsZero():
		return nil, name, &Fault{File: name, Reason: "The version has no time in created_at."}
	case v.ID != f.id:
		return nil, name, &Fault{File: name, Reason: fmt.Sprintf("The version is of %q, and the folder is of %q.", v.ID, f.id)}
	}
	if v.content, err = contentOf(f.kind, raw); err != nil {
		return nil, name, fault(raw, err, name, 0)
	}
	v.unknown = keepUnknown(v.content, raw)
	return v, name, nil
}

// deployment is a row of deployments.json.
type deployment struct {
	VersionID     string `json:"version_id"`
	EnvironmentID string `json:"environment_id"`
	Name          string `json:"environment_name"`
	Tag           string `json:"environment_tag"`
}

func (im *importer) deployments(f *plannedFile) (list []deployment, err error) {
	if name := path.Join(f.dir, "deployments.json"); im.t.has(name) {
		_, err = im.t.document(name, &list)
	}
	return list, err
}

// planDeployments notes environments that only deployments.json tells of.
func (im *importer) planDeployments(f *plannedFile) error {
	list, err := im.deployments(f)
	for _, d := range list {
		if !IsID(d.EnvironmentID) || d.Name == "" {
			return &Fault{File: path.Join(f.dir, "deployments.json"), Reason: "A deployment names no environment."}
		}
		if im.environments[d.EnvironmentID] == nil {
			im.environments[d.EnvironmentID] = &environment{ID: d.EnvironmentID, Name: d.Name, Tag: d.Tag}
		}
	}
	return err
}

// settleConflicts compares the Files with those that are here.
func (im *importer) settleConflicts(ctx context.Context) error {
	heads, err := im.db.Restore.Heads(ctx)
	if err != nil {
		return err
	}
	byID, byPath := map[string]store.Head{}, map[string]string{}
	for _, h := range heads {
		byID[h.ID] = h
		if !h.Deleted {
			byPath[h.Path] = h.ID
		}
	}
	for _, f := range im.files {
		count := im.report.count(f.kind.Spec().Plural)
		count.Read++
		if err := im.settle(f, byID, byPath); err != nil {
			return err
		}
		switch {
		case f.left:
			count.Left++
		case f.here:
			count.Here++
		default:
			count.New++
			byPath[f.path] = f.id
		}
	}
	return nil
}

func (im *importer) settle(f *plannedFile, byID map[string]store.Head, byPath map[string]string) error {
	object := string(f.kind)
	if h, ok := byID[f.id]; ok {
		f.here = true
		switch {
		case h.Kind != f.kind:
			f.left = true
			im.report.notef(object, f.id, f.path, LeftOut, "The id is that of a %s here.", h.Kind.Spec().Title)
		case h.Deleted:
			f.left = true
			im.report.notef(object, f.id, f.path, LeftOut, "It was deleted here.")
		case h.Path != f.path:
			im.report.notef(object, f.id, f.path, Differs, "It is at `%s` here.", h.Path)
			f.path = h.Path
		}
		return nil
	}
	if len(f.versions) == 0 {
		f.left = true
		im.report.notef(object, f.id, f.path, LeftOut, "It has no version.")
		return nil
	}
	by, taken := byPath[f.path]
	switch {
	case !taken:
	case im.o.OnConflict == Skip:
		f.left = true
		im.report.notef(object, f.id, f.path, LeftOut, "The path is taken by `%s`.", by)
	case im.o.OnConflict == Rename:
		was := f.path
		f.path = freePath(was, byPath)
		im.report.notef(object, f.id, f.path, Renamed, "The path `%s` is taken by `%s`.", was, by)
	default:
		return pathTaken(f, by)
	}
	return nil
}

// freePath is a path like another one that no File has.
func freePath(like string, taken map[string]string) string {
	for n := 1; ; n++ {
		suffix := " (imported)"
		if n > 1 {
			suffix = " (imported " + strconv.Itoa(n) + ")"
		}
		free := like
		if len(free)+len(suffix) > file.MaxPath {
			free = free[:file.MaxPath-len(suffix)]
		}
		if free += suffix; taken[free] == "" {
			return free
		}
	}
}
