package archive_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/archive"
)

// copied copies the export into a folder that a test may spoil.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(export)); err != nil {
		t.Fatal(err)
	}
	return dir
}

const greet = "files/pr_greet000000000000001"

// faults spoil an export. Each is told with its file, and where there are lines with its line.
var faults = map[string]struct {
	spoil func(t *testing.T, dir string)
	want  string
}{
	"no export":          {func(t *testing.T, dir string) { remove(t, dir, "files") }, "This is no export"},
	"an incomplete File": {func(t *testing.T, dir string) { remove(t, dir, greet+"/.done") }, greet + ": The export of this File is incomplete"},
	"no file.json":       {func(t *testing.T, dir string) { remove(t, dir, greet+"/file.json") }, greet + "/file.json: "},
	"a cut document":     {func(t *testing.T, dir string) { cut(t, dir, greet+"/versions/prv_greet00000000000002") }, greet + "/versions/prv_greet00000000000002:1: "},
	"another version": {func(t *testing.T, dir string) {
		rename(t, dir, greet+"/versions/prv_greet00000000000002", greet+"/versions/prv_other")
	}, greet + `/versions/prv_other: The id of the version is "prv_greet00000000000002"`},
	"a version of another File": {func(t *testing.T, dir string) {
		rename(t, dir, "files/fl_support0000000000001/versions/flv_support000000000001", greet+"/versions/flv_support000000000001")
	}, `The version is of "fl_support0000000000001"`},
	"a File of another folder": {func(t *testing.T, dir string) { rename(t, dir, greet, "files/pr_other") }, `files/pr_other/file.json: The id is "pr_greet000000000000001"`},
	"a path upwards": {func(t *testing.T, dir string) {
		replace(t, dir, greet+"/file.json", `"path": "Support/Greet"`, `"path": "../../etc/passwd"`)
	}, greet + "/file.json: Each part of the path"},
	"a kind that there is not": {func(t *testing.T, dir string) {
		replace(t, dir, greet+"/file.json", `"type": "prompt"`, `"type": "session"`)
	}, `There is no kind of File "session"`},
	"a value of the wrong type": {func(t *testing.T, dir string) {
		replace(t, dir, greet+"/versions/prv_greet00000000000001", `"temperature": 0.7`, `"temperature": "hot"`)
	}, "at /temperature"},
	"a link": {func(t *testing.T, dir string) {
		remove(t, dir, greet+"/file.json")
		must(t, os.Symlink("/etc/passwd", filepath.Join(dir, greet, "file.json")))
	}, greet + "/file.json: It is no regular file."},
	"a link among versions": {func(t *testing.T, dir string) {
		must(t, os.Symlink("/etc", filepath.Join(dir, greet, "versions", "prv_link")))
	}, greet + "/versions/prv_link: It is neither a file nor a folder"},
	"deep nesting": {func(t *testing.T, dir string) {
		write(t, dir, greet+"/file.json", strings.Repeat("[", 1_000_000))
	}, greet + "/file.json:1: "},
	"a datapoint without an id": {func(t *testing.T, dir string) {
		write(t, dir, cases+"/1.jsonl", `{"id": "dp_1", "inputs": {}}`+"\n"+`{"inputs": {}}`+"\n")
	}, cases + "/1.jsonl:2: The datapoint has no id."},
	"a cut line":             {func(t *testing.T, dir string) { cut(t, dir, cases+"/1.jsonl") }, cases + "/1.jsonl:2: The line has no end: the file was cut."},
	"a page that is missing": {func(t *testing.T, dir string) { rename(t, dir, cases+"/1.jsonl", cases+"/2.jsonl") }, cases + "/1.jsonl: It is missing"},
	"a foreign file":         {func(t *testing.T, dir string) { write(t, dir, cases+"/notes.txt", "") }, cases + "/notes.txt: It is no file of an export"},
	"a line of a gigabyte": {func(t *testing.T, dir string) {
		f, err := os.OpenFile(filepath.Join(dir, cases, "1.jsonl"), os.O_WRONLY, 0)
		must(t, err)
		_, err = f.WriteAt([]byte("}\n"), 1<<30) // a hole before it, which takes no room
		must(t, errors.Join(err, f.Close()))
	}, cases + "/1.jsonl:3: The line is longer than 64 MB."},
}

const cases = "files/ds_cases000000000000001/datapoints/dsv_cases0000000000001"

func TestFaultsAreToldAndChangeNothing(t *testing.T) {
	db := open(t)
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			dir := copied(t)
			fault.spoil(t, dir)
			_, err := archive.Import(t.Context(), db, archive.Options{Dir: dir})
			if _, ok := errors.AsType[*archive.Fault](err); !ok || !strings.Contains(err.Error(), fault.want) {
				t.Errorf("the error is %v, want %s", err, fault.want)
			}
			if heads, err := db.Restore.Heads(t.Context()); len(heads) != 0 || err != nil {
				t.Errorf("it left %v, %v", heads, err)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	must(t, os.RemoveAll(filepath.Join(dir, name)))
}

func rename(t *testing.T, dir, from, to string) {
	t.Helper()
	must(t, os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)))
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
}

func replace(t *testing.T, dir, name, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	if !strings.Contains(string(raw), from) {
		t.Fatalf("%s has no %s", name, from)
	}
	write(t, dir, name, strings.Replace(string(raw), from, to, 1))
}

// cut takes the end of a file away.
func cut(t *testing.T, dir, name string) {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	must(t, err)
	must(t, os.Truncate(filepath.Join(dir, name), info.Size()-10))
}
