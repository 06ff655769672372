// Package storetest is the conformance suite of package store: the same facts hold on every database.
package storetest

import (
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// Fresh returns the options of an empty database that nobody else uses.
type Fresh func(testing.TB) store.Options

// Run runs the suite, each case on a database of its own.
func Run(t *testing.T, fresh Fresh) {
	groups := []map[string]func(*testing.T, *harness){
		files,
		drafts,
		fileLists,
		deployments,
		browsing,
		directories,
		monitors,
		fileRaces,
		datasets,
		evaluations,
		tasks,
		taskCauses,
		taskMonitors, taskBackfills,
		taskRaces,
		turns,
		marks,
		logCases,
		traces,
		spans,
		logLists,
		logSearch,
		logRows,
		judgedLogs,
		reviews,
		retention,
		keys, sessions,
		environments,
		providerKeys,
		aliases,
		kept,
		lives,
		events,
		riders,
	}
	for _, cases := range groups {
		for name, run := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, newHarness(t, fresh(t)))
			})
		}
	}
}

// harness is an open database with a clock that moves a millisecond each time it is read.
type harness struct {
	*store.DB
	options store.Options
	ticks   *atomic.Int64
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newHarness(t *testing.T, o store.Options) *harness {
	h := &harness{options: o, ticks: new(atomic.Int64)}
	h.options.Now = func() time.Time { return epoch.Add(time.Duration(h.ticks.Add(1)) * time.Millisecond) }
	h.options.Shared = h.options.Now
	h.open(t)
	return h
}

// open opens the database, and closes it after the test.
func (h *harness) open(t *testing.T) {
	t.Helper()
	db, err := store.Open(t.Context(), h.options)
	if err != nil {
		t.Fatal(err)
	}
	h.DB = db
	t.Cleanup(func() {
		if err := db.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
}

// reopen closes the database and opens it again.
func (h *harness) reopen(t *testing.T) {
	t.Helper()
	if err := h.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.open(t)
}

// Moment returns the current moment, once the store listens to others: when it begins to, everything counts as changed.
func (h *harness) Moment() uint64 {
	if h.options.URL != "" {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for waited := 0; !h.Since(0) && waited < 60_000; waited++ {
			<-tick.C
		}
	}
	return h.DB.Moment()
}

// passed reports whether n moments have passed since before. It cannot tell if everything counted as changed meanwhile, as when the store has to listen
// anew on a machine that does much else, and reports true then.
func (h *harness) passed(before, n uint64) bool { return h.DB.Moment()-before == n || h.Since(before) }

// prompt asks for a Prompt at path whose content is the model alone.
func prompt(path, model string) store.Save { return saveOf(file.PromptKind, path, model) }

func saveOf(kind file.Kind, path, model string) store.Save {
	content := json.Value(fmt.Sprintf(`{"model":%q}`, model))
	return store.Save{Kind: kind, Path: path, Content: content, Hash: file.Hash(kind, content)}
}

// save stores s and fails the test when it cannot.
func (h *harness) save(t *testing.T, s store.Save) file.Snapshot {
	t.Helper()
	snap, _, err := h.SaveVersion(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// logOf is a minimal Log of a version.
func logOf(s *file.Snapshot, id string) *trace.Log {
	return &trace.Log{ID: id, Kind: s.File.Kind, FileID: s.File.ID, VersionID: s.Version.ID}
}

func newLogID() string { return ids.New(ids.Log, time.Now()) }

// append stores a Log and fails the test when it cannot.
func (h *harness) append(t *testing.T, l *trace.Log) *trace.Log {
	t.Helper()
	if err := h.AppendLog(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	return l
}

// appendMany stores Logs with these ids, in this order.
func (h *harness) appendMany(t *testing.T, s *file.Snapshot, ids ...string) {
	t.Helper()
	for _, id := range ids {
		h.append(t, logOf(s, id))
	}
}

// is fails the test unless err is of the reason.
func is(t *testing.T, err error, reason errs.Reason) {
	t.Helper()
	if !errs.Is(err, reason) {
		t.Errorf("error is %v, want %s", err, reason)
	}
}

// says fails the test unless err is of the reason and has this message.
func says(t *testing.T, err error, reason errs.Reason, message string) {
	t.Helper()
	is(t, err, reason)
	if got := errs.From(err); got != nil && got.Message != message {
		t.Errorf("message is %q, want %q", got.Message, message)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// logIDs are the ids of logs, in one text.
func logIDs(logs []*trace.Log) string {
	out := make([]string, len(logs))
	for i, l := range logs {
		out[i] = l.ID
	}
	return strings.Join(out, " ")
}

// paths are the paths of the Files of snaps, in one text.
func paths(snaps []file.Snapshot) string {
	out := make([]string, len(snaps))
	for i := range snaps {
		out[i] = snaps[i].File.Path
	}
	return strings.Join(out, " ")
}

func page(number, size int) trace.Page { return trace.Page{Number: number, Size: size} }

func itoa(i int) string { return strconv.Itoa(i) }

// compareIn fails a walk when the database and the model differ.
func compareIn[T any](r *rapid.T, what string, want, got T) {
	if diff := cmp.Diff(want, got); diff != "" {
		r.Fatalf("%s (-model +database):\n%s", what, diff)
	}
}
