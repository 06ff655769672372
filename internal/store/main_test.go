package store_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"openloop/internal/store"
	"openloop/internal/store/pgtest"
)

var postgres pgtest.Server

func TestMain(m *testing.M) {
	if os.Getenv(crashPath) != "" || os.Getenv(crashURL) != "" {
		crashChild()
	}
	if err := flag.Set("rapid.checks", "12"); err != nil { // each step is a transaction; the command line may ask for more
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

// databases names both, and how to get an empty one of each.
var databases = map[string]func(testing.TB) store.Options{
	"sqlite": func(t testing.TB) store.Options {
		return store.Options{Path: filepath.Join(t.TempDir(), "openloop.db")}
	},
	"postgres": func(t testing.TB) store.Options { return store.Options{URL: postgres.URL(t)} },
}
