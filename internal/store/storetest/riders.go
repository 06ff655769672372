package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/store/logs"
)

var riders = map[string]func(*testing.T, *harness){
	"A rider commits with its Log":                    ridersCommit,
	"A rider that fails takes nothing but its Log":    ridersFail,
	"A Log whose rider needs what is not there fails": ridersNeed,
	"A Log that cannot be stored leaves its rider":    ridersStay,
}

// keeping is a rider that has the File of a Log keep its Logs for a time, which the test can read. A time below 0 cannot be stored.
func keeping(logID string, keep time.Duration) *logs.Rider {
	us := new(keep.Microseconds())
	if keep < 0 {
		us = nil
	}
	const text = `INSERT INTO log_retention (file, keep_us) SELECT file, CAST($2 AS BIGINT) FROM log WHERE id = $1
		ON CONFLICT (file) DO UPDATE SET keep_us = excluded.keep_us`
	return &logs.Rider{Statements: []logs.Statement{logs.Exec(text, logID, us)}}
}

// kept is how long the File keeps its Logs; 0 when it does not say.
func (h *harness) kept(t *testing.T, s *file.Snapshot) time.Duration {
	t.Helper()
	keep, err := h.Retention(t.Context(), s.File.ID)
	must(t, err)
	if keep == nil {
		return 0
	}
	return *keep
}

func (h *harness) stored(t *testing.T, id string) bool {
	t.Helper()
	there, err := h.LogExists(t.Context(), id)
	must(t, err)
	return there
}

func ridersCommit(t *testing.T, h *harness) {
	s := h.save(t, prompt("p", "m"))
	must(t, h.AppendLog(t.Context(), logOf(&s, "log_1"), keeping("log_1", time.Hour), keeping("log_1", time.Minute)))
	equal(t, "the File keeps Logs", time.Minute, h.kept(t, &s))
}

// ridersFail stores Logs of many Files together. Some have a rider that fails.
func ridersFail(t *testing.T, h *harness) {
	const writers, each = 8, 6
	var all [writers]file.Snapshot
	for i := range all {
		all[i] = h.save(t, prompt("p"+itoa(i), "m"))
	}
	fails := func(n int) bool { return n%3 == 1 }
	id := func(writer, n int) string { return "log_" + itoa(writer) + "_" + itoa(n) }
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			for n := range each {
				keep := time.Duration(n) * time.Hour
				if fails(n) {
					keep = -1
				}
				if err := h.AppendLog(t.Context(), logOf(&all[i], id(i, n)), keeping(id(i, n), keep)); (err != nil) != fails(n) {
					t.Errorf("Log %d of %d: %v", n, i, err)
				}
			}
		})
	}
	group.Wait()
	for i := range all {
		stored := 0
		for n := range each {
			if h.stored(t, id(i, n)) == fails(n) {
				t.Errorf("Log %d of %d is stored: %v", n, i, fails(n))
			}
			if !fails(n) {
				stored++
			}
		}
		equal(t, "the File keeps Logs", (each-1)*time.Hour, h.kept(t, &all[i]))
		snap, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{ID: all[i].File.ID})
		must(t, err)
		equal(t, "Logs of the version", int64(stored), snap.Version.LogsCount)
	}
}

func ridersNeed(t *testing.T, h *harness) {
	s := h.save(t, prompt("p", "m"))
	needing := func(logID, path string) *logs.Rider {
		r := keeping(logID, time.Hour)
		r.Needs = []logs.Need{{Query: `SELECT id FROM file WHERE path = $1`, Args: []any{path}, Missing: errs.New(errs.FileNotFound, "There is no File %s.", path)}}
		return r
	}
	says(t, h.AppendLog(t.Context(), logOf(&s, "log_1"), needing("log_1", "q")), errs.FileNotFound, "There is no File q.")
	equal(t, "the Log is there", false, h.stored(t, "log_1"))
	equal(t, "the File keeps Logs", 0, h.kept(t, &s))
	must(t, h.AppendLog(t.Context(), logOf(&s, "log_2"), needing("log_2", "p")))
	equal(t, "the File keeps Logs", time.Hour, h.kept(t, &s))
}

func ridersStay(t *testing.T, h *harness) {
	s := h.save(t, prompt("p", "m"))
	h.appendMany(t, &s, "log_1")
	is(t, h.AppendLog(t.Context(), logOf(&s, "log_1"), keeping("log_1", time.Hour)), errs.AlreadyExists)
	below := logOf(&s, "log_2")
	below.TraceParentID = "log_x"
	is(t, h.AppendLog(t.Context(), below, keeping("log_2", time.Hour)), errs.LogNotFound)
	equal(t, "the File keeps Logs", 0, h.kept(t, &s))
}
