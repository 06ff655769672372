package storetest

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

var traces = map[string]func(*testing.T, *harness){
	"Children widen the times of the Logs above":  childrenWiden,
	"Children that come at once all widen":        childrenAtOnce,
	"An update widens the times of the Log above": updateWidens,
	"A complete Log takes no more children":       completeRefuses,
	"Completing races with children":              completingRaces,
	"Late Logs are stored":                        lateStored,
	"A Log that came before its parent":           parentLater,
	"A root that children called otherwise":       rootAdopts,
	"A Log below itself":                          belowItself,
	"Children are in the order they started":      childrenOrder,
	"Deleting takes what depends on a Log along":  deleteDependents,
	"Traces, changed from all sides at once":      tracesFromAllSides,
	"TraceFiles":                                  traceFiles,
}

// flow stores a Flow's Log that is still incomplete, from minute 2 to minute 3.
func (h *harness) flow(t *testing.T, id string) *trace.Log {
	t.Helper()
	s := h.save(t, saveOf(file.FlowKind, "flow", "m"))
	l := logOf(&s, id)
	l.Status, l.StartTime, l.EndTime = trace.Incomplete, at(2), at(3)
	return h.append(t, l)
}

// below is a Log with this parent; start and end are minutes, or -1 for none.
func (h *harness) below(t *testing.T, id, parent string, start, end int) *trace.Log {
	t.Helper()
	s := h.save(t, prompt("p", "m"))
	l := logOf(&s, id)
	l.TraceParentID = parent
	if start >= 0 {
		l.StartTime = at(start)
	}
	if end >= 0 {
		l.EndTime = at(end)
	}
	return l
}

// span is when a stored Log started and ended.
func (h *harness) span(t *testing.T, id string) [2]time.Time {
	t.Helper()
	l, err := h.Log(t.Context(), id)
	must(t, err)
	return [2]time.Time{l.StartTime, l.EndTime}
}

func childrenWiden(t *testing.T, h *harness) {
	h.flow(t, "root")
	h.append(t, h.below(t, "plain", "root", -1, -1))
	equal(t, "a child without times", [2]time.Time{at(2), at(3)}, h.span(t, "root"))
	h.append(t, h.below(t, "one", "root", 1, 2))
	equal(t, "an earlier start", [2]time.Time{at(1), at(3)}, h.span(t, "root"))
	h.append(t, h.below(t, "two", "one", 0, 5))
	equal(t, "a grandchild around all", [2]time.Time{at(0), at(5)}, h.span(t, "root"))
	equal(t, "a parent without status", [2]time.Time{at(1), at(2)}, h.span(t, "one"))

	inner := h.below(t, "inner", "one", 3, 4)
	inner.Status = trace.Incomplete
	h.append(t, inner)
	h.append(t, h.below(t, "three", "inner", 2, 6))
	equal(t, "an inner Flow", [2]time.Time{at(2), at(6)}, h.span(t, "inner"))
	equal(t, "the root around it", [2]time.Time{at(0), at(6)}, h.span(t, "root"))
	is(t, h.AppendLog(t.Context(), h.below(t, "two", "root", 0, 9)), errs.AlreadyExists)
	equal(t, "a child that was refused", [2]time.Time{at(0), at(6)}, h.span(t, "root"))
}

func childrenAtOnce(t *testing.T, h *harness) {
	h.flow(t, "root")
	logs := make([]*trace.Log, 50)
	for i := range logs {
		logs[i] = h.below(t, itoa(i), "root", 2, 3)
		logs[i].StartTime, logs[i].EndTime = at(2).Add(-time.Duration(i)*time.Second), at(3).Add(time.Duration(i)*time.Second)
	}
	atOnce(len(logs), func(i int) {
		if err := h.AppendLog(t.Context(), logs[i]); err != nil {
			t.Error(err)
		}
	})
	equal(t, "times", [2]time.Time{at(2).Add(-49 * time.Second), at(3).Add(49 * time.Second)}, h.span(t, "root"))
}

func updateWidens(t *testing.T, h *harness) {
	h.flow(t, "root")
	h.append(t, h.below(t, "one", "root", -1, -1))
	_, err := h.UpdateLog(t.Context(), "one", func(l *trace.Log) error {
		l.StartTime, l.EndTime = at(1), at(9)
		return nil
	})
	must(t, err)
	equal(t, "times", [2]time.Time{at(1), at(9)}, h.span(t, "root"))
}

// complete makes a Log complete.
func (h *harness) complete(t *testing.T, id string) {
	t.Helper()
	_, err := h.UpdateLog(t.Context(), id, func(l *trace.Log) error {
		l.Status = trace.Complete
		return nil
	})
	must(t, err)
}

func completeRefuses(t *testing.T, h *harness) {
	h.flow(t, "root")
	h.append(t, h.below(t, "one", "root", -1, -1))
	trace1, err := h.TraceOf(t.Context(), "one")
	must(t, err)
	before, err := h.TraceStatus(t.Context(), "root")
	must(t, err)
	h.complete(t, "root")
	after, err := h.TraceStatus(t.Context(), "root")
	must(t, err)
	equal(t, "statuses", [2]trace.Status{trace.Incomplete, trace.Complete}, [2]trace.Status{before, after})
	_, err = h.TraceStatus(t.Context(), "nobody")
	is(t, err, errs.LogNotFound)
	const message = "The Log `root` is complete, so that no more Logs can be added below it."
	says(t, h.AppendLog(t.Context(), h.below(t, "two", "root", 0, 9)), errs.IllegalState, message)
	says(t, h.AppendLog(t.Context(), h.below(t, "two", "one", 0, 9)), errs.IllegalState, message)
	_, err = h.TraceOf(t.Context(), "one")
	says(t, err, errs.IllegalState, message)
	_, err = h.TraceOf(t.Context(), "nobody")
	is(t, err, errs.LogNotFound)
	_, err = h.TraceOf(t.Context(), "\x00")
	is(t, err, errs.LogNotFound)
	equal(t, "trace", "root", trace1)
	equal(t, "times", [2]time.Time{at(2), at(3)}, h.span(t, "root"))
}

func completingRaces(t *testing.T, h *harness) {
	for round := range 10 {
		root := "root" + itoa(round)
		h.flow(t, root)
		logs := make([]*trace.Log, 16)
		for i := range logs {
			logs[i] = h.below(t, root+"_"+itoa(i), root, -1, 4+i)
		}
		var stored atomic.Int64
		atOnce(len(logs)+1, func(i int) {
			if i == len(logs) {
				h.complete(t, root)
				return
			}
			err := h.AppendLog(t.Context(), logs[i])
			if err == nil {
				stored.Add(1)
			} else {
				is(t, err, errs.IllegalState)
			}
		})
		children, err := h.Children(t.Context(), []string{root})
		must(t, err)
		latest := at(3)
		for _, c := range children[root] {
			latest = later(latest, c.EndTime)
		}
		l, err := h.Log(t.Context(), root)
		must(t, err)
		equal(t, "children", int(stored.Load()), len(children[root]))
		equal(t, "status", trace.Complete, l.Status)
		equal(t, "end", latest, l.EndTime)
		is(t, h.AppendLog(t.Context(), h.below(t, "after", root, -1, -1)), errs.IllegalState)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func lateStored(t *testing.T, h *harness) {
	h.flow(t, "root")
	h.complete(t, "root")
	late := h.below(t, "late", "root", 1, 9)
	late.TraceID = "root"
	h.append(t, late)
	equal(t, "times", [2]time.Time{at(1), at(9)}, h.span(t, "root"))
	elsewhere := h.below(t, "elsewhere", "late", -1, -1)
	elsewhere.TraceID = "another"
	h.append(t, elsewhere)
	equal(t, "the trace of the parent that is there", "root", elsewhere.TraceID)
	orphan := h.below(t, "orphan", "missing", 0, -1)
	orphan.TraceID = "root"
	h.append(t, orphan)
	equal(t, "the start of a root that is not joined yet", at(0), h.span(t, "root")[0])
	l, err := h.Log(t.Context(), "root")
	must(t, err)
	equal(t, "trace and status", [2]string{"root", "complete"}, [2]string{l.TraceID, string(l.Status)})
}

func parentLater(t *testing.T, h *harness) {
	leaf := h.below(t, "leaf", "middle", -1, -1)
	leaf.TraceID = "root"
	h.append(t, leaf)
	middle := h.below(t, "middle", "root", -1, -1)
	middle.TraceID = "root"
	h.append(t, middle)
	s := h.save(t, prompt("p", "m"))
	root := logOf(&s, "root")
	root.TraceID = "root"
	h.append(t, root)
	children, err := h.Children(t.Context(), []string{"root", "middle"})
	must(t, err)
	equal(t, "children", map[string][]*trace.Log{"root": {middle}, "middle": {leaf}}, children)
	h.append(t, h.below(t, "another", "leaf", -1, -1))
	l, err := h.Log(t.Context(), "another")
	must(t, err)
	equal(t, "trace of a grandchild", "root", l.TraceID)
}

func belowItself(t *testing.T, h *harness) {
	self := h.below(t, "self", "self", -1, -1)
	self.TraceID = "t"
	is(t, h.AppendLog(t.Context(), self), errs.ValidationFailed)
	is(t, h.AppendLog(t.Context(), h.below(t, "self", "self", -1, -1)), errs.LogNotFound)
	a, b := h.below(t, "a", "b", -1, -1), h.below(t, "b", "c", -1, -1)
	c := h.below(t, "c", "a", -1, -1)
	a.TraceID, b.TraceID, c.TraceID = "t", "t", "t"
	h.append(t, a)
	h.append(t, b)
	is(t, h.AppendLog(t.Context(), c), errs.ValidationFailed)
}

func childrenOrder(t *testing.T, h *harness) {
	h.flow(t, "root")
	for _, l := range []*trace.Log{
		h.below(t, "third", "root", 7, -1), h.below(t, "first", "root", 1, -1), h.below(t, "made", "root", -1, -1), h.below(t, "second", "root", 1, -1),
	} {
		l.CreatedAt = at(5)
		h.append(t, l)
	}
	children, err := h.Children(t.Context(), []string{"root"})
	must(t, err)
	equal(t, "children", "first second made third", logIDs(children["root"]))
}

func deleteDependents(t *testing.T, h *harness) {
	h.flow(t, "root")
	h.append(t, h.below(t, "one", "root", -1, -1))
	h.append(t, h.below(t, "two", "root", -1, -1))
	h.append(t, h.below(t, "below one", "one", -1, -1))
	judge := h.save(t, saveOf(file.EvaluatorKind, "judge", "m"))
	for id, judged := range map[string]string{"of root": "root", "of below": "below one", "of two": "two", "of of below": "of below"} {
		l := logOf(&judge, id)
		l.ParentID = judged
		h.append(t, l)
	}
	n, err := h.DeleteLogs(t.Context(), []string{"one", "below one", "unknown"})
	must(t, err)
	equal(t, "deleted", 4, n)
	left := map[string]bool{}
	for _, id := range []string{"root", "two", "of root", "of two", "one", "below one", "of below", "of of below"} {
		left[id], err = h.LogExists(t.Context(), id)
		must(t, err)
	}
	equal(t, "left", map[string]bool{
		"root": true, "two": true, "of root": true, "of two": true, "one": false, "below one": false, "of below": false, "of of below": false,
	}, left)
	equal(t, "counted", [2]int64{2, 2}, h.counts(t, &judge))
}

// tracesFromAllSides has Logs appended, changed and deleted in few traces at once: nothing waits in a circle, and counts stay exact.
func tracesFromAllSides(t *testing.T, h *harness) {
	roots := []string{"a", "b", "c"}
	for _, id := range roots {
		h.flow(t, id)
		h.append(t, h.below(t, id+"1", id, -1, -1))
	}
	s := h.save(t, prompt("p", "m"))
	atOnce(12, func(i int) {
		for k := range 20 {
			root := roots[(i+k)%len(roots)]
			id := itoa(i) + "_" + itoa(k)
			var err error
			switch i % 4 {
			case 0, 1:
				l := logOf(&s, id)
				l.TraceParentID, l.EndTime = []string{root, root + "1"}[k%2], at(k)
				err = h.AppendLog(t.Context(), l)
			case 2:
				_, err = h.UpdateLog(t.Context(), root+"1", func(l *trace.Log) error {
					l.EndTime = at(100 + i*20 + k)
					return nil
				})
			default:
				_, err = h.DeleteLogs(t.Context(), []string{itoa(i-3) + "_" + itoa(k), root + "9"})
			}
			if err != nil {
				t.Error(err)
			}
		}
	})
	_, total, err := h.Logs(t.Context(), trace.Filter{VersionID: s.Version.ID, InTrace: []bool{true}})
	must(t, err)
	equal(t, "counted", [2]int64{int64(total), int64(total)}, h.counts(t, &s))
}

func traceFiles(t *testing.T, h *harness) {
	root := h.flow(t, "root")
	files, err := h.TraceFiles(t.Context(), []string{"root", "nobody", "\x00"})
	must(t, err)
	equal(t, "Files", map[string]file.File{"root": {ID: root.FileID, Kind: file.FlowKind}}, files)
}
