package storetest

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// What a walk draws: few names, so that they often meet.

func (w *treeWalk) name(r *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "B", "c", "d"}).Draw(r, "name") + w.mark
}

func (w *treeWalk) directoryPath(r *rapid.T) string {
	d, e, f := "d"+w.mark, "/é"+w.mark, "f"+w.mark
	return rapid.SampledFrom([]string{d, d + e, d + e + e, f, f + e}).Draw(r, "directory")
}

func (w *treeWalk) filePath(r *rapid.T) string {
	if rapid.Bool().Draw(r, "top") {
		return w.name(r)
	}
	return w.directoryPath(r) + "/" + w.name(r)
}

var (
	walkKinds    = []file.Kind{file.PromptKind, file.ToolKind, file.EvaluatorKind}
	walkContents = []string{"one", "two", "three"}
)

func walkKind(r *rapid.T) file.Kind { return rapid.SampledFrom(walkKinds).Draw(r, "kind") }

func walkSort(r *rapid.T) store.FileSort {
	return rapid.SampledFrom([]store.FileSort{store.ByCreated, store.ByUpdated, store.ByName}).Draw(r, "sort")
}

func walkContent(r *rapid.T) string { return rapid.SampledFrom(walkContents).Draw(r, "content") }

func versionName(r *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", "blue", "red"}).Draw(r, "version name")
}

// sometimes draws a text or nil.
func sometimes(r *rapid.T, label string, draw func(*rapid.T) string) *string {
	if rapid.Bool().Draw(r, label) {
		return nil
	}
	return new(draw(r))
}

// nobody is a File that was never there.
func (w *treeWalk) nobody() *modelOfFile {
	f := &modelOfFile{id: "pr_x", kind: file.PromptKind, path: "nowhere" + w.mark}
	f.versions = []*modelVersion{{of: f, id: "prv_x"}}
	return f
}

// file draws a File, sometimes a deleted one, rarely one that was never there.
func (w *treeWalk) file(r *rapid.T) *modelOfFile {
	i := rapid.IntRange(0, 4*len(w.model.files)).Draw(r, "file")
	if i/4 == len(w.model.files) {
		return w.nobody()
	}
	return w.model.files[i/4]
}

// version draws a version, mostly of f, sometimes a deleted one.
func (w *treeWalk) version(r *rapid.T, f *modelOfFile) *modelVersion {
	if rapid.IntRange(0, 7).Draw(r, "whose") == 0 {
		f = w.file(r)
	}
	return rapid.SampledFrom(f.versions).Draw(r, "version")
}

func (w *treeWalk) environmentID(r *rapid.T) string {
	ids := []string{"env_x"}
	for _, e := range w.model.environments {
		ids = append(ids, e.ID, e.ID)
	}
	return rapid.SampledFrom(ids).Draw(r, "environment")
}

func (w *treeWalk) directoryID(r *rapid.T) string {
	paths := slices.Sorted(maps.Keys(w.model.directories))
	ids := []string{"dir_x", store.RootDirectory}
	for _, p := range paths {
		ids = append(ids, w.model.directories[p])
	}
	return rapid.SampledFrom(ids).Draw(r, "directory id")
}

func (w *treeWalk) move(r *rapid.T, path func(*rapid.T) string) store.Move {
	if rapid.Bool().Draw(r, "by path") {
		return store.Move{Path: new(path(r))}
	}
	return store.Move{Name: sometimes(r, "keeps name", w.name), DirectoryID: sometimes(r, "keeps directory", w.directoryID)}
}

// monitorRefs draws Evaluators, often such as monitor f already.
func (w *treeWalk) monitorRefs(r *rapid.T, f *modelOfFile, label string) []file.Ref {
	refs := make([]file.Ref, rapid.IntRange(0, 2).Draw(r, label))
	for i := range refs {
		if len(f.monitors) > 0 && rapid.Bool().Draw(r, "attached") {
			refs[i] = rapid.SampledFrom(f.monitors).Draw(r, "monitor").ref()
			continue
		}
		e := w.evaluator(r)
		if rapid.Bool().Draw(r, "by version") {
			refs[i].VersionID = w.version(r, e).id
		} else {
			refs[i].ID, refs[i].Environment = e.id, w.environmentID(r)
		}
	}
	return refs
}

// evaluator draws a File, mostly an Evaluator.
func (w *treeWalk) evaluator(r *rapid.T) *modelOfFile {
	f := w.file(r)
	for _, e := range w.model.files {
		if f.kind != file.EvaluatorKind && e.kind == file.EvaluatorKind && !e.deleted && rapid.Bool().Draw(r, "this") {
			return e
		}
	}
	return f
}

func (m *modelMonitor) ref() file.Ref {
	if m.version != nil {
		return file.Ref{VersionID: m.version.id}
	}
	return file.Ref{ID: m.evaluator.id, Environment: m.environment}
}
