package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/trace"
)

// crashPath and crashURL make this program the one that is killed: they name its database.
const (
	crashPath = "OPENLOOP_TEST_CRASH_PATH"
	crashURL  = "OPENLOOP_TEST_CRASH_URL"
)

const crashRounds = 6

// TestKilledProcessLosesNoAcknowledgedLog kills a process that appends Logs as fast as it can, several times on the same database. Each Log
// has a rider, which is stored when the Log is, and only then.
func TestKilledProcessLosesNoAcknowledgedLog(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		total := 0
		for range crashRounds {
			acknowledged := killWriter(t, o, 1+rand.IntN(1000))
			total += len(acknowledged)
			checkSurvivor(t, o, acknowledged, total)
		}
	})
}

// killWriter runs a process that writes to the database, kills it after it has acknowledged so many Logs, and returns the ids of all
// that it has acknowledged.
func killWriter(t *testing.T, o store.Options, after int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), crashPath+"="+o.Path, crashURL+"="+o.URL)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var got []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if got = append(got, lines.Text()); len(got) == after {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil || len(got) < after {
		t.Fatalf("the writer ended by itself after %d Logs: %v", len(got), err)
	}
	return got
}

// checkSurvivor opens the database and compares it with what was acknowledged, in the last round and in all.
func checkSurvivor(t *testing.T, o store.Options, acknowledged []string, inAll int) {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for _, id := range acknowledged {
		l, err := db.Log(t.Context(), id)
		if err != nil {
			t.Fatalf("Log %s was acknowledged and is lost: %v", id, err)
		}
		if l.Payload.Output == nil || *l.Payload.Output != "output of "+id {
			t.Fatalf("Log %s has another payload", id)
		}
		if n := len(l.Payload.Messages); l.Ingress != "" && (n < 2 || l.Payload.Messages[n-1].Content.Text != "asked by "+id) {
			t.Fatalf("Log %s was asked something else", id)
		}
	}
	files, _, err := db.Files(t.Context(), store.FileFilter{Page: trace.Page{Number: 1, Size: 10}})
	if err != nil {
		t.Fatal(err)
	}
	rollups, counts := map[string]int64{}, map[string]int64{}
	for _, f := range files {
		_, total, err := db.Logs(t.Context(), trace.Filter{FileID: f.File.ID, InTrace: []bool{false}})
		if err != nil {
			t.Fatal(err)
		}
		rollups[f.File.Path], counts[f.File.Path] = f.File.LogsCount, int64(total)
	}
	if diff := cmp.Diff(counts, rollups); diff != "" {
		t.Errorf("rollups differ from counts (-counts +rollups):\n%s", diff)
	}
	stored := 0
	for _, n := range counts {
		stored += int(n)
	}
	if stored < inAll {
		t.Errorf("%d Logs were acknowledged, %d are stored", inAll, stored)
	}
	riders, err := db.Lines(t.Context(), `SELECT CAST(COUNT(*) AS TEXT) FROM log UNION ALL
		SELECT CAST(COUNT(*) AS TEXT) FROM log l JOIN log_changed c ON c.log = l.seq WHERE c.times = 7 UNION ALL SELECT CAST(COUNT(*) AS TEXT) FROM log_changed`)
	if err != nil {
		t.Fatal(err)
	}
	if riders[0] != riders[1] || riders[1] != riders[2] {
		t.Errorf("%s Logs are stored with %s riders, of %s", riders[0], riders[1], riders[2])
	}
	t.Logf("%d Logs were acknowledged, %d are stored", inAll, stored)
}

// crashChild appends Logs for ever and writes the id of each to standard output, once it is acknowledged.
func crashChild() {
	ctx := context.Background()
	db, err := store.Open(ctx, store.Options{Path: os.Getenv(crashPath), URL: os.Getenv(crashURL)})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	for i := range 16 {
		s := store.Save{Kind: file.PromptKind, Path: "p" + strconv.Itoa(i%3), Content: []byte(`{}`), Hash: strconv.Itoa(i % 5)}
		snap, _, err := db.SaveVersion(ctx, s)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(4)
		}
		go func() {
			conversation := []llm.Message{{Role: llm.User, Content: llm.Text(strings.Repeat("Long enough for a part of its own. ", 200))}}
			for {
				id := ids.New(ids.Log, time.Now())
				l := &trace.Log{ID: id, FileID: snap.File.ID, VersionID: snap.Version.ID}
				l.Payload.Output = new("output of " + id)
				if i%4 == 0 {
					if len(conversation) == 20 {
						conversation = conversation[:1:1]
					}
					conversation = append(conversation, llm.Message{Role: llm.User, Content: llm.Text("asked by " + id)})
					l.Ingress, l.Conversation, l.Payload.Messages = "crash", strconv.Itoa(i), conversation
				}
				const rider = `INSERT INTO log_changed (log, times) SELECT seq, 7 FROM log WHERE id = $1`
				if err := db.AppendLog(ctx, l, &logs.Rider{Statements: []logs.Statement{logs.Exec(rider, id)}}); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(5)
				}
				fmt.Println(id)
			}
		}()
	}
	select {}
}
