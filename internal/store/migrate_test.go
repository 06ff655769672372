package store_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store"
)

func open(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(t.Context()) })
	return db
}

// onBoth runs a test on a database of each kind that was just made.
func onBoth(t *testing.T, run func(*testing.T, store.Options)) { onEach(t, databases, run) }

func onEach(t *testing.T, databases map[string]func(testing.TB) store.Options, run func(*testing.T, store.Options)) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) { run(t, fresh(t)) })
	}
}

func TestBothDatabasesHaveTheSameTablesAndColumns(t *testing.T) {
	columns := map[string]string{
		"sqlite": `SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN '' ELSE ' or null' END FROM sqlite_master m,
			pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1`,
		"postgres": `SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN '' ELSE ' or null' END
			FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY (table_name || '.' || column_name) COLLATE "C"`,
	}
	indexes := map[string]string{
		"sqlite":   `SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`,
		"postgres": `SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname) ORDER BY 1`,
	}
	got := map[string][]string{}
	for name, fresh := range empty {
		db := open(t, fresh(t))
		for _, text := range []string{columns[name], indexes[name]} {
			lines, err := db.Lines(t.Context(), text)
			if err != nil {
				t.Fatal(err)
			}
			got[name] = append(got[name], lines...)
		}
	}
	if diff := cmp.Diff(got["sqlite"], got["postgres"]); diff != "" {
		t.Errorf("(-sqlite +postgres):\n%s", diff)
	}
	if len(got["sqlite"]) < 60 {
		t.Errorf("only %d columns and indexes were found", len(got["sqlite"]))
	}
}

// history is our migrations and more.
func history(t *testing.T, more map[string]string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(store.OwnMigrations(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(store.OwnMigrations(), path)
		files[path] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range more {
		for _, dialect := range []string{"sqlite", "postgres"} {
			if !strings.HasPrefix(text, "-- since: ") {
				text = "-- since: 28\n" + text
			}
			files["migrations/"+dialect+"/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return files
}

func TestMigrationsAreAppliedOnce(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		newer := history(t, map[string]string{"9000_two.sql": "CREATE TABLE two (a BIGINT); INSERT INTO two VALUES (1);", "9001_three.sql": "INSERT INTO two VALUES (2)"})
		for range 2 {
			if err := db.Migrate(t.Context(), newer); err != nil {
				t.Fatal(err)
			}
		}
		got, err := db.Lines(t.Context(), "SELECT CAST(a AS TEXT) FROM two ORDER BY a")
		if diff := cmp.Diff([]string{"1", "2"}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func TestFailedMigrationKeepsNothingAndStops(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		err := db.Migrate(t.Context(), history(t, map[string]string{
			"9000_bad.sql": "CREATE TABLE half (a BIGINT); INSERT INTO nowhere VALUES (1);", "9001_after.sql": "CREATE TABLE after (a BIGINT)",
		}))
		if err == nil || !strings.Contains(err.Error(), "9000_bad failed") {
			t.Fatalf("error is %v", err)
		}
		for _, table := range []string{"half", "after"} {
			if _, err := db.Lines(t.Context(), "SELECT a FROM "+table); err == nil {
				t.Errorf("table %s was kept", table)
			}
		}
		if err := db.Migrate(t.Context(), history(t, map[string]string{"9000_good.sql": "CREATE TABLE half (a BIGINT)"})); err != nil {
			t.Errorf("the corrected migration: %v", err)
		}
	})
}

// TestProgramsRunBesideNewerOnes opens a database that a newer program has changed: in a way that this one may run beside, and in one that it may not.
func TestProgramsRunBesideNewerOnes(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		expand := map[string]string{"9000_expand.sql": "CREATE TABLE more (a BIGINT)"}
		if err := db.Migrate(t.Context(), history(t, expand)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		db = open(t, o)
		if _, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: "p", Content: []byte(`{}`), Hash: "h"}); err != nil {
			t.Errorf("beside a newer one: %v", err)
		}
		contract := maps.Clone(expand)
		contract["9001_contract.sql"] = "-- since: 9000\nDROP TABLE alias"
		if err := db.Migrate(t.Context(), history(t, contract)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), "by the migration 9001_contract, and programs as old as this one must not run beside that") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestChangedMigrationIsRefused(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		db := open(t, o)
		if err := db.Exec(t.Context(), "UPDATE migration SET checksum = 'x' WHERE number = 1"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := store.Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), "0001_foundation was applied with other content") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestProcessesMayOpenANewDatabaseAtTheSameTime(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		opened := make(chan *store.DB)
		for range 4 {
			go func() {
				db, err := store.Open(t.Context(), o)
				if err != nil {
					t.Error(err)
				}
				opened <- db
			}()
		}
		for range 4 {
			db := <-opened
			if db == nil {
				continue
			}
			t.Cleanup(func() { _ = db.Close(t.Context()) })
			all, err := db.Environments(t.Context())
			if err != nil || len(all) != 3 {
				t.Errorf("%d environments, %v", len(all), err)
			}
		}
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for name, o := range map[string]store.Options{
		"a folder that does not exist": {Path: t.TempDir() + "/no/such/folder/x.db"},
		"a folder":                     {Path: t.TempDir()},
		"nobody listens":               {URL: "postgres://u:secret@127.0.0.1:1/x"},
		"no URL":                       {URL: "postgres://u:secret@ :x/%"},
	} {
		_, err := store.Open(t.Context(), o)
		if !errs.Is(err, errs.DependencyUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the password: %v", name, err)
		}
	}
}

func TestFileThatIsDeployedNowhereStandsForItsNewestVersion(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		for _, content := range []string{`{"model":"one"}`, `{"model":"two"}`} {
			s := store.Save{Kind: file.PromptKind, Path: "p", Content: []byte(content), Hash: content}
			if _, _, err := db.SaveVersion(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Exec(t.Context(), "DELETE FROM deployment"); err != nil {
			t.Fatal(err)
		}
		snap, err := db.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "p"})
		if err != nil || snap.Version.Hash != `{"model":"two"}` {
			t.Errorf("it stands for %s, %v", snap.Version.Hash, err)
		}
	})
}

func TestDatabaseWithoutARootGetsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		for _, path := range []string{"top", "a/p"} {
			if _, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.PromptKind, Path: path, Content: []byte(`{}`), Hash: "h"}); err != nil {
				t.Fatal(err)
			}
		}
		for _, text := range []string{
			"UPDATE file SET directory_id = '' WHERE path = 'top'", "UPDATE directory SET parent_id = '' WHERE path = 'a'", "DELETE FROM directory WHERE path = ''",
		} {
			if err := db.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		db = open(t, o)
		all, err := db.Directories(t.Context())
		if err != nil || len(all) != 2 || all[0].Path != "" || all[1].ParentID != all[0].ID {
			t.Errorf("directories are %+v, %v", all, err)
		}
		files, err := db.FilesIn(t.Context(), store.RootDirectory)
		if err != nil || len(files) != 1 || files[0].File.Path != "top" || files[0].File.DirectoryID != all[0].ID {
			t.Errorf("Files in the root are %+v, %v", files, err)
		}
	})
}

// TestOlderDeploymentsGetAHistory makes a database as it was before there was a history, and applies what the migration does for it.
func TestOlderDeploymentsGetAHistory(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		db := open(t, o)
		var last file.Snapshot
		deploy := func(ctx context.Context, path, environment string) {
			for _, content := range []string{`{"model":"one"}`, `{"model":"two"}`} {
				var err error
				if last, _, err = db.SaveVersion(ctx, store.Save{Kind: file.PromptKind, Path: path, Content: []byte(content), Hash: content}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Deploy(ctx, file.PromptKind, last.File.ID, environment, last.Version.ID, store.Terms{}); err != nil {
				t.Fatal(err)
			}
		}
		all, err := db.Environments(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		deploy(auth.With(t.Context(), auth.Principal{KeyID: "key_1"}), "p", all[1].ID)
		for _, text := range []string{"DELETE FROM deployment_change", "UPDATE deployment SET created_by = ''", backfill(t, o)} {
			if err := db.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		changes, err := db.DeploymentChanges(t.Context(), last.File.ID, store.DeploymentPage{Size: 10})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range changes {
			got += fmt.Sprintf("%s by %s, current %v; ", c.Environment.Name, c.By, c.Current)
		}
		if want := "staging by key_1, current true; production by key_1, current true; "; got != want {
			t.Errorf("the history is %s, want %s", got, want)
		}
	})
}

// backfill is the part of the migration that makes a history of older deployments.
func backfill(t *testing.T, o store.Options) string {
	t.Helper()
	dialect := "sqlite"
	if o.URL != "" {
		dialect = "postgres"
	}
	text, err := fs.ReadFile(store.OwnMigrations(), "migrations/"+dialect+"/0018_browsing.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "-- The event of a deployment")
	if !ok {
		t.Fatal("the migration has no such part")
	}
	return "--" + rest
}
