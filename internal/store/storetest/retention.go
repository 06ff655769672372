package storetest

import (
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

var retention = map[string]func(*testing.T, *harness){
	"Retention of a File":                            retentionSet,
	"Sweep deletes what is too old":                  sweepDeletes,
	"Sweep takes what depends on a Log":              sweepDependents,
	"Sweep while others append":                      sweepMeanwhile,
	"Sweep leaves lists right, and segments to rest": sweepIndexed,
}

const anyDay = 24 * time.Hour

// aged stores a Log of an age in days.
func (h *harness) aged(t *testing.T, s *file.Snapshot, id string, days int, set func(*trace.Log)) {
	t.Helper()
	l := logOf(s, id)
	l.CreatedAt = epoch.Add(-time.Duration(days) * anyDay)
	set(l)
	h.append(t, l)
}

func plain(*trace.Log) {}

func retentionSet(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	keep := func() *time.Duration {
		got, err := h.Retention(t.Context(), p.File.ID)
		must(t, err)
		return got
	}
	equal(t, "at first", nil, keep())
	for _, want := range []*time.Duration{new(anyDay), new(time.Duration(0)), nil} {
		must(t, h.SetRetention(t.Context(), p.File.ID, want))
		equal(t, "retention", want, keep())
	}
	is(t, h.SetRetention(t.Context(), p.File.ID, new(-anyDay)), errs.ValidationFailed)
	must(t, h.DeleteFile(t.Context(), file.PromptKind, p.File.ID))
	is(t, h.SetRetention(t.Context(), p.File.ID, nil), errs.FileNotFound)
	_, err := h.Retention(t.Context(), "pr_\x00")
	is(t, err, errs.FileNotFound)
}

// remaining are the ids of all Logs, the oldest first.
func (h *harness) remaining(t *testing.T) string {
	t.Helper()
	logs, _, err := h.Logs(t.Context(), trace.Filter{Page: page(1, 10_000)})
	must(t, err)
	return logIDs(logs)
}

func sweepDeletes(t *testing.T, h *harness) {
	own, usual, ever := h.save(t, prompt("own", "m")), h.save(t, prompt("usual", "m")), h.save(t, prompt("ever", "m"))
	must(t, h.SetRetention(t.Context(), own.File.ID, new(10*anyDay)))
	must(t, h.SetRetention(t.Context(), ever.File.ID, new(time.Duration(0))))
	for _, age := range []int{100, 50, 20, 9, 1} {
		h.aged(t, &own, "own"+itoa(age), age, plain)
		h.aged(t, &usual, "usual"+itoa(age), age, plain)
		h.aged(t, &ever, "ever"+itoa(age), age, plain)
	}
	for i := range 450 { // more than one transaction deletes
		h.aged(t, &own, itoa(i), 200, plain)
	}
	n, err := h.Sweep(t.Context(), 0)
	must(t, err)
	equal(t, "deleted by their own rule", 453, n)
	n, err = h.Sweep(t.Context(), 30*anyDay)
	must(t, err)
	equal(t, "deleted by the default", 2, n)
	equal(t, "Logs left", "ever100 ever50 usual20 ever20 own9 usual9 ever9 own1 usual1 ever1", h.remaining(t))
	equal(t, "counts", [][2]int64{{2, 2}, {3, 3}, {5, 5}}, [][2]int64{h.counts(t, &own), h.counts(t, &usual), h.counts(t, &ever)})
	n, err = h.Sweep(t.Context(), 30*anyDay)
	must(t, err)
	equal(t, "deleted again", 0, n)
}

func sweepDependents(t *testing.T, h *harness) {
	p, judge := h.save(t, prompt("p", "m")), h.save(t, saveOf(file.EvaluatorKind, "e", "m"))
	below := func(id string) func(*trace.Log) { return func(l *trace.Log) { l.TraceParentID = id } }
	h.aged(t, &p, "root", 40, plain)
	for i := range 700 { // more than a transaction deletes
		h.aged(t, &p, "child"+itoa(i), 1, below("root"))
	}
	h.aged(t, &p, "grandchild", 0, below("child0"))
	h.aged(t, &judge, "judgment", 0, func(l *trace.Log) { l.ParentID = "child1" })
	h.aged(t, &p, "young", 1, plain)
	h.aged(t, &p, "old child", 40, below("young"))
	n, err := h.Sweep(t.Context(), 30*anyDay)
	must(t, err)
	equal(t, "deleted", 704, n)
	equal(t, "Logs left", "young", h.remaining(t))
	equal(t, "counts", [][2]int64{{1, 1}, {0, 0}}, [][2]int64{h.counts(t, &p), h.counts(t, &judge)})
}

func sweepMeanwhile(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	atOnce(10, func(worker int) {
		for i := range 100 {
			l := logOf(&p, itoa(worker)+" "+itoa(i))
			l.CreatedAt = epoch.Add(-time.Duration(i%2) * 50 * anyDay)
			if err := h.AppendLog(t.Context(), l); err != nil {
				t.Error(err)
			}
			if i%25 != 24 || worker > 2 {
				continue
			}
			if _, err := h.Sweep(t.Context(), anyDay); err != nil {
				t.Error(err)
			}
		}
	})
	_, err := h.Sweep(t.Context(), anyDay)
	must(t, err)
	equal(t, "counts", [2]int64{500, 500}, h.counts(t, &p))
}

func sweepIndexed(t *testing.T, h *harness) {
	p, q := h.save(t, prompt("p", "m")), h.save(t, prompt("q", "m"))
	atOnce(32, func(worker int) {
		for i := range 300 {
			l := logOf(&p, newLogID())
			if i%3 == 0 {
				l = logOf(&q, newLogID())
			}
			l.CreatedAt = epoch.Add(-time.Duration(300-i)*anyDay + time.Duration(worker)*time.Second)
			l.Payload.Output = new("said " + itoa(worker) + "." + itoa(i) + "!")
			if err := h.AppendLog(t.Context(), l); err != nil {
				t.Error(err)
			}
		}
	})
	equal(t, "segments", 2, h.index(t))
	_, err := h.Sweep(t.Context(), 60*anyDay+anyDay/2)
	must(t, err)
	check := func(when string) {
		t.Helper()
		for _, c := range []struct {
			filter trace.Filter
			want   int
		}{
			{trace.Filter{FileID: p.File.ID}, 32 * 40},
			{trace.Filter{}, 32 * 60},
			{trace.Filter{To: epoch.Add(-30 * anyDay)}, 32*30 + 1},
			{trace.Filter{Search: "said 7.2"}, 60},
			{trace.Filter{Search: "said 7.100!"}, 0},
			{trace.Filter{Search: "said 7.299!"}, 1},
		} {
			c.filter.Page = page(1, 10)
			_, total, err := h.Logs(t.Context(), c.filter)
			must(t, err)
			equal(t, when, c.want, total)
		}
	}
	check("swept")
	equal(t, "segments built again", 2, h.index(t))
	check("built again")
}
