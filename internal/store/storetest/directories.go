package storetest

import (
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

var directories = map[string]func(*testing.T, *harness){
	"Directories of a new database":                     directoriesOfNew,
	"MakeDirectory makes those on the way":              makeDirectory,
	"MakeDirectory refuses":                             makeDirectoryRefuses,
	"MoveDirectory takes everything below along":        moveDirectory,
	"MoveDirectory refuses":                             moveDirectoryRefuses,
	"MoveDirectory lets no path grow too long":          moveDirectoryTooLong,
	"DeleteDirectory refuses what is not empty":         deleteDirectory,
	"FilesIn lists the Files directly in a directory":   filesIn,
	"MoveFile goes where it is told":                    moveFile,
	"MoveFile refuses":                                  moveFileRefuses,
	"MoveFile keeps versions, deployments and its name": moveFileKeeps,
}

// directory reads the directory at path.
func (h *harness) directory(t *testing.T, path string) file.Directory {
	t.Helper()
	all, err := h.Directories(t.Context())
	must(t, err)
	for _, d := range all {
		if d.Path == path {
			return d
		}
	}
	t.Fatalf("no directory %q in %v", path, all)
	return file.Directory{}
}

// makeDirectory makes the directory at path.
func (h *harness) makeDirectory(t *testing.T, path string) file.Directory {
	t.Helper()
	d, err := h.MakeDirectory(t.Context(), store.NewDirectory{Path: path})
	must(t, err)
	return d
}

// directoryPaths are the paths of all directories, in one text, the root as "/".
func (h *harness) directoryPaths(t *testing.T) string {
	t.Helper()
	all, err := h.Directories(t.Context())
	must(t, err)
	list := make([]string, len(all))
	for i, d := range all {
		list[i] = d.Path
	}
	return "/" + strings.Join(list, " ")
}

func directoriesOfNew(t *testing.T, h *harness) {
	all, err := h.Directories(t.Context())
	must(t, err)
	root := all[0]
	equal(t, "directories", []file.Directory{{ID: root.ID, CreatedAt: root.CreatedAt, UpdatedAt: root.CreatedAt}}, all)
	if root.ID[:4] != "dir_" || root.CreatedAt.Before(epoch) {
		t.Errorf("root is %+v", root)
	}
	for _, id := range []string{"root", root.ID} {
		got, err := h.DirectoryByID(t.Context(), id)
		must(t, err)
		equal(t, id, root, got)
	}
	h.reopen(t)
	equal(t, "root after opening again", root, h.directory(t, ""))
	_, err = h.DirectoryByID(t.Context(), "dir_\x00")
	says(t, err, errs.DirectoryNotFound, "Directory `dir_\x00` does not exist.")
}

func makeDirectory(t *testing.T, h *harness) {
	root := h.directory(t, "")
	c := h.makeDirectory(t, "a/b/c")
	a, b := h.directory(t, "a"), h.directory(t, "a/b")
	equal(t, "parents", [3]string{b.ID, a.ID, root.ID}, [3]string{c.ParentID, b.ParentID, a.ParentID})
	d, err := h.MakeDirectory(t.Context(), store.NewDirectory{Name: "d", ParentID: b.ID})
	must(t, err)
	equal(t, "by name", file.Directory{ID: d.ID, Path: "a/b/d", ParentID: b.ID, CreatedAt: d.CreatedAt, UpdatedAt: d.CreatedAt}, d)
	e, err := h.MakeDirectory(t.Context(), store.NewDirectory{Name: "e"})
	must(t, err)
	equal(t, "in the root", root.ID, e.ParentID)
	equal(t, "all", "/ a a/b a/b/c a/b/d e", h.directoryPaths(t))
	p := h.save(t, prompt("a/b/c/p", "m"))
	equal(t, "directory of a File", c.ID, p.File.DirectoryID)
	h.save(t, prompt("a/b/d", "m")) // Files and directories have paths of their own
}

func makeDirectoryRefuses(t *testing.T, h *harness) {
	h.save(t, prompt("a/p", "m"))
	before := h.Moment()
	for _, c := range []struct {
		name   string
		new    store.NewDirectory
		reason errs.Reason
	}{
		{"exists", store.NewDirectory{Path: "a"}, errs.AlreadyExists},
		{"exists by name", store.NewDirectory{Name: "a", ParentID: "root"}, errs.AlreadyExists},
		{"no parent", store.NewDirectory{Name: "b", ParentID: "dir_x"}, errs.DirectoryNotFound},
		{"nothing", store.NewDirectory{}, errs.ValidationFailed},
		{"slash", store.NewDirectory{Name: "b/c"}, errs.ValidationFailed},
		{"dots", store.NewDirectory{Path: "b/../c"}, errs.ValidationFailed},
		{"root", store.NewDirectory{Path: "/"}, errs.ValidationFailed},
		{"zero", store.NewDirectory{Path: "b\x00"}, errs.ValidationFailed},
	} {
		if _, err := h.MakeDirectory(t.Context(), c.new); !errs.Is(err, c.reason) {
			t.Errorf("%s: error is %v, want %s", c.name, err, c.reason)
		}
	}
	equal(t, "all", "/ a", h.directoryPaths(t))
	equal(t, "no change", true, h.passed(before, 0))
}

func moveDirectory(t *testing.T, h *harness) {
	p, q := h.save(t, prompt("ä/b/p", "m")), h.save(t, prompt("ä/b/c/q", "m"))
	old := h.save(t, prompt("ä/b/old", "m"))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, old.File.ID))
	h.save(t, prompt("ä/bb/stays", "m"))
	b := h.directory(t, "ä/b")
	moved, _, err := h.MoveDirectory(t.Context(), b.ID, store.Move{Path: new("/x/y/ü/")})
	must(t, err)
	want := file.Directory{ID: b.ID, Path: "x/y/ü", ParentID: h.directory(t, "x/y").ID, CreatedAt: b.CreatedAt, UpdatedAt: moved.UpdatedAt}
	equal(t, "moved", want, moved)
	equal(t, "directories", "/ x x/y x/y/ü x/y/ü/c ä ä/bb", h.directoryPaths(t))
	for id, path := range map[string]string{p.File.ID: "x/y/ü/p", q.File.ID: "x/y/ü/c/q"} {
		got, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: id})
		must(t, err)
		equal(t, "path", path, got.File.Path)
		if !got.File.UpdatedAt.Equal(got.File.CreatedAt) {
			t.Errorf("%s: a directory above was moved, and the File is updated", path)
		}
	}
	versions, err := h.VersionsByID(t.Context(), []string{old.Version.ID})
	must(t, err)
	equal(t, "path of a deleted File", "ä/b/old", versions[old.Version.ID].File.Path)

	before := h.Moment()
	renamed, _, err := h.MoveDirectory(t.Context(), b.ID, store.Move{Name: new("z"), DirectoryID: new("root")})
	must(t, err)
	equal(t, "renamed", "z", renamed.Path)
	same, _, err := h.MoveDirectory(t.Context(), b.ID, store.Move{})
	must(t, err)
	equal(t, "nothing said", renamed, same)
	equal(t, "one change", true, h.passed(before, 1))
}

func moveDirectoryRefuses(t *testing.T, h *harness) {
	h.save(t, prompt("a/b/p", "m"))
	h.makeDirectory(t, "c")
	a, ab := h.directory(t, "a"), h.directory(t, "a/b")
	for _, c := range []struct {
		name   string
		id     string
		move   store.Move
		reason errs.Reason
	}{
		{"unknown", "dir_x", store.Move{}, errs.DirectoryNotFound},
		{"root", "root", store.Move{Path: new("r")}, errs.IllegalState},
		{"root stays", "root", store.Move{}, errs.IllegalState},
		{"taken", a.ID, store.Move{Path: new("c")}, errs.AlreadyExists},
		{"taken by its parent", ab.ID, store.Move{Path: new("a")}, errs.AlreadyExists},
		{"into itself", a.ID, store.Move{Path: new("a/d")}, errs.IllegalState},
		{"into its child", a.ID, store.Move{DirectoryID: &ab.ID}, errs.IllegalState},
		{"parent unknown", a.ID, store.Move{DirectoryID: new("")}, errs.DirectoryNotFound},
		{"name with a slash", a.ID, store.Move{Name: new("x/y")}, errs.ValidationFailed},
		{"no name", a.ID, store.Move{Name: new("")}, errs.ValidationFailed},
		{"no path", a.ID, store.Move{Path: new("")}, errs.ValidationFailed},
	} {
		if _, _, err := h.MoveDirectory(t.Context(), c.id, c.move); !errs.Is(err, c.reason) {
			t.Errorf("%s: error is %v, want %s", c.name, err, c.reason)
		}
	}
	equal(t, "directories", "/ a a/b c", h.directoryPaths(t))
}

func moveDirectoryTooLong(t *testing.T, h *harness) {
	long := strings.Repeat("l", file.MaxPath-len("a/"))
	p := h.save(t, prompt("a/"+long, "m"))
	_, _, err := h.MoveDirectory(t.Context(), p.File.DirectoryID, store.Move{Name: new("aa")})
	is(t, err, errs.ValidationFailed)
	_, _, err = h.MoveDirectory(t.Context(), p.File.DirectoryID, store.Move{Name: new("b")})
	must(t, err)
}

func deleteDirectory(t *testing.T, h *harness) {
	p := h.save(t, prompt("a/b/p", "m"))
	a, b := h.directory(t, "a"), h.directory(t, "a/b")
	is(t, h.DeleteDirectory(t.Context(), "dir_x"), errs.DirectoryNotFound)
	says(t, h.DeleteDirectory(t.Context(), "root"), errs.IllegalState, "The root directory cannot be deleted.")
	says(t, h.DeleteDirectory(t.Context(), a.ID), errs.InUse, "Directory `a` is not empty.")
	says(t, h.DeleteDirectory(t.Context(), b.ID), errs.InUse, "Directory `a/b` is not empty.")
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	must(t, h.DeleteDirectory(t.Context(), b.ID))
	must(t, h.DeleteDirectory(t.Context(), a.ID))
	equal(t, "directories", "/", h.directoryPaths(t))
	again := h.save(t, prompt("a/b/p", "m"))
	if again.File.DirectoryID == b.ID {
		t.Error("a deleted directory came back")
	}
}

func filesIn(t *testing.T, h *harness) {
	h.save(t, prompt("a/z", "m"))
	b := h.save(t, saveOf(file.ToolKind, "a/b", "m"))
	h.save(t, prompt("a/b/deeper", "m"))
	gone := h.save(t, prompt("a/gone", "m"))
	must(t, h.DeleteFile(t.Context(), file.PromptKind, gone.File.ID))
	h.save(t, prompt("top", "m"))
	in := func(id string) []file.Snapshot {
		t.Helper()
		list, err := h.FilesIn(t.Context(), id)
		must(t, err)
		return list
	}
	got := in(b.File.DirectoryID)
	equal(t, "paths", "a/b a/z", paths(got))
	equal(t, "first", b, got[0])
	equal(t, "in the root", "top", paths(in("root")))
	equal(t, "in an empty one", "", paths(in(h.makeDirectory(t, "empty").ID)))
	_, err := h.FilesIn(t.Context(), "dir_x")
	is(t, err, errs.DirectoryNotFound)
}

func moveFile(t *testing.T, h *harness) {
	p := h.save(t, prompt("a/p", "m"))
	x := h.makeDirectory(t, "x")
	for _, c := range []struct {
		move store.Move
		want string
	}{
		{store.Move{Name: new("q")}, "a/q"},
		{store.Move{DirectoryID: &x.ID}, "x/q"},
		{store.Move{DirectoryID: new("root"), Name: new("Top")}, "Top"},
		{store.Move{Path: new("n/e/w/p"), Name: new("ignored"), DirectoryID: &x.ID}, "n/e/w/p"},
		{store.Move{}, "n/e/w/p"},
		{store.Move{Path: new("/x/")}, "x"},
	} {
		got, err := h.MoveFile(t.Context(), file.PromptKind, p.File.ID, c.move)
		must(t, err)
		equal(t, "path", c.want, got.File.Path)
		equal(t, "directory", h.directory(t, file.ParentPath(c.want)).ID, got.File.DirectoryID)
		byPath, err := h.Snapshot(t.Context(), "", file.Ref{Path: c.want})
		must(t, err)
		equal(t, "by path", got, byPath)
	}
	equal(t, "directories stay", "/ a n n/e n/e/w x", h.directoryPaths(t))
}

func moveFileRefuses(t *testing.T, h *harness) {
	p, tool := h.save(t, prompt("a/p", "m")), h.save(t, saveOf(file.ToolKind, "a/t", "m"))
	before := h.Moment()
	for _, c := range []struct {
		kind   file.Kind
		id     string
		move   store.Move
		reason errs.Reason
		says   string
	}{
		{file.ToolKind, p.File.ID, store.Move{}, errs.ToolNotFound, "Tool `" + p.File.ID + "` does not exist."},
		{file.PromptKind, p.File.ID, store.Move{Path: new("a/t")}, errs.AlreadyExists, "The path `a/t` is taken by the Tool `" + tool.File.ID + "`."},
		{file.PromptKind, p.File.ID, store.Move{Name: new("t")}, errs.AlreadyExists, "The path `a/t` is taken by the Tool `" + tool.File.ID + "`."},
		{file.PromptKind, p.File.ID, store.Move{DirectoryID: new("dir_x")}, errs.DirectoryNotFound, "Directory `dir_x` does not exist."},
		{file.PromptKind, p.File.ID, store.Move{Path: new("a//p")}, errs.ValidationFailed, ""},
		{file.PromptKind, p.File.ID, store.Move{Name: new("x\x00")}, errs.ValidationFailed, ""},
	} {
		_, err := h.MoveFile(t.Context(), c.kind, c.id, c.move)
		is(t, err, c.reason)
		if c.says != "" {
			says(t, err, c.reason, c.says)
		}
	}
	equal(t, "untouched", p, h.current(t, &p))
	equal(t, "no change", true, h.passed(before, 0))
}

func moveFileKeeps(t *testing.T, h *harness) {
	h.save(t, prompt("a/p", "one"))
	two := h.save(t, prompt("a/p", "two"))
	two = h.deploy(t, &two, "staging")
	moved, err := h.MoveFile(t.Context(), file.PromptKind, two.File.ID, store.Move{Path: new("b/Q")})
	must(t, err)
	got, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "b/Q", Environment: "staging"})
	must(t, err)
	equal(t, "version", two.Version, got.Version)
	list, _, err := h.Files(t.Context(), store.FileFilter{NameContains: "q", Page: page(1, 10)})
	must(t, err)
	equal(t, "found by its new name", "b/Q", paths(list))
	if !moved.File.UpdatedAt.After(two.File.UpdatedAt) {
		t.Errorf("updated at %v, before it was %v", moved.File.UpdatedAt, two.File.UpdatedAt)
	}
	again := h.save(t, prompt("a/p", "one"))
	if again.File.ID == two.File.ID {
		t.Error("the old path is not free")
	}
}
