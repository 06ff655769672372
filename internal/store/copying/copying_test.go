package copying

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func copied(t *testing.T, from, to Place, o Options) []Sum {
	t.Helper()
	sums, err := Copy(t.Context(), from, to, o)
	if err != nil {
		t.Fatalf("%v (%v)", err, errors.Unwrap(err))
	}
	return sums
}

func inFolder(t *testing.T) Place {
	t.Helper()
	return Place{Path: filepath.Join(t.TempDir(), "openloop.db")}
}

func equalSums(t *testing.T, want, got []Sum) {
	t.Helper()
	byName := func(sums []Sum) map[string]Sum {
		out := map[string]Sum{}
		for _, s := range sums {
			out[s.Table] = s
		}
		return out
	}
	if diff := cmp.Diff(byName(want), byName(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestThereAndBackHoldsTheSame copies a database with rows in all tables to PostgreSQL, from there to another, and back.
func TestThereAndBackHoldsTheSame(t *testing.T) {
	first, one, other, back := filledSQLite(t, 8), Place{URL: server.URL(t)}, onServer(t), inFolder(t)
	there := copied(t, first, one, Options{Chunk: 3})
	equalSums(t, there, copied(t, one, other, Options{Chunk: 4}))
	equalSums(t, there, copied(t, other, back, Options{Chunk: 5}))
	equalSums(t, there, held(t, back))
	for _, s := range there {
		if want := int64(8); s.Rows != want && !made(s.Table) {
			t.Errorf("%s has %d rows", s.Table, s.Rows)
		}
	}
}

// killedFrom and killedTo make this program one that copies, and is killed.
const (
	killedFrom = "OPENLOOP_TEST_COPY_FROM"
	killedTo   = "OPENLOOP_TEST_COPY_TO"
)

func placeOf(text string) Place {
	if strings.HasPrefix(text, "postgres:") {
		return Place{URL: text}
	}
	return Place{Path: text}
}

// killedChild copies, and says so after each chunk.
func killedChild() {
	_, err := Copy(context.Background(), placeOf(os.Getenv(killedFrom)), placeOf(os.Getenv(killedTo)), Options{Chunk: 3, Progress: func(p Progress) { fmt.Println(p) }})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// copyUntil runs a process that copies, and kills it after so many chunks. It reports whether the copy was whole before.
func copyUntil(t *testing.T, from, to Place, chunks int) bool {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), killedFrom+"="+from.URL+from.Path, killedTo+"="+to.URL+to.Path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n++; n == chunks {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return child.Wait() == nil
}

// TestKilledCopyGoesOn kills a copy several times, each time a little later, until it is whole.
func TestKilledCopyGoesOn(t *testing.T) {
	first := filledSQLite(t, 8)
	want := held(t, first)
	for name, to := range map[string]func(*testing.T) Place{"to SQLite": inFolder, "to PostgreSQL": onServer} {
		t.Run(name, func(t *testing.T) {
			target, kills := to(t), 0
			for chunks := 20; !copyUntil(t, first, target, chunks); chunks += 60 {
				kills++
			}
			if kills < 2 {
				t.Errorf("it was killed %d times", kills)
			}
			equalSums(t, want, held(t, target))
		})
	}
}

// TestNumbersGoOn behind the greatest that was ever given, though its row is gone.
func TestNumbersGoOn(t *testing.T) {
	first := filledSQLite(t, 8)
	executes(t, first, "DELETE FROM task WHERE seq > 2")
	one, back := onServer(t), inFolder(t)
	copied(t, first, one, Options{})
	copied(t, one, back, Options{})
	numbers := map[string]string{}
	for name, place := range map[string]Place{"PostgreSQL": one, "SQLite": back} {
		given := described(t, place).given
		numbers[name] = strconv.FormatInt(given["task"], 10) + " " + strconv.FormatInt(given["log_part"], 10)
	}
	if diff := cmp.Diff(map[string]string{"PostgreSQL": "8 8", "SQLite": "8 8"}, numbers); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
