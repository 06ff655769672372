package copying

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

func refuses(t *testing.T, what string, err error, words string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), words) {
		t.Errorf("%s: the error is %v, want %q", what, err, words)
	}
}

// executes runs a statement on an SQLite file.
func executes(t *testing.T, place Place, text string) {
	t.Helper()
	s, err := fillSQLite(t.Context(), place.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	if err := s.close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// lying is what lies in a folder, with how much is in each file.
func lying(t *testing.T, folder string) map[string]int64 {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = info.Size()
	}
	return out
}

func TestSourceThatCannotBeCopiedIsRefused(t *testing.T) {
	ctx := t.Context()
	served, older, newer := filledSQLite(t, 8), filledSQLite(t, 8), filledSQLite(t, 8)
	executes(t, older, `DELETE FROM migration WHERE number = (SELECT MAX(number) FROM migration)`)
	executes(t, newer, `INSERT INTO migration (number, name, checksum, applied_us) VALUES (9000, '9000_future', '', 0)`)
	db, err := sqldb.Open(ctx, sqldb.Options{Path: served.Path, Fill: noRows})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	none := filepath.Join(t.TempDir(), "openloop.db")
	for _, c := range []struct {
		what  string
		from  Place
		words string
	}{
		{"a server is running", served, served.Path + ": Another process has locked the file. End it"},
		{"no database", Place{Path: none}, "The source, " + none + ": There is no database there."},
		{"an older program's", older, "Start the server of this version on it once, stop it, and try again."},
		{"a newer program's", newer, "It holds migration 9000_future, which this program does not know"},
		{"no URL", Place{URL: "postgres://u:secret@ :x/%"}, "It is no URL of PostgreSQL"},
		{"nobody listens", Place{URL: "postgres://u:secret@127.0.0.1:1/x?password=secret"}, "The source, postgres://u:xxxxx@127.0.0.1:1/x: Nothing listens"},
	} {
		to := inFolder(t)
		_, err := Copy(ctx, c.from, to, Options{})
		refuses(t, c.what, err, c.words)
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error tells the password: %v", c.what, err)
		}
		if there := lying(t, filepath.Dir(to.Path)); len(there) > 0 {
			t.Errorf("%s: there is %v", c.what, there)
		}
	}
}

func TestTargetThatIsNotEmptyIsRefused(t *testing.T) {
	ctx, from := t.Context(), filledSQLite(t, 8)
	t.Run("SQLite", func(t *testing.T) {
		to := filledSQLite(t, 8)
		before := lying(t, filepath.Dir(to.Path))
		_, err := Copy(ctx, from, to, Options{Restart: true})
		refuses(t, "a database", err, "It exists already. Nothing was changed.")
		if after := lying(t, filepath.Dir(to.Path)); len(after) != len(before) || after["openloop.db"] != before["openloop.db"] {
			t.Errorf("there was %v, and is %v", before, after)
		}
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		to := onServer(t)
		before := copied(t, from, to, Options{})
		_, err := Copy(ctx, from, to, Options{Restart: true})
		refuses(t, "a database", err, "It is not empty: it holds rows in alias, api_key, ")
		equalSums(t, before, held(t, to))
	})
}

// TestUnfinishedCopyIsOpenedByNobody, goes on with its own source alone, and can be thrown away.
func TestUnfinishedCopyIsOpenedByNobody(t *testing.T) {
	ctx, first, second := t.Context(), filledSQLite(t, 8), filledSQLite(t, 9)
	for name, to := range map[string]func(*testing.T) Place{"to SQLite": inFolder, "to PostgreSQL": onServer} {
		t.Run(name, func(t *testing.T) {
			to := to(t)
			if copyUntil(t, first, to, 25) {
				t.Fatal("it was not killed")
			}
			if to.URL != "" {
				_, err := sqldb.Open(ctx, sqldb.Options{URL: to.URL, Fill: noRows})
				refuses(t, "a server", err, "It is being filled by `openloop migrate-data`")
			} else if there := lying(t, filepath.Dir(to.Path)); there["openloop.db"] != 0 {
				t.Errorf("a server would open it: %v", there)
			}
			_, err := Copy(ctx, second, to, Options{})
			refuses(t, "another source", err, "It holds an unfinished copy of another source, or the source has changed since")
			equalSums(t, held(t, second), copied(t, second, to, Options{Restart: true}))
		})
	}
}
