package archive_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
)

var update = flag.Bool("update", false, "write the golden files")

// export is made by hand from the contract: something of every kind, and what makes trouble.
const export = "testdata/humanloop"

// imported imports an export, and fails the test if it cannot.
func imported(t *testing.T, db *store.DB, o archive.Options) *archive.Report {
	t.Helper()
	report, err := archive.Import(t.Context(), db, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestReportsOfTheExport imports it three times: without doing it, into an empty database, and again.
func TestReportsOfTheExport(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		var all strings.Builder
		for _, o := range []archive.Options{{DryRun: true}, {}, {}} {
			o.Dir = export
			if err := imported(t, db, o).Write(&all); err != nil {
				t.Fatal(err)
			}
		}
		golden(t, "reports.txt", all.String())
	})
}

func TestADryRunChangesNothing(t *testing.T) {
	db := open(t)
	imported(t, db, archive.Options{Dir: export, DryRun: true})
	events, err := db.Events(t.Context(), 0, 10)
	if len(events) != 0 || err != nil {
		t.Errorf("it left events: %v, %v", events, err)
	}
	heads, err := db.Restore.Heads(t.Context())
	if len(heads) != 0 || err != nil {
		t.Errorf("it left Files: %v, %v", heads, err)
	}
}

// TestAnAliasFindsItsVersion asks for a version by an id whose content another version of the File has.
func TestAnAliasFindsItsVersion(t *testing.T) {
	db := filled(t)
	for _, ref := range []file.Ref{{VersionID: "prv_greet00000000000003"}, {ID: "pr_greet000000000000001", VersionID: "prv_greet00000000000003"}} {
		snap, err := db.Snapshot(t.Context(), file.PromptKind, ref)
		if err != nil || snap.Version.ID != "prv_greet00000000000002" {
			t.Errorf("%v: %s, %v", ref, snap.Version.ID, err)
		}
	}
}

func TestAVersionKeepsWhatItWas(t *testing.T) {
	db := filled(t)
	list, err := db.Versions(t.Context(), file.PromptKind, "pr_greet000000000000001")
	if err != nil {
		t.Fatal(err)
	}
	type version struct{ ID, Name, By, At, Environments string }
	var got []version
	for _, s := range list {
		var environments []string
		for _, e := range s.Version.Environments {
			environments = append(environments, e.ID)
		}
		got = append(got, version{s.Version.ID, s.Version.Name, s.Version.CreatedBy, s.Version.CreatedAt.Format("2006-01-02T15:04:05.999999Z"), strings.Join(environments, " ")})
	}
	want := []version{
		{"prv_greet00000000000004", "", "usr_2mWqV0ZkQp7xJt4bLcRsa", "2024-03-04T10:00:00Z", ""},
		{"prv_greet00000000000002", "second", "usr_9kHqV0ZkQp7xJt4bLcRsb", "2024-03-02T10:00:00Z", "env_stag00000000000000001 env_qa0000000000000000001"},
		{"prv_greet00000000000001", "first", "usr_2mWqV0ZkQp7xJt4bLcRsa", "2024-03-01T10:00:00.123456Z", "env_prod00000000000000001"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var content file.Prompt
	if err := json.Unmarshal(list[0].Version.Content, &content); err != nil {
		t.Fatal(err)
	}
	if got := string(content.Attributes); got != `{"imported":{"cache_policy":{"ttl":60}}}` {
		t.Errorf("the attributes are %s", got)
	}
}

// taken is a database in which a Flow has the path of the Prompt.
func taken(t *testing.T) *store.DB {
	t.Helper()
	db := open(t)
	save(t, db, "Support/Greet", new(file.Flow))
	return db
}

// save saves a version of a Flow.
func save(t *testing.T, db *store.DB, path string, flow *file.Flow) {
	t.Helper()
	content, hash, err := file.Seal(flow)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.SaveVersion(t.Context(), store.Save{Kind: file.FlowKind, Path: path, Content: content, Hash: hash}); err != nil {
		t.Fatal(err)
	}
}

func TestAPathThatIsTaken(t *testing.T) {
	for conflict, want := range map[archive.Conflict]string{archive.Skip: "", archive.Rename: "Support/Greet (imported)"} {
		db := taken(t)
		imported(t, db, archive.Options{Dir: export, OnConflict: conflict})
		snap, err := db.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: "pr_greet000000000000001"})
		if snap.File.Path != want || (want != "") != (err == nil) {
			t.Errorf("%s: the path is %q, %v", conflict, snap.File.Path, err)
		}
	}
}

func TestAPathThatIsTakenFailsBeforeAnythingChanges(t *testing.T) {
	db := taken(t)
	_, err := archive.Import(t.Context(), db, archive.Options{Dir: export})
	if !errs.Is(err, errs.AlreadyExists) {
		t.Errorf("the error is %v", err)
	}
	if heads, err := db.Restore.Heads(t.Context()); len(heads) != 1 || err != nil {
		t.Errorf("it left %v, %v", heads, err)
	}
}
