package storetest

import (
	"testing"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

var lives = map[string]func(*testing.T, *harness){
	"What was stored is there after opening again": reopened,
	"A closed database is shutting down":           closedFails,
	"Relaxed Logs are stored by Close":             relaxedStores,
	"Relaxed Logs join traces":                     relaxedTraces,
	"Relaxed Logs can be asked for at once":        relaxedReads,
	"Ping":                                         pings,
	"Operations on Logs equal those of a model":    randomWalk,
	"Operations on Files equal those of a model":   walkTree,
}

func reopened(t *testing.T, h *harness) {
	p := h.save(t, prompt("a/p", "m"))
	l := h.append(t, full(&p, "1"))
	h.reopen(t)
	snap, err := h.Snapshot(t.Context(), file.PromptKind, file.Ref{Path: "a/p"})
	must(t, err)
	equal(t, "version", p.Version.ID, snap.Version.ID)
	equal(t, "count", 1, snap.File.LogsCount)
	got, err := h.Log(t.Context(), "1")
	must(t, err)
	equal(t, "Log", l, got)
	h.appendMany(t, &snap, "2")
}

func closedFails(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	must(t, h.Close(t.Context()))
	must(t, h.Close(t.Context()))
	is(t, h.AppendLog(t.Context(), logOf(&p, "1")), errs.ShuttingDown)
	is(t, h.Ping(t.Context()), errs.ShuttingDown)
	_, err := h.Log(t.Context(), "1")
	is(t, err, errs.ShuttingDown)
	_, _, err = h.SaveVersion(t.Context(), prompt("p", "n"))
	is(t, err, errs.ShuttingDown)
	h.open(t)
}

func relaxedStores(t *testing.T, h *harness) {
	must(t, h.Close(t.Context()))
	h.options.Relaxed = true
	h.open(t)
	p := h.save(t, prompt("p", "m"))
	atOnce(8, func(i int) {
		for k := range 100 {
			if err := h.AppendLog(t.Context(), logOf(&p, itoa(i*100+k))); err != nil {
				t.Error(err)
			}
		}
	})
	h.reopen(t)
	_, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, InTrace: []bool{false}})
	must(t, err)
	equal(t, "Logs", 800, total)
	equal(t, "counts", [2]int64{800, 800}, h.counts(t, &p))
}

func relaxedTraces(t *testing.T, h *harness) {
	must(t, h.Close(t.Context()))
	h.options.Relaxed = true
	h.open(t)
	p := h.save(t, prompt("p", "m"))
	for i := range 50 {
		l := logOf(&p, itoa(i))
		if i > 0 {
			l.TraceParentID = itoa(i - 1)
		}
		h.append(t, l)
	}
	h.append(t, logOf(&p, "0")) // a conflict that nobody waits for
	h.reopen(t)
	last, err := h.Log(t.Context(), "49")
	must(t, err)
	equal(t, "trace", "0", last.TraceID)
}

func relaxedReads(t *testing.T, h *harness) {
	must(t, h.Close(t.Context()))
	h.options.Relaxed = true
	h.open(t)
	p := h.save(t, prompt("p", "m"))
	for i := range 20 {
		id := itoa(i)
		h.append(t, logOf(&p, id))
		_, err := h.TraceOf(t.Context(), id)
		must(t, err)
		h.append(t, logOf(&p, "read"+id))
		_, err = h.Log(t.Context(), "read"+id)
		must(t, err)
		h.append(t, logOf(&p, "updated"+id))
		_, err = h.UpdateLog(t.Context(), "updated"+id, func(*trace.Log) error { return nil })
		must(t, err)
		h.append(t, logOf(&p, "deleted"+id))
		n, err := h.DeleteLogs(t.Context(), []string{"deleted" + id})
		must(t, err)
		equal(t, "deleted", 1, n)
		child := logOf(&p, "child"+id)
		child.TraceParentID = "nobody"
		is(t, h.AppendLog(t.Context(), child), errs.LogNotFound)
	}
	h.append(t, logOf(&p, "0")) // a conflict that nobody waits for
	_, err := h.Log(t.Context(), "0")
	must(t, err)
}

func pings(t *testing.T, h *harness) { must(t, h.Ping(t.Context())) }
