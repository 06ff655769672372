package storetest

import (
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// walkTree does changes of Files and directories in an order by chance on the database and on the model, and compares everything that
// can be read after each. All walks share the database, each with names of its own.
func walkTree(t *testing.T, h *harness) {
	environments, err := h.Environments(t.Context())
	must(t, err)
	root := h.directory(t, "").ID
	var walks atomic.Int64
	rapid.Check(t, func(r *rapid.T) {
		model := &treeModel{directories: map[string]string{"": root}, environments: environments}
		w := &treeWalk{harness: h, t: t, model: model, mark: "_" + itoa(int(walks.Add(1))) + "_"}
		for _, kind := range walkKinds { // something to begin with
			for _, content := range walkContents[:2] {
				w.saveAs(r, saveOf(kind, "d"+w.mark+"/é"+w.mark+"/"+string(kind)+w.mark, content))
			}
		}
		actions := map[string]func(*rapid.T){
			"save":            w.save,
			"save again":      w.saveAgain,
			"deploy":          w.deploy,
			"undeploy":        w.undeploy,
			"describe":        w.describe,
			"delete version":  w.deleteVersion,
			"delete file":     w.deleteFile,
			"save once more":  w.saveAgain, // more often than something is deleted
			"move file":       w.moveFile,
			"make directory":  w.makeDirectory,
			"move directory":  w.moveDirectory,
			"drop directory":  w.deleteDirectory,
			"monitor":         w.monitor,
			"put variable":    w.putVariable,
			"delete variable": w.deleteVariable,
			"log":             w.log,
			"get":             w.get,
			"list":            w.list,
			"":                w.compare,
		}
		r.Repeat(actions)
		r.Repeat(actions) // twice as long as usual: much has to happen before some of it can
	})
}

type treeWalk struct {
	*harness
	t     *testing.T
	model *treeModel
	mark  string // in the names of this walk
}

// agree fails the walk unless database and model refuse alike.
func agree(r *rapid.T, err error, want errs.Reason) {
	got := nothingWrong
	if err != nil {
		got = errs.From(err).Reason
	}
	if got != want {
		r.Fatalf("the database says %q (%v), the model %q", got, err, want)
	}
}

// same fails the walk unless database and model refuse alike or give the same version.
func (w *treeWalk) same(r *rapid.T, got file.Snapshot, err error, want *modelVersion, reason errs.Reason) {
	agree(r, err, reason)
	if err == nil {
		compareIn(r, "version", w.model.snapshot(want), timeless(got))
	}
}

// timeless is s without its times; that they have the order of changes shows in sorted lists.
func timeless(s file.Snapshot) file.Snapshot {
	for _, at := range []*time.Time{
		&s.File.CreatedAt, &s.File.UpdatedAt, &s.File.LastUsedAt, &s.Version.CreatedAt, &s.Version.UpdatedAt, &s.Version.LastUsedAt,
	} {
		*at = time.Time{}
	}
	s.Monitors = slices.Clone(s.Monitors)
	for i := range s.Monitors {
		s.Monitors[i].CreatedAt, s.Monitors[i].UpdatedAt = time.Time{}, time.Time{}
	}
	s.Version.Environments = slices.Clone(s.Version.Environments)
	for i := range s.Version.Environments {
		s.Version.Environments[i].DeployedAt = time.Time{}
	}
	return s
}

func allTimeless(snaps []file.Snapshot) []file.Snapshot {
	out := slices.Clone(snaps)
	for i := range out {
		out[i] = timeless(out[i])
	}
	return out
}

// The changes.

func (w *treeWalk) save(r *rapid.T) {
	w.saveAs(r, saveOf(walkKind(r), w.filePath(r), walkContent(r)))
}

// saveAgain saves a version of a File that is known, by id or at its path.
func (w *treeWalk) saveAgain(r *rapid.T) {
	f := w.file(r)
	kind := f.kind
	if rapid.IntRange(0, 7).Draw(r, "as what") == 0 {
		kind = walkKind(r)
	}
	s := saveOf(kind, f.path, walkContent(r))
	if rapid.Bool().Draw(r, "by id") {
		s = saveOf(kind, "", walkContent(r))
		s.ID = f.id
	}
	w.saveAs(r, s)
}

func (w *treeWalk) saveAs(r *rapid.T, s store.Save) {
	s.VersionName, s.Inline = versionName(r), rapid.Bool().Draw(r, "inline")
	got, created, err := w.SaveVersion(w.t.Context(), s)
	v, made, reason := w.model.save(&s)
	agree(r, err, reason)
	if err != nil {
		return
	}
	if v.id == "" {
		v.id = got.Version.ID
	}
	if v.of.id == "" {
		v.of.id = got.File.ID
	}
	w.learn(r)
	w.same(r, got, err, v, reason)
	if created != made {
		r.Fatalf("created %v, the model says %v", created, made)
	}
}

// learn reads the ids of directories that were made on the way.
func (w *treeWalk) learn(r *rapid.T) {
	all, err := w.Directories(w.t.Context())
	if err != nil {
		r.Fatal(err)
	}
	for _, d := range all {
		if id, ok := w.model.directories[d.Path]; ok && id == "" {
			w.model.directories[d.Path] = d.ID
		}
	}
}

func (w *treeWalk) deploy(r *rapid.T) {
	f := w.file(r)
	v, environment := w.version(r, f), w.environmentID(r)
	got, err := w.Deploy(w.t.Context(), f.kind, f.id, environment, v.id, store.Terms{})
	reason := w.model.deploy(f.kind, f.id, environment, v.id)
	w.same(r, got, err, v, reason)
}

func (w *treeWalk) undeploy(r *rapid.T) {
	f, environment := w.file(r), w.environmentID(r)
	agree(r, w.Undeploy(w.t.Context(), f.kind, f.id, environment, store.Terms{}), w.model.undeploy(f.kind, f.id, environment))
}

func (w *treeWalk) describe(r *rapid.T) {
	f := w.file(r)
	v := w.version(r, f)
	name, description := sometimes(r, "keeps version name", versionName), sometimes(r, "keeps description", versionName)
	got, err := w.DescribeVersion(w.t.Context(), f.kind, f.id, v.id, name, description)
	reason := w.model.describe(f.kind, f.id, v.id, name, description)
	w.same(r, got, err, v, reason)
}

func (w *treeWalk) deleteVersion(r *rapid.T) {
	f := w.file(r)
	v := w.version(r, f)
	agree(r, w.DeleteVersion(w.t.Context(), f.kind, f.id, v.id), w.model.deleteVersion(f.kind, f.id, v.id))
}

func (w *treeWalk) deleteFile(r *rapid.T) {
	f := w.file(r)
	agree(r, w.DeleteFile(w.t.Context(), f.kind, f.id), w.model.deleteFile(f.kind, f.id))
}

func (w *treeWalk) moveFile(r *rapid.T) {
	f, to := w.file(r), w.move(r, w.filePath)
	got, err := w.MoveFile(w.t.Context(), f.kind, f.id, to)
	reason := w.model.moveFile(f.kind, f.id, &to)
	w.learn(r)
	agree(r, err, reason)
	if err == nil {
		w.same(r, got, err, w.model.current(f), reason)
	}
}

func (w *treeWalk) makeDirectory(r *rapid.T) {
	var n store.NewDirectory
	var reason errs.Reason
	if rapid.Bool().Draw(r, "by path") {
		n.Path = w.directoryPath(r)
		reason = w.model.makeDirectory(n.Path)
	} else {
		n.Name, n.ParentID = w.name(r), w.directoryID(r)
		if parent, ok := w.model.directory(n.ParentID); ok {
			reason = w.model.makeDirectory(join(parent, n.Name))
		} else {
			reason = errs.DirectoryNotFound
		}
	}
	_, err := w.MakeDirectory(w.t.Context(), n)
	agree(r, err, reason)
}

func (w *treeWalk) moveDirectory(r *rapid.T) {
	id, to := w.directoryID(r), w.move(r, w.directoryPath)
	got, _, err := w.MoveDirectory(w.t.Context(), id, to)
	agree(r, err, w.model.moveDirectory(id, &to))
	if path, _ := w.model.directory(id); err == nil && got.Path != path {
		r.Fatalf("moved to %q, the model says %q", got.Path, path)
	}
}

func (w *treeWalk) deleteDirectory(r *rapid.T) {
	id := w.directoryID(r)
	agree(r, w.DeleteDirectory(w.t.Context(), id), w.model.deleteDirectory(id))
}

func (w *treeWalk) monitor(r *rapid.T) {
	f := w.file(r)
	activate, deactivate := w.monitorRefs(r, f, "activate"), w.monitorRefs(r, f, "deactivate")
	got, err := w.SetMonitors(w.t.Context(), f.kind, f.id, activations(activate), deactivate)
	agree(r, err, w.model.setMonitors(f.kind, f.id, activate, deactivate))
	if err == nil {
		w.same(r, got, err, w.model.current(f), nothingWrong)
	}
}

func (w *treeWalk) putVariable(r *rapid.T) {
	f, name, value := w.file(r), w.name(r), versionName(r)
	got, err := w.PutToolVariables(w.t.Context(), f.id, []store.ToolVariable{variable(name, value)})
	if w.model.find(file.ToolKind, f.id) == nil {
		agree(r, err, errs.ToolNotFound)
		return
	}
	agree(r, err, nothingWrong)
	f.variables[name] = value
	compareIn(r, "variables", f.variables, variables(got))
}

func (w *treeWalk) deleteVariable(r *rapid.T) {
	f, name := w.file(r), w.name(r)
	got, err := w.DeleteToolVariable(w.t.Context(), f.id, name)
	_, known := f.variables[name]
	switch {
	case w.model.find(file.ToolKind, f.id) == nil:
		agree(r, err, errs.ToolNotFound)
	case !known:
		agree(r, err, errs.ResourceNotFound)
	default:
		agree(r, err, nothingWrong)
		delete(f.variables, name)
		compareIn(r, "variables", f.variables, variables(got))
	}
}

func variables(list []store.ToolVariable) map[string]string {
	out := map[string]string{}
	for _, v := range list {
		out[v.Name] = string(v.Sealed)
	}
	return out
}

func (w *treeWalk) log(r *rapid.T) {
	v := w.version(r, w.file(r))
	s := w.model.snapshot(v)
	reason := nothingWrong
	if !slices.Contains(w.model.files, v.of) {
		reason = errs.VersionNotFound
	}
	agree(r, w.AppendLog(w.t.Context(), logOf(&s, newLogID())), reason)
	v.logs++
}
