package store_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/pgtest"
)

var postgres pgtest.Server

func TestMain(m *testing.M) {
	if os.Getenv(crashPath) != "" || os.Getenv(crashURL) != "" {
		crashChild()
	}
	if err := flag.Set("rapid.checks", "8"); err != nil { // each step is a transaction; the command line may ask for more
		panic(err)
	}
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

// empty names both databases, and how to get one of each without tables.
var empty = map[string]func(testing.TB) store.Options{
	"sqlite": func(t testing.TB) store.Options {
		return store.Options{Path: filepath.Join(t.TempDir(), "openloop.db")}
	},
	"postgres": func(t testing.TB) store.Options { return store.Options{URL: postgres.URL(t)} },
}

// databases names both, and how to get one of each that was just made: a copy, which is sooner there.
var databases = map[string]func(testing.TB) store.Options{
	"sqlite": func(t testing.TB) store.Options {
		made, err := sqliteMade()
		if err != nil {
			t.Fatal(err)
		}
		o := empty["sqlite"](t)
		if err := os.WriteFile(o.Path, made, 0o600); err != nil {
			t.Fatal(err)
		}
		return o
	},
	"postgres": func(t testing.TB) store.Options {
		return store.Options{URL: postgres.Reused(t, func(url string) error { return openAndClose(store.Options{URL: url}) })}
	},
}

// sqliteMade is the file of an SQLite database that was just made.
var sqliteMade = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "made")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "openloop.db")
	if err := openAndClose(store.Options{Path: path}); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func openAndClose(o store.Options) error {
	db, err := store.Open(context.Background(), o)
	if err != nil {
		return err
	}
	return db.Close(context.Background())
}
