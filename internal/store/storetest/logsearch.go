package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/trace"
)

var logSearch = map[string]func(*testing.T, *harness){
	"Logs are found before and after they are indexed": libraryFound,
	"Logs are found while others append and index":     foundMeanwhile,
}

// library is many Logs, and what the model knows of them.
type library struct {
	h     *harness
	r     *rand.Rand
	large []file.Snapshot // versions of a File with many Logs
	small file.Snapshot
	logs  []*trace.Log // in the order they were stored
	words []string
}

// newLibrary stores more Logs than two segments hold.
func newLibrary(t *testing.T, h *harness) *library {
	t.Helper()
	b := &library{h: h, r: rand.New(rand.NewPCG(1, 2))}
	for i := range 3 {
		b.large = append(b.large, h.save(t, prompt("large", itoa(i))))
	}
	b.small = h.save(t, saveOf(file.ToolKind, "small", "m"))
	for range 150 {
		word := make([]byte, 2+b.r.IntN(6))
		for i := range word {
			word[i] = "abcdefgeeeeaaatttnn \"{0é"[b.r.IntN(23)]
		}
		b.words = append(b.words, strings.ToValidUTF8(string(word), "ü"))
	}
	b.grow(t, 4000)
	b.grow(t, 5500) // among them children of those
	return b
}

func (b *library) text(words int) string {
	out := make([]string, words)
	for i := range out {
		n := b.r.IntN(len(b.words))
		out[i] = b.words[b.r.IntN(n+1)] // the first are common
	}
	return strings.Join(out, " ")
}

// grow stores n Logs more, many at once.
func (b *library) grow(t *testing.T, n int) {
	t.Helper()
	more := make([]*trace.Log, n)
	for i := range more {
		version := &b.small
		if b.r.IntN(8) > 0 {
			version = &b.large[min(b.r.IntN(300), 2)*b.r.IntN(2)]
			if b.r.IntN(500) == 0 {
				version = &b.large[1]
			}
		}
		l := logOf(version, fmt.Sprintf("log_%09X", b.r.Uint64()>>28))
		l.CreatedAt = at(len(b.logs) + i/7)
		if b.r.IntN(20) == 0 {
			l.CreatedAt = at(b.r.IntN(9000))
		}
		if b.r.IntN(15) == 0 && len(b.logs) > 0 {
			l.TraceParentID = b.logs[b.r.IntN(len(b.logs))].ID
		}
		l.CreatedAt = l.CreatedAt.Add(time.Duration(b.r.IntN(1e9)) * time.Microsecond / 20) // so that no two are of one time
		b.describe(l)
		more[i] = l
	}
	atOnce(64, func(worker int) {
		for i := worker; i < n; i += 64 {
			if err := b.h.AppendLog(t.Context(), more[i]); err != nil {
				t.Error(err)
			}
		}
	})
	b.logs = append(b.logs, more...)
	b.rejoin()
}

// describe says something else on a Log.
func (b *library) describe(l *trace.Log) {
	l.Error, l.Detail = nil, nil
	if b.r.IntN(12) == 0 {
		l.Error, l.Detail = new("failed"), &errs.Detail{Reason: []errs.Reason{errs.Timeout, errs.RateLimited}[b.r.IntN(2)]}
	}
	l.Payload.Inputs = json.Value(fmt.Sprintf(`{"q":%q}`, b.text(b.r.IntN(4))))
	l.Payload.Output = new(strings.ToUpper(b.text(b.r.IntN(5))))
	l.Metadata = json.Value(fmt.Sprintf(`{"m":%q}`, b.text(2)))
	b.facts(l)
}

// rejoin puts the parents of children into the traces that these have begun.
func (b *library) rejoin() {
	parents := map[string]bool{}
	for _, l := range b.logs {
		parents[l.TraceParentID] = true
	}
	for _, l := range b.logs {
		if l.TraceID == "" && parents[l.ID] {
			l.TraceID = l.ID
		}
	}
}

// adopt gives a Log that was in no trace a child that came before it.
func (b *library) adopt(t *testing.T) {
	t.Helper()
	root := b.logs[slices.IndexFunc(b.logs, func(l *trace.Log) bool { return l.TraceID == "" })]
	child := logOf(&b.large[0], "log_early")
	child.TraceParentID, child.TraceID, child.CreatedAt = "alias", root.ID, at(3)
	b.describe(child)
	must(t, b.h.AppendLog(t.Context(), child))
	must(t, b.h.Adopt(t.Context(), root.ID, "alias"))
	root.TraceID, child.TraceParentID = root.ID, root.ID
	b.logs = append(b.logs, child)
}

// revise changes and deletes Logs, the latter also among the newest.
func (b *library) revise(t *testing.T, updates, deletions, newest int) {
	t.Helper()
	for range updates {
		l := b.logs[b.r.IntN(len(b.logs))]
		b.describe(l)
		_, err := b.h.UpdateLog(t.Context(), l.ID, func(stored *trace.Log) error {
			*stored = *l
			return nil
		})
		must(t, err)
	}
	var ids []string
	gone := map[string]bool{}
	for i, l := range b.logs {
		if b.r.IntN(len(b.logs)) < deletions || i >= len(b.logs)-newest {
			ids = append(ids, l.ID)
			gone[l.ID] = true
		} else if gone[l.TraceParentID] || gone[l.ParentID] { // parents came first
			gone[l.ID] = true
		}
	}
	n, err := b.h.DeleteLogs(t.Context(), ids)
	must(t, err)
	equal(t, "deleted Logs", len(gone), n)
	b.logs = slices.DeleteFunc(b.logs, func(l *trace.Log) bool { return gone[l.ID] })
}

func (h *harness) index(t *testing.T) (steps int) {
	t.Helper()
	for {
		more, err := h.IndexLogs(t.Context())
		must(t, err)
		if !more {
			return steps
		}
		steps++
	}
}

// filter is any filter.
func (b *library) filter() trace.Filter {
	f := trace.Filter{Newest: b.r.IntN(4) > 0}
	maybe := func(of int) bool { return b.r.IntN(of) == 0 }
	piece := func(s string) string {
		from := b.r.IntN(len(s) + 1)
		return strings.ToValidUTF8(s[from:min(from+1+b.r.IntN(9), len(s))], "")
	}
	one := b.logs[b.r.IntN(len(b.logs))]
	if !maybe(6) {
		f.FileID = []string{b.large[0].File.ID, b.large[0].File.ID, b.large[0].File.ID, b.small.File.ID}[b.r.IntN(4)]
	}
	if maybe(6) {
		f.VersionID = b.large[b.r.IntN(3)].Version.ID
	}
	if maybe(8) {
		f.Kind = file.PromptKind
	}
	if maybe(3) {
		f.Search = piece(*one.Payload.Output)
	} else if maybe(4) {
		f.Search = b.text(2)
	}
	if maybe(5) {
		f.MetadataSearch = piece(string(one.Metadata))
	}
	if maybe(5) {
		f.IDContains = []string{piece(one.ID), piece(b.logs[b.r.IntN(len(b.logs))].ID)}
	}
	if maybe(6) {
		f.From = at(b.r.IntN(9500))
	}
	if maybe(6) {
		f.To = at(b.r.IntN(9500))
	}
	if maybe(5) {
		f.InTrace = []bool{maybe(2)}
	}
	if maybe(6) {
		f.ErrorReason = []string{"*", string(errs.Timeout)}[b.r.IntN(2)]
	}
	return f
}

// matches is what the model finds.
func (b *library) matches(f *trace.Filter) []*trace.Log {
	var out []*trace.Log
	for _, l := range b.logs {
		if fits(l, f) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *trace.Log) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
	if f.Newest {
		slices.Reverse(out)
	}
	return out
}

func fits(l *trace.Log, f *trace.Filter) bool {
	kind := file.PromptKind
	if strings.HasPrefix(l.FileID, "tl_") {
		kind = file.ToolKind
	}
	failed := ""
	if l.Detail != nil {
		failed = string(l.Detail.Reason)
	}
	return (f.FileID == "" || f.FileID == l.FileID) && (f.VersionID == "" || f.VersionID == l.VersionID) && (f.Kind == "" || f.Kind == kind) &&
		(f.From.IsZero() || !l.CreatedAt.Before(f.From)) && (f.To.IsZero() || !l.CreatedAt.After(f.To)) &&
		(len(f.InTrace) == 0 || slices.Contains(f.InTrace, l.TraceID != "")) &&
		(f.ErrorReason == "" || f.ErrorReason == failed || f.ErrorReason == "*" && failed != "") && holds(l, f)
}

// holds reports whether l has the texts that f looks for.
func holds(l *trace.Log, f *trace.Filter) bool {
	return (contains(*l.Payload.Output, f.Search) || contains(string(l.Payload.Inputs), f.Search) || contains(member(l.Payload.Inputs), f.Search)) &&
		(contains(string(l.Metadata), f.MetadataSearch) || contains(member(l.Metadata), f.MetadataSearch)) &&
		(len(f.IDContains) == 0 || slices.ContainsFunc(f.IDContains, func(part string) bool { return strings.Contains(l.ID, part) }))
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}

// member is the one text in inputs or metadata, or "" if they hold it as it is.
func member(value json.Value) string {
	if !strings.Contains(string(value), `\`) {
		return ""
	}
	var v struct {
		Q string `json:"q"`
		M string `json:"m"`
	}
	_ = json.UnmarshalForeign(value, &v)
	return v.Q + v.M
}

// compare compares a few lists with the model's.
func (b *library) compare(t *testing.T, when string) {
	t.Helper()
	for range 8 {
		f := b.filter()
		want := b.matches(&f)
		f.Page = page(1+b.r.IntN(1+len(want)/10), 10)
		if b.r.IntN(3) == 0 {
			f.Page = page(1, 100)
		}
		got, total, err := b.h.Logs(t.Context(), f)
		must(t, err)
		first := min(f.Page.Offset(), len(want))
		last := min(first+f.Page.Size, len(want))
		what := fmt.Sprintf("%s: %+v", when, f)
		equal(t, what, sortedIDs(want[first:last]), sortedIDs(got))
		if total != len(want) && (total > len(want) || total <= last || f.Search+f.MetadataSearch == "" && f.IDContains == nil && f.ErrorReason == "") {
			t.Errorf("%s: the total is %d, want %d", what, total, len(want))
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// sortedIDs are times and ids, in the order of logs.
func sortedIDs(logs []*trace.Log) []string {
	out := make([]string, len(logs))
	for i, l := range logs {
		out[i] = l.CreatedAt.Format(time.TimeOnly) + " " + l.ID
	}
	return out
}

func libraryFound(t *testing.T, h *harness) {
	b := newLibrary(t, h)
	b.compare(t, "not indexed")
	equal(t, "segments", 2, h.index(t))
	b.compare(t, "indexed")
	t.Run("pages of a search reach every match", b.searchPages)
	t.Run("samples match, and are the same each time", b.samples)
	b.revise(t, 60, 100, 0)
	b.grow(t, 200)
	b.adopt(t)
	b.compare(t, "changed")
	b.revise(t, 2000, 0, 0)
	if h.index(t) == 0 {
		t.Error("no segment was built again")
	}
	b.compare(t, "indexed again")
	b.revise(t, 0, 0, 3000)
	b.compare(t, "without the newest")
	b.grow(t, 3500)
	b.compare(t, "with others in their place")
	h.index(t)
	b.compare(t, "indexed at last")
}

func foundMeanwhile(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	atOnce(16, func(worker int) {
		for i := range 300 {
			if worker == 0 {
				if _, err := h.IndexLogs(t.Context()); err != nil {
					t.Error(err)
				}
			}
			l := logOf(&p, newLogID())
			word := fmt.Sprintf("word-%d-%d!", worker, i)
			l.Payload.Output = &word
			if err := h.AppendLog(t.Context(), l); err != nil {
				t.Error(err)
				return
			}
			if i%100 != 99 {
				continue
			}
			for _, n := range []int{i, i / 2, 0} {
				got, total, err := h.Logs(t.Context(), trace.Filter{FileID: p.File.ID, Search: fmt.Sprintf("word-%d-%d!", worker, n), Page: page(1, 10)})
				if err != nil || len(got) != 1 || total != 1 {
					t.Errorf("Log %d of worker %d: %d found, %v", n, worker, len(got), err)
				}
			}
		}
	})
}

func (b *library) searchPages(t *testing.T) {
	rare := trace.Filter{FileID: b.large[0].File.ID, IDContains: []string{b.logs[70].ID, b.logs[7000].ID, b.logs[9000].ID}, Page: page(1, 1)}
	_, total, err := b.h.Logs(t.Context(), rare)
	must(t, err)
	equal(t, "total of few", len(b.matches(&rare)), total)

	f := trace.Filter{FileID: b.large[0].File.ID, Search: b.words[0][:2], Newest: true}
	want := sortedIDs(b.matches(&f))
	var got []string
	for number := 1; ; number++ {
		f.Page = page(number, 333)
		logs, total, err := b.h.Logs(t.Context(), f)
		must(t, err)
		if len(logs) == 0 {
			equal(t, "total at the end", len(want), total)
			break
		}
		got = append(got, sortedIDs(logs)...)
		if total < len(got) {
			t.Errorf("the total is %d after %d Logs", total, len(got))
		}
	}
	equal(t, "Logs of all pages", want, got)
	if len(want) < 1200 {
		t.Errorf("only %d Logs match", len(want))
	}
}

func (b *library) samples(t *testing.T) {
	for _, f := range []trace.Filter{
		{FileID: b.large[0].File.ID, Sample: 200},
		{FileID: b.large[0].File.ID, Sample: 300, Search: b.words[0], ErrorReason: "*"},
		{Sample: 50, InTrace: []bool{true}, Newest: true},
		{FileID: b.small.File.ID, Sample: 1_000_000},
	} {
		want := b.matches(&f)
		f.Page = page(1, 2000)
		all, total, err := b.h.Logs(t.Context(), f)
		must(t, err)
		equal(t, "size and total", [2]int{min(f.Sample, len(want)), min(f.Sample, len(want))}, [2]int{len(all), total})
		for _, l := range all {
			if !slices.ContainsFunc(want, func(w *trace.Log) bool { return w.ID == l.ID }) {
				t.Errorf("%s does not match %+v", l.ID, f)
			}
		}
		f.Page = page(2, 10)
		part, _, err := b.h.Logs(t.Context(), f)
		must(t, err)
		equal(t, "second page", sortedIDs(all[10:20]), sortedIDs(part))
	}
}
