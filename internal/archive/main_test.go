package archive_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/archive"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

var postgres pgtest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	postgres.Stop()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// template is an SQLite database that is made once. Tests open copies of it.
type template func() ([]byte, error)

// fileAfter is a database with what fill puts into it.
func fileAfter(fill func(context.Context, *store.DB) error) template {
	return sync.OnceValues(func() ([]byte, error) {
		folder, err := os.MkdirTemp("", "made")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(folder) }()
		o := store.Options{Path: filepath.Join(folder, "made.db")}
		if err := filledBy(context.Background(), o, fill); err != nil {
			return nil, err
		}
		return os.ReadFile(o.Path)
	})
}

func filledBy(ctx context.Context, o store.Options, fill func(context.Context, *store.DB) error) error {
	db, err := store.Open(ctx, o)
	if err != nil {
		return err
	}
	return errors.Join(fill(ctx, db), db.Close(ctx))
}

func (f template) open(t *testing.T) *store.DB {
	t.Helper()
	raw, err := f()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return opened(t, store.Options{Path: path})
}

func opened(t *testing.T, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close(context.WithoutCancel(t.Context())) })
	return db
}

func nothing(context.Context, *store.DB) error { return nil }

var (
	emptyFile  = fileAfter(nothing)
	filledFile = fileAfter(func(ctx context.Context, db *store.DB) error {
		_, err := archive.Import(ctx, db, archive.Options{Dir: export})
		return err
	})
)

// open opens an empty database.
func open(t *testing.T) *store.DB {
	t.Helper()
	return emptyFile.open(t)
}

// filled opens a database that has the export.
func filled(t *testing.T) *store.DB {
	t.Helper()
	return filledFile.open(t)
}

// onBoth runs a test on an empty SQLite database, and on an empty one of PostgreSQL.
func onBoth(t *testing.T, test func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, open(t)) })
	t.Run("postgres", func(t *testing.T) {
		url := postgres.Reused(t, func(url string) error { return filledBy(context.Background(), store.Options{URL: url}, nothing) })
		test(t, opened(t, store.Options{URL: url}))
	})
}
