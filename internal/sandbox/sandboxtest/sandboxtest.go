// Package sandboxtest gives tests a Python that is compiled once for all of them.
package sandboxtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/sandbox"
	"github.com/openloop-server/openloop/internal/sandbox/image"
)

// Options returns options with a cache that all tests on this machine share, so that only the first of them compiles. Without a Python image it skips
// the test, or fails it where the environment variable CI is true.
func Options(t testing.TB) sandbox.Options {
	t.Helper()
	if !image.Has() {
		const absent = "this is a build without the Python image; go run ./internal/sandbox/fetch brings it"
		if os.Getenv("CI") == "true" {
			t.Fatal(absent)
		}
		t.Skip(absent)
	}
	return sandbox.Options{Dir: dir(t)}
}

// Pool returns the Pool of this process, which all of its tests share, so that only the first of them loads Python. It has one interpreter, so that
// each run follows on that of another test, and a minute for each run, since the machine may be busy. It ends with the process.
func Pool(t testing.TB) *sandbox.Pool {
	t.Helper()
	o := Options(t)
	o.Timeout = time.Minute
	once.Do(func() { pool = sandbox.New(o) })
	return pool
}

var (
	once sync.Once
	pool *sandbox.Pool
)

// Command is one that runs the Python of this machine, without a jail. Without a python3 it skips the test.
func Command(t testing.TB) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Skipf("there is no python3 on this machine: %v", err)
	}
	return []string{strings.TrimSpace(string(out)), "-I", "-u", "-"}
}

// dir is a folder of the account that runs the tests. Without one each test compiles.
func dir(t testing.TB) string {
	t.Helper()
	caches, err := os.UserCacheDir()
	if err != nil {
		return t.TempDir()
	}
	return filepath.Join(caches, "openloop-test")
}
