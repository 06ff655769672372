package filesync

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFolderKeepsFiles(t *testing.T) {
	f := openTest(t)
	for _, text := range []string{"one", "two"} {
		if err := f.write("a/b/c.prompt", []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := f.read("a/b/c.prompt"); err != nil || string(got) != text {
			t.Errorf("read %q, %v", got, err)
		}
	}
	if err := f.write("a/readme.md", nil); err != nil {
		t.Fatal(err)
	}
	if err := f.write(".git/d.prompt", nil); err != nil {
		t.Fatal(err)
	}
	names, err := f.names()
	if d := cmp.Diff([]string{"a/b/c.prompt"}, names); d != "" || err != nil {
		t.Errorf("names (-want +got):\n%s%v", d, err)
	}
	if err := f.remove("a/b/c.prompt"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.read("a/b/c.prompt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was removed is read: %v", err)
	}
	if d := cmp.Diff([]string{".", ".git", ".git/d.prompt", "a", "a/readme.md"}, tree(t, f.dir)); d != "" {
		t.Errorf("what is left (-want +got):\n%s", d)
	}
}

// tree lists all that is in a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, _ fs.DirEntry, err error) error {
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// A folder that is not there is empty, and made by the first write.
func TestFolderIsMadeWhenItIsWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "folder")
	f, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if names, err := f.names(); err != nil || names != nil {
		t.Errorf("it holds %v, %v", names, err)
	}
	if _, err := f.read("a.prompt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file is read: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the folder: %v", err)
	}
	if err := f.write("a.prompt", nil); err != nil {
		t.Fatal(err)
	}
	if names, err := f.names(); err != nil || !slices.Equal(names, []string{"a.prompt"}) {
		t.Errorf("it holds %v, %v", names, err)
	}
	if err := f.close(); err != nil {
		t.Error(err)
	}
}

// Links lead out of the folder, or to a file that has another name as well.
func TestFolderFollowsNoLinks(t *testing.T) {
	f, outside := openTest(t), t.TempDir()
	for link, target := range map[string]string{
		"out": outside, "in": "real", "out.prompt": filepath.Join(outside, "x.prompt"), "in.prompt": "real/x.prompt", "none.prompt": "nowhere",
	} {
		if err := os.Symlink(target, filepath.Join(f.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.write("real/x.prompt", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "x.prompt"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"out/x.prompt", "in/x.prompt", "out.prompt", "in.prompt", "none.prompt"} {
		raw, err := f.read(name)
		if err == nil || !strings.Contains(err.Error(), "is a symbolic link") {
			t.Errorf("%s is read: %q, %v", name, raw, err)
		}
		if err := f.write(name, []byte("y")); err == nil || !strings.Contains(err.Error(), "is a symbolic link") {
			t.Errorf("%s is written: %v", name, err)
		}
		if err := f.remove(name); err == nil || !strings.Contains(err.Error(), "is a symbolic link") {
			t.Errorf("%s is removed: %v", name, err)
		}
	}
	if d := cmp.Diff([]string{".", "x.prompt"}, tree(t, outside)); d != "" {
		t.Errorf("outside (-want +got):\n%s", d)
	}
	names, err := f.names()
	if d := cmp.Diff([]string{"in.prompt", "none.prompt", "out.prompt", "real/x.prompt"}, names); d != "" || err != nil {
		t.Errorf("names (-want +got):\n%s%v", d, err)
	}
}

func TestFolderStaysInside(t *testing.T) {
	f := openTest(t)
	for _, name := range []string{"../x.prompt", "a/../../x.prompt", "/x.prompt"} {
		if err := f.write(name, []byte("x")); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if d := cmp.Diff([]string{"."}, tree(t, f.dir)[:1]); d != "" {
		t.Error(d)
	}
	if _, err := os.Stat(filepath.Join(f.dir, "..", "x.prompt")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a file outside: %v", err)
	}
}

func TestFolderTellsFilesFromFolders(t *testing.T) {
	f := openTest(t)
	if err := f.write("a.prompt/b.prompt", nil); err != nil {
		t.Fatal(err)
	}
	if err := f.write("a.prompt", nil); err == nil || !strings.Contains(err.Error(), "a.prompt is no file") {
		t.Errorf("a folder was replaced by a file: %v", err)
	}
	if err := f.write("a.prompt/b.prompt/c.prompt", nil); err == nil || !strings.Contains(err.Error(), "b.prompt is no folder") {
		t.Errorf("a file was taken for a folder: %v", err)
	}
	if d := cmp.Diff([]string{".", "a.prompt", "a.prompt/b.prompt"}, tree(t, f.dir)); d != "" {
		t.Errorf("what is there (-want +got):\n%s", d)
	}
}
