package store_test

import (
	"context"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/openloop-server/openloop/internal/store"
)

// onPostgres opens a new PostgreSQL database, and one more connection to it.
func onPostgres(t *testing.T, log slog.Handler) (*store.DB, *pgx.Conn) {
	t.Helper()
	url := postgres.URL(t)
	db := open(t, store.Options{URL: url, Logger: slog.New(log)})
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return db, conn
}

// told passes on the messages of a log.
type told struct {
	slog.Handler
	messages chan string
}

func (h told) Enabled(context.Context, slog.Level) bool { return true }

func (h told) Handle(_ context.Context, r slog.Record) error {
	select {
	case h.messages <- r.Message:
	default:
	}
	return nil
}

// TestMigrationLetsOthersGoFirst changes a table that a long transaction uses: who comes later does not wait until that ends.
func TestMigrationLetsOthersGoFirst(t *testing.T) {
	log := told{slog.DiscardHandler, make(chan string, 100)}
	db, conn := onPostgres(t, log)
	for _, text := range []string{"CREATE TABLE used (a BIGINT)", "BEGIN", "INSERT INTO used VALUES (1)"} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	migrated := make(chan error)
	go func() {
		migrated <- db.Migrate(t.Context(), history(t, map[string]string{"9000_wider.sql": "ALTER TABLE used ADD COLUMN b BIGINT"}))
	}()
	for message := ""; message != "a migration waits for transactions that use its tables"; {
		message = <-log.messages
	}
	if err := db.Exec(t.Context(), "INSERT INTO used VALUES (2)"); err != nil {
		t.Error(err)
	}
	if _, err := conn.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-migrated; err != nil {
		t.Error(err)
	}
	got, err := db.Lines(t.Context(), "SELECT a || ' ' || (b IS NULL) FROM used ORDER BY a")
	if diff := cmp.Diff([]string{"1 true", "2 true"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// TestIndexIsMadeBesideOthers makes an index again that an interruption left half-made, and one more, while another process waits to migrate too.
func TestIndexIsMadeBesideOthers(t *testing.T) {
	db, conn := onPostgres(t, slog.DiscardHandler)
	const twice = "INSERT INTO pair VALUES (1), (1)"
	for _, text := range []string{"CREATE TABLE pair (a BIGINT)", twice} {
		if _, err := conn.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	next := history(t, map[string]string{
		"9000_index.sql": "-- since: 28\n-- Beside others; twice.\nCREATE UNIQUE INDEX CONCURRENTLY pair_a ON pair (a);\nDROP INDEX CONCURRENTLY IF EXISTS pair_old; -- of before\nCREATE INDEX CONCURRENTLY pair_b ON pair (a) WHERE a > 1;\n",
	})
	if err := db.Migrate(t.Context(), next); err == nil || !strings.Contains(err.Error(), "9000_index failed, and goes on at the next start") {
		t.Fatalf("error is %v", err)
	}
	const indexes = "SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index WHERE indrelid = 'pair'::regclass ORDER BY 1"
	got, err := db.Lines(t.Context(), indexes)
	if diff := cmp.Diff([]string{"pair_a false"}, got); diff != "" || err != nil {
		t.Errorf("interrupted: %v (-want +got):\n%s", err, diff)
	}
	if _, err := conn.Exec(t.Context(), "DELETE FROM pair"); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	for range 3 {
		go func() { ended <- db.Migrate(t.Context(), next) }()
	}
	for range 3 {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	got, err = db.Lines(t.Context(), indexes)
	if diff := cmp.Diff([]string{"pair_a true", "pair_b true"}, got); diff != "" || err != nil {
		t.Errorf("made: %v (-want +got):\n%s", err, diff)
	}
}

func TestMigrationsThatAreNoneAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"CREATE TABLE a (b BIGINT)": "its first line must be -- since: N",
		"-- since: 9\nSELECT 1":     "its first line must be -- since: N",
		"-- since: 1\nCREATE INDEX CONCURRENTLY a ON b (c); ALTER TABLE b DROP c": `it holds "ALTER TABLE b DROP c"`,
		"-- since: 1\nDROP INDEX CONCURRENTLY a":                                  `it holds "DROP INDEX CONCURRENTLY a"`,
	} {
		db := open(t, databases["sqlite"](t))
		err := db.Migrate(t.Context(), fstest.MapFS{"migrations/sqlite/0008_x.sql": {Data: []byte(text)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestCheckedDatabaseIsNotMigrated opens databases that lack something, or nothing.
func TestCheckedDatabaseIsNotMigrated(t *testing.T) {
	onEach(t, empty, func(t *testing.T, o store.Options) {
		all, err := fs.Glob(store.OwnMigrations(), "migrations/sqlite/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		lacks := func(want int) {
			t.Helper()
			if steps, err := store.Plan(t.Context(), o); len(steps) != want || err != nil {
				t.Errorf("it lacks %d, %v; want %d", len(steps), err, want)
			}
		}
		lacks(len(all))
		checked := o
		checked.Check = true
		if _, err := store.Open(t.Context(), checked); err == nil || !strings.Contains(err.Error(), "It lacks the migration 0001_foundation, and OPENLOOP_MIGRATE is check.") {
			t.Errorf("error is %v", err)
		}
		lacks(len(all))
		open(t, o)
		lacks(0)
		open(t, checked)
	})
}
