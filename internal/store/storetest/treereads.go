package storetest

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

// What is read.

func (w *treeWalk) get(r *rapid.T) {
	f := w.file(r)
	want, reason := w.model.find(f.kind, f.id), nothingWrong
	var v *modelVersion
	target := file.Ref{ID: f.id}
	if rapid.Bool().Draw(r, "by path") {
		target = file.Ref{Path: f.path}
		if want = w.model.at(f.path); want != nil && want.kind != f.kind {
			want = nil
		}
	}
	environment := rapid.SampledFrom([]string{"", "production", "staging", "mars"}).Draw(r, "environment")
	if rapid.Bool().Draw(r, "by version") {
		target.VersionID = w.version(r, f).id
	} else {
		target.Environment = environment
	}
	switch {
	case want == nil:
		reason = f.kind.Spec().NotFound
	case target.VersionID != "":
		v = want.version(target.VersionID)
	case environment == "":
		v = w.model.current(want)
	default:
		v = want.deployed[w.model.environmentID(environment)]
	}
	switch {
	case want != nil && target.Environment == "mars":
		reason = errs.EnvironmentNotFound
	case want != nil && v == nil:
		reason = errs.VersionNotFound
	}
	got, err := w.Snapshot(w.t.Context(), f.kind, target)
	w.same(r, got, err, v, reason)
	w.getDeployments(r, f)
	w.getByPath(r, f.path)
}

func (w *treeWalk) getByPath(r *rapid.T, path string) {
	got, err := w.Snapshot(w.t.Context(), "", file.Ref{Path: path})
	if there := w.model.at(path); there != nil {
		w.same(r, got, err, w.model.current(there), nothingWrong)
		return
	}
	agree(r, err, errs.FileNotFound)
}

func (w *treeWalk) getDeployments(r *rapid.T, f *modelOfFile) {
	got, err := w.Deployments(w.t.Context(), f.kind, f.id)
	if w.model.find(f.kind, f.id) == nil {
		agree(r, err, f.kind.Spec().NotFound)
		return
	}
	agree(r, err, nothingWrong)
	want := map[string]file.Snapshot{}
	for environment, v := range f.deployed {
		want[environment] = w.model.snapshot(v)
	}
	for environment := range got {
		got[environment] = timeless(got[environment])
	}
	compareIn(r, "deployments", want, got)
}

func (w *treeWalk) list(r *rapid.T) {
	filter := store.FileFilter{
		Kinds:        rapid.SliceOfNDistinct(rapid.Custom(walkKind), 0, 2, rapid.ID).Draw(r, "kinds"),
		NameContains: rapid.SampledFrom([]string{"", "a", "b"}).Draw(r, "part") + w.mark,
		Environment:  rapid.SampledFrom([]string{"", "", "production", "staging"}).Draw(r, "environment"),
		Template:     rapid.IntRange(0, 3).Draw(r, "template") == 3,
		Sort:         walkSort(r),
		Desc:         rapid.Bool().Draw(r, "descending"),
		Page:         page(rapid.IntRange(1, 3).Draw(r, "page"), rapid.IntRange(0, 4).Draw(r, "size")),
	}
	if rapid.Bool().Draw(r, "below a directory") {
		filter.Directory = w.directoryPath(r)
	}
	got, total, err := w.Files(w.t.Context(), filter)
	want, number, reason := w.model.list(&filter)
	agree(r, err, reason)
	compareIn(r, "page", want, allTimeless(got))
	compareIn(r, "total", number, total)
	w.listIn(r)
}

// listIn lists one directory.
func (w *treeWalk) listIn(r *rapid.T) {
	id := w.directoryID(r)
	all, err := w.FilesIn(w.t.Context(), id)
	path, ok := w.model.directory(id)
	if !ok {
		agree(r, err, errs.DirectoryNotFound)
		return
	}
	agree(r, err, nothingWrong)
	var got, want []string
	for _, s := range all {
		if strings.Contains(s.File.Path, w.mark) {
			got = append(got, s.File.Path)
		}
	}
	for _, f := range w.model.files {
		if !f.deleted && file.ParentPath(f.path) == path {
			want = append(want, f.path)
		}
	}
	slices.Sort(want)
	compareIn(r, "Files in the directory", want, got)
}

// compare reads everything there is.
func (w *treeWalk) compare(r *rapid.T) {
	w.learn(r)
	w.compareDirectories(r)
	everything := store.FileFilter{NameContains: w.mark, Sort: walkSort(r), Desc: true, Page: page(1, 1000)}
	got, _, err := w.Files(w.t.Context(), everything)
	want, _, _ := w.model.list(&everything)
	agree(r, err, nothingWrong)
	compareIn(r, "Files", want, allTimeless(got))
	for _, f := range w.model.files {
		w.compareVersions(r, f)
	}
}

func (w *treeWalk) compareDirectories(r *rapid.T) {
	all, err := w.Directories(w.t.Context())
	agree(r, err, nothingWrong)
	got := map[string][2]string{}
	for _, d := range all {
		if strings.Contains(d.Path, w.mark) {
			got[d.Path] = [2]string{d.ID, d.ParentID}
		}
	}
	want := map[string][2]string{}
	for path, id := range w.model.directories {
		if path != "" {
			want[path] = [2]string{id, w.model.directories[file.ParentPath(path)]}
		}
	}
	compareIn(r, "directories", want, got)
}

func (w *treeWalk) compareVersions(r *rapid.T, f *modelOfFile) {
	got, err := w.Versions(w.t.Context(), f.kind, f.id)
	if f.deleted {
		agree(r, err, f.kind.Spec().NotFound)
		return
	}
	agree(r, err, nothingWrong)
	var want []file.Snapshot
	for _, v := range slices.Backward(f.live()) {
		want = append(want, w.model.snapshot(v))
	}
	compareIn(r, "versions", want, allTimeless(got))
}
