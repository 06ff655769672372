package archive_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/archive"
	outward "github.com/openloop-server/openloop/internal/archive/export"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

// exported exports a database into a new folder.
func exported(t *testing.T, db *store.DB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	if _, err := outward.Write(t.Context(), db, outward.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// texts are the texts of all files of an export, by their names.
func texts(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "openloop/directories.json" || name == "openloop/environments.json" {
			return err // which have times that exports do not tell
		}
		raw, err := os.ReadFile(filepath.Join(dir, name))
		all[name] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
		t.Errorf("the files differ (-want +got):\n%s", diff)
	}
	for name, text := range want {
		other, at := got[name], 0
		for at < min(len(text), len(other)) && text[at] == other[at] {
			at++
		}
		if text != other {
			t.Errorf("%s differs\n- …%s…\n+ …%s…", name, around(text, at), around(other, at))
		}
	}
}

// around is the part of a text about a place.
func around(text string, at int) string {
	return text[max(0, min(at, len(text))-60):min(len(text), at+100)]
}

// TestAnExportIsImportedAsItWas exports what was imported, imports that into another database, twice, and exports it again each time.
func TestAnExportIsImportedAsItWas(t *testing.T) {
	one := exported(t, filled(t))
	want := texts(t, one)
	onBoth(t, func(t *testing.T, db *store.DB) {
		report := imported(t, db, archive.Options{Dir: one})
		var notes []archive.Note
		for _, n := range report.Notes {
			if n.What != archive.Dangling {
				notes = append(notes, n)
			}
		}
		if notes != nil {
			t.Errorf("the import notes %v", notes)
		}
		same(t, want, texts(t, exported(t, db)))
		events := lastEvent(t, db)
		imported(t, db, archive.Options{Dir: one})
		same(t, want, texts(t, exported(t, db)))
		if got := lastEvent(t, db); got != events {
			t.Errorf("the second import left %d events", got-events)
		}
	})
}

// TestAnExportIsOfOneMoment writes to the database whenever the export tells how far it is: a new version, another File, and one File less.
func TestAnExportIsOfOneMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		imported(t, db, archive.Options{Dir: export})
		want, written := texts(t, exported(t, db)), 0
		dir := filepath.Join(t.TempDir(), "export")
		_, err := outward.Write(t.Context(), db, outward.Options{Dir: dir, Progress: func(string) {
			written++
			for _, path := range []string{"Support/Flow", "Support/Other"} {
				save(t, db, path, &file.Flow{Attributes: json.Value(fmt.Sprintf(`{"n":%d}`, written))})
			}
			if _, err := db.DeleteLogs(t.Context(), []string{"log_called000000000001"}); err != nil {
				t.Error(err)
			}
		}})
		if err != nil || written == 0 {
			t.Fatal(written, err)
		}
		same(t, want, texts(t, dir))
		if now := texts(t, exported(t, db)); len(now) <= len(want) {
			t.Errorf("a later export has %d files, and the one before %d", len(now), len(want))
		}
	})
}

func lastEvent(t *testing.T, db *store.DB) (last int64) {
	t.Helper()
	list, err := db.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		last = e.Seq
	}
	return last
}

// ending is a context that ends when it was asked for its state so many times.
type ending struct {
	context.Context
	left atomic.Int64
}

func endingAfter(ctx context.Context, n int64) *ending {
	e := &ending{Context: ctx}
	e.left.Store(n)
	return e
}

func (e *ending) Err() error {
	if e.left.Add(-1) < 0 {
		return context.Canceled
	}
	return e.Context.Err()
}

// TestAnImportGoesOnWhereItWas ends an import at many points, goes on each time, and compares the result with that of one that was not ended.
func TestAnImportGoesOnWhereItWas(t *testing.T) {
	want := texts(t, exported(t, filled(t)))
	onBoth(t, func(t *testing.T, db *store.DB) {
		ended := 0
		for left := int64(0); ; left += 3 {
			_, err := archive.Import(endingAfter(t.Context(), left), db, archive.Options{Dir: export})
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			ended++
		}
		if ended < 20 {
			t.Errorf("it was ended %d times only", ended)
		}
		same(t, want, texts(t, exported(t, db)))
	})
}

func TestAnExportNeedsAnEmptyFolder(t *testing.T) {
	db := filled(t)
	dir := exported(t, db)
	if _, err := outward.Write(t.Context(), db, outward.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("the error is %v", err)
	}
}
