package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/trace"
)

var logRows = map[string]func(*testing.T, *harness){
	"Logs of all Files are found by any filter":      rowsFound,
	"a list of rows stays while Logs arrive":         rowsStay,
	"rows show a Log with what belongs to it":        rowShown,
	"rows differ from what is deployed":              rowsDiffer,
	"a search that has no time goes on where it was": rowsInNoTime,
	"Logs are shown as they are stored":              rowsFollowed,
}

// ledger is a library with what rows are narrowed by.
type ledger struct {
	*library
	judge  file.Snapshot
	judged map[string]string // the latest judgment, by Log
	paths  map[string]string // by File
}

func newLedger(t *testing.T, h *harness) *ledger {
	t.Helper()
	b := &ledger{judge: h.save(t, evaluator("judges/one", "m")), judged: map[string]string{}}
	b.library = newLibrary(t, h)
	b.paths = map[string]string{b.large[0].File.ID: "large", b.small.File.ID: "small", b.judge.File.ID: "judges/one"}
	for range 300 {
		b.judgeOne(t)
	}
	return b
}

// judgeOne has the Evaluator judge any Log.
func (b *ledger) judgeOne(t *testing.T) {
	t.Helper()
	of := b.logs[b.r.IntN(len(b.logs))]
	l := logOf(&b.judge, fmt.Sprintf("log_%09Xe", b.r.Uint64()>>28))
	l.ParentID, l.CreatedAt = of.ID, of.CreatedAt.Add(time.Duration(1+b.r.IntN(1e9))*time.Microsecond)
	judgment := []string{"true", "false"}[b.r.IntN(2)]
	l.Payload.Judgment = json.Value(judgment)
	must(t, b.h.AppendLog(t.Context(), l))
	b.judged[of.ID] = judgment
	b.logs = append(b.logs, l)
}

// facts says what rows are narrowed by on a Log.
func (b *library) facts(l *trace.Log) {
	pick := func(of ...string) string { return of[b.r.IntN(len(of))] }
	l.Provider, l.Model = pick("openai", "anthropic", ""), pick("m1", "m2", "m3")
	l.User = fmt.Sprintf("user-%d", b.r.IntN(700))
	l.Environment, l.Source, l.FinishReason = pick("production", "staging", ""), pick("api", "sdk"), pick("stop", "stop", "length")
	l.CreatedBy = pick("key_a", "key_b")
	l.Latency, l.PromptCost, l.PromptTokens = nil, nil, nil
	if b.r.IntN(8) > 0 {
		l.Latency, l.PromptCost, l.PromptTokens = new(b.r.ExpFloat64()), new(b.r.ExpFloat64()/100), new(int64(b.r.IntN(500)))
	}
	if l.Detail != nil {
		l.Detail.Origin, l.Detail.RequestID = pick("OpenAI", errs.Gateway), fmt.Sprintf("req_%d", b.r.IntN(3000))
	}
}

// maybe is true one time of that many.
func (b *ledger) maybe(of int) bool { return b.r.IntN(of) == 0 }

// choice selects a value, or leaves it out.
func (b *ledger) choice(value string) trace.Choice {
	if b.maybe(4) {
		return trace.Choice{None: []string{value}}
	}
	return trace.Choice{Any: []string{value, "no such"}}
}

// factFilter is a filter by any facts and amounts of a Log.
func (b *ledger) factFilter(one *trace.Log) trace.RowFilter {
	f := trace.RowFilter{Facts: map[trace.Fact]trace.Choice{}, Amounts: map[trace.Amount][]trace.Range{}}
	for fact := range trace.Facts {
		if value := fact.Of(one); b.maybe(10) && (value != "" || fact != trace.FactRequest) {
			f.Facts[fact] = b.choice(value)
		}
	}
	if b.maybe(8) {
		f.Facts[trace.FactReason] = trace.Choice{Any: []string{"*"}}
	}
	for amount := range trace.Amounts {
		if v := amount.Of(one); b.maybe(8) && v != nil {
			f.Amounts[amount] = []trace.Range{{From: v, Above: b.maybe(2)}}
			if b.maybe(2) {
				f.Amounts[amount] = append(f.Amounts[amount], trace.Range{To: new(*v * 2), Below: b.maybe(2)})
			}
		}
	}
	return f
}

// rowFilter is any filter.
func (b *ledger) rowFilter() trace.RowFilter {
	one := b.logs[b.r.IntN(len(b.logs))]
	f := b.factFilter(one)
	if b.maybe(5) {
		f.Paths = b.choice([]string{"large", "small", "judges", ""}[b.r.IntN(4)])
	}
	if b.maybe(8) {
		f.FileIDs = b.choice(one.FileID)
	}
	if b.maybe(8) {
		f.Versions = b.choice(one.VersionID)
	}
	if b.maybe(8) {
		f.Kinds = b.choice(string(one.Kind))
	}
	if b.maybe(8) && one.Payload.Output != nil && len(*one.Payload.Output) > 3 {
		f.Search = strings.ToValidUTF8((*one.Payload.Output)[:3], "")
	}
	if b.maybe(8) {
		f.Metadata = []trace.Member{{Key: "m", Value: memberOf(one.Metadata), Not: b.maybe(3)}}
	}
	if b.maybe(8) {
		f.Judged = []trace.JudgedAs{{Path: "judges/one", Is: trace.Equal, Judgment: json.Value("false")}}
	}
	if b.maybe(8) {
		f.InTrace = new(b.maybe(2))
	}
	if b.maybe(6) {
		f.From = b.when()
	}
	if b.maybe(6) {
		f.To = b.when()
	}
	return f
}

// when is a minute of some Log.
func (b *ledger) when() time.Time {
	return b.logs[b.r.IntN(len(b.logs))].CreatedAt.Truncate(time.Minute)
}

func memberOf(metadata json.Value) string {
	var v struct {
		M string `json:"m"`
	}
	_ = json.UnmarshalForeign(metadata, &v)
	return v.M
}

// factsHold is the model of the conditions on what l says of itself.
func factsHold(f *trace.RowFilter, l *trace.Log) bool {
	for fact, c := range f.Facts {
		if !c.Holds(fact.Of(l)) {
			return false
		}
	}
	for amount, ranges := range f.Amounts {
		for _, r := range ranges {
			if v := amount.Of(l); v == nil || !r.Holds(*v) {
				return false
			}
		}
	}
	for _, m := range f.Metadata {
		if (len(l.Metadata) > 0 && memberOf(l.Metadata) == m.Value) == m.Not {
			return false
		}
	}
	return true
}

// selects is the model of a filter.
func (b *ledger) selects(f *trace.RowFilter, l *trace.Log) bool {
	for _, j := range f.Judged {
		if b.judged[l.ID] != string(j.Judgment) {
			return false
		}
	}
	path := b.paths[l.FileID]
	under := func(chosen string) bool {
		return chosen == "" || path == chosen || strings.HasPrefix(path, chosen+"/")
	}
	return factsHold(f, l) && f.FileIDs.Holds(l.FileID) && f.Versions.Holds(l.VersionID) && f.Kinds.Holds(string(l.Kind)) &&
		(f.Paths.Any == nil || slices.ContainsFunc(f.Paths.Any, under)) && !slices.ContainsFunc(f.Paths.None, under) &&
		(f.From.IsZero() || !l.CreatedAt.Before(f.From)) && (f.To.IsZero() || !l.CreatedAt.After(f.To)) &&
		(f.InTrace == nil || *f.InTrace == (l.TraceID != "")) &&
		(f.Search == "" || l.Payload.Output != nil && holds(l, &trace.Filter{Search: f.Search}))
}

// wanted is what the model finds, in order.
func (b *ledger) wanted(list *trace.RowList) []*trace.Log {
	var out []*trace.Log
	for _, l := range b.logs {
		if b.selects(&list.Filter, l) {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *trace.Log) int { return b.CreatedAt.Compare(a.CreatedAt) })
	amount, byAmount := map[trace.RowOrder]trace.Amount{trace.ByCost: trace.Cost, trace.ByLatency: trace.Latency, trace.ByTokens: trace.Tokens}[list.Order]
	switch {
	case byAmount:
		value := func(l *trace.Log) float64 {
			if v := amount.Of(l); v != nil {
				return *v
			}
			return -1
		}
		slices.SortStableFunc(out, func(a, b *trace.Log) int { return cmp.Compare(value(b), value(a)) })
	case list.Order == trace.OldestFirst:
		slices.Reverse(out)
	}
	return out
}

// rowsOf reads parts of a list from its beginning, until there are limit rows or no more.
func (h *harness) rowsOf(t *testing.T, list trace.RowList, limit int) (rows []trace.Row, first *trace.RowPage) {
	t.Helper()
	for len(rows) < limit {
		page, err := h.LogRows(t.Context(), &list)
		must(t, err)
		if first == nil {
			first = page
		}
		rows = append(rows, page.Rows...)
		if list.After = page.Last; page.Last == nil {
			break
		}
	}
	return rows, first
}

func rowTimes(rows []trace.Row) []string {
	logs := make([]*trace.Log, len(rows))
	for i := range rows {
		logs[i] = rows[i].Log
	}
	return sortedIDs(logs)
}

// compareRows compares n lists with the model's.
func (b *ledger) compareRows(t *testing.T, when string, n int) {
	t.Helper()
	orders := []trace.RowOrder{trace.NewestFirst, trace.NewestFirst, trace.OldestFirst, trace.ByCost, trace.ByLatency, trace.ByTokens}
	for range n {
		list := trace.RowList{Filter: b.rowFilter(), Order: orders[b.r.IntN(len(orders))], Size: 1 + b.r.IntN(200)}
		want := b.wanted(&list)
		what := fmt.Sprintf("%s: %s of %+v", when, list.Order, list.Filter)
		limit := 3 * list.Size
		rows, first := b.h.rowsOf(t, list, limit)
		equal(t, what, sortedIDs(want[:min(len(want), len(rows))]), rowTimes(rows))
		if len(rows) < min(len(want), limit) {
			t.Errorf("%s: %d rows of %d", what, len(rows), len(want))
		}
		looked := list.Filter.Search != "" || list.Filter.Metadata != nil || list.Filter.Facts[trace.FactRequest].Set()
		if first.Total > len(want) || (first.TotalExact || !looked) && first.Total != len(want) || !looked && !first.TotalExact {
			t.Errorf("%s: the total is %d (exact: %v), want %d", what, first.Total, first.TotalExact, len(want))
		}
		if n := len(rows); n > 2 {
			b.compareBack(t, what, list, rows[n/2:], want[:n/2])
		}
		b.compareFacets(t, what, &list, want)
		if t.Failed() {
			t.FailNow()
		}
	}
}

// compareBack reads what comes before rows.
func (b *ledger) compareBack(t *testing.T, what string, list trace.RowList, rows []trace.Row, want []*trace.Log) {
	t.Helper()
	list.Size = len(rows)
	list.After = nil
	page, err := b.h.LogRows(t.Context(), &trace.RowList{Filter: list.Filter, Order: list.Order, Size: len(want)})
	must(t, err)
	list.After = page.Last
	if page, err = b.h.LogRows(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	list.Before, list.After, list.Size = page.First, nil, max(len(want)-1, 1)
	page, err = b.h.LogRows(t.Context(), &list)
	must(t, err)
	equal(t, what+", back", sortedIDs(want[max(0, len(want)-list.Size):]), rowTimes(page.Rows))
}

// compareFacets counts by any field.
func (b *ledger) compareFacets(t *testing.T, what string, list *trace.RowList, logs []*trace.Log) {
	t.Helper()
	fields := map[trace.Field]func(*trace.Log) string{
		trace.FieldType: func(l *trace.Log) string { return string(l.Kind) }, trace.FieldPath: func(l *trace.Log) string { return b.paths[l.FileID] },
		trace.FieldVersion: func(l *trace.Log) string { return l.VersionID }, "user": trace.FactUser.Of, "status": trace.FactStatus.Of, "error_reason": trace.FactReason.Of,
	}
	names := slices.Sorted(maps.Keys(fields))
	field := names[b.r.IntN(len(names))]
	counts := map[string]int{}
	for _, l := range logs {
		if v := fields[field](l); v != "" {
			counts[v]++
		}
	}
	got, err := b.h.LogFacets(t.Context(), &trace.FacetList{Filter: list.Filter, Field: field, Limit: 1000})
	must(t, err)
	found := map[string]int{}
	for _, v := range got.Values {
		found[v.Value] = v.Count
	}
	equal(t, what+", by "+string(field), counts, found)
}

// rowsFound draws other lists for each database. It draws few before Logs are prepared: each list then reads them all.
func rowsFound(t *testing.T, h *harness) {
	b := newLedger(t, h)
	if h.options.URL != "" {
		b.r = rand.New(rand.NewPCG(1, 3))
	}
	b.compareRows(t, "not prepared", 3)
	h.index(t)
	b.compareRows(t, "prepared", 10)
	b.revise(t, 60, 100, 0)
	b.forgetJudged()
	b.grow(t, 200)
	for range 20 {
		b.judgeOne(t)
	}
	b.compareRows(t, "changed", 8)
	b.revise(t, 2000, 0, 0)
	b.forgetJudged()
	h.index(t)
	b.compareRows(t, "prepared again", 8)
}

// forgetJudged forgets the judgments that went with their Logs or have become failures, and judges those that lost one anew.
func (b *ledger) forgetJudged() {
	latest := map[string]string{}
	for _, l := range b.logs {
		switch {
		case l.ParentID == "":
		case l.Error != nil:
			latest[l.ParentID] = ""
		default:
			latest[l.ParentID] = string(l.Payload.Judgment)
		}
	}
	b.judged = latest
}

func rowsStay(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	for i := range 30 {
		l := logOf(&p, fmt.Sprintf("log_%02d", i))
		l.CreatedAt = at(i)
		h.append(t, l)
	}
	list := trace.RowList{Order: trace.NewestFirst, Size: 10}
	var got []string
	var first *trace.RowKey
	for i := 0; ; i++ {
		page, err := h.LogRows(t.Context(), &list)
		must(t, err)
		if first == nil {
			first = page.First
		}
		for _, r := range page.Rows {
			got = append(got, r.ID)
		}
		l := logOf(&p, fmt.Sprintf("log_later_%d", i))
		l.CreatedAt = at(100 + i)
		h.append(t, l)
		if list.After = page.Last; list.After == nil {
			break
		}
	}
	want := make([]string, 30)
	for i := range want {
		want[i] = fmt.Sprintf("log_%02d", 29-i)
	}
	equal(t, "ids", want, got)
	page, err := h.LogRows(t.Context(), &trace.RowList{Order: trace.NewestFirst, Size: 10, Before: first})
	must(t, err)
	equal(t, "what came meanwhile", []string{"log_later_2", "log_later_1", "log_later_0"}, rowIDs(page.Rows))
}

func rowIDs(rows []trace.Row) []string {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	return ids
}

func rowShown(t *testing.T, h *harness) {
	p, judge := h.save(t, prompt("a/p", "m")), h.save(t, evaluator("judges/one", "m"))
	l := logOf(&p, "log_a")
	l.CreatedAt, l.Provider, l.Model = at(1), "openai", "m"
	l.Payload = trace.Payload{
		Inputs: json.Value(`{"q": 1}`), Output: new(strings.Repeat("ö", 300)),
		Messages: []llm.Message{{Role: llm.User, Content: llm.Text("first")}, {Role: llm.User, Content: llm.Text("second")}, {Role: llm.Assistant, Content: llm.Text("third")}},
	}
	h.append(t, l)
	for i, judgment := range []string{"1", `"bad"`} {
		j := logOf(&judge, fmt.Sprintf("log_j%d", i))
		j.ParentID, j.CreatedAt, j.Payload.Judgment = "log_a", at(2+i), json.Value(judgment)
		h.append(t, j)
	}
	child := logOf(&p, "log_b")
	child.TraceParentID, child.CreatedAt = "log_a", at(4)
	h.append(t, child)
	page, err := h.LogRows(t.Context(), &trace.RowList{Order: trace.OldestFirst, Size: 10})
	must(t, err)
	got := page.Rows[0]
	got.UpdatedAt = time.Time{}
	want := trace.Row{
		Log:  &trace.Log{ID: "log_a", Kind: file.PromptKind, FileID: p.File.ID, VersionID: p.Version.ID, CreatedAt: at(1), TraceID: "log_a", Provider: "openai", Model: "m"},
		Path: "a/p", Input: "second", Output: strings.Repeat("ö", 200), Children: 1,
		Judgments: []trace.RowJudgment{{EvaluatorID: judge.File.ID, Path: "judges/one", Judgment: json.Value(`"bad"`)}},
	}
	equal(t, "row", want, got)
	equal(t, "output of an Evaluator", "1", page.Rows[1].Output)
}

func rowsDiffer(t *testing.T, h *harness) {
	one, two := h.save(t, prompt("p", "1")), h.save(t, prompt("p", "2"))
	h.appendMany(t, &one, "log_1")
	h.appendMany(t, &two, "log_2")
	differ := func() (ids []string) {
		page, err := h.LogRows(t.Context(), &trace.RowList{Size: 10, Order: trace.OldestFirst})
		must(t, err)
		for _, r := range page.Rows {
			if r.Differs {
				ids = append(ids, r.ID)
			}
		}
		return ids
	}
	h.deploy(t, &two, "production")
	equal(t, "after a deployment", []string{"log_1"}, differ())
	h.deploy(t, &one, "production")
	h.deploy(t, &two, "staging")
	equal(t, "after another", []string{"log_2"}, differ())
}

func rowsInNoTime(t *testing.T, h *harness) {
	b := newLedger(t, h)
	h.index(t)
	for _, f := range []trace.RowFilter{
		{Search: b.words[0][:2]},
		{Facts: map[trace.Fact]trace.Choice{trace.FactUser: {Any: []string{"user-7"}}}},
	} {
		list := trace.RowList{Filter: f, Order: trace.NewestFirst, Size: 100, Budget: time.Nanosecond}
		want := b.wanted(&list)
		rows, first := h.rowsOf(t, list, len(want)+1)
		equal(t, fmt.Sprintf("rows of %+v", f), sortedIDs(want), rowTimes(rows))
		if first.LookedInto >= first.Of || first.Of < len(b.logs) {
			t.Errorf("looked into %d of %d", first.LookedInto, first.Of)
		}
	}
}

func rowsFollowed(t *testing.T, h *harness) {
	p := h.save(t, prompt("p", "m"))
	h.appendMany(t, &p, "log_before")
	tail, err := h.TailLogs(t.Context(), &trace.RowFilter{Facts: map[trace.Fact]trace.Choice{trace.FactUser: {Any: []string{"me"}}}})
	must(t, err)
	for i, user := range []string{"me", "you", "me", "me"} {
		l := logOf(&p, fmt.Sprintf("log_%d", i))
		l.User = user
		h.append(t, l)
	}
	rows, skipped, err := tail.Next(t.Context(), 2)
	must(t, err)
	equal(t, "rows", []string{"log_0", "log_2"}, rowIDs(rows))
	equal(t, "skipped", 1, skipped)
	rows, skipped, err = tail.Next(t.Context(), 2)
	must(t, err)
	equal(t, "rows and skipped when nothing is new", [2]int{}, [2]int{len(rows), skipped})
	_, err = h.DeleteLogs(t.Context(), []string{"log_3"})
	must(t, err)
	_, _, err = tail.Next(t.Context(), 2)
	must(t, err)
	l := logOf(&p, "log_again")
	l.User = "me"
	h.append(t, l)
	rows, _, err = tail.Next(t.Context(), 2)
	must(t, err)
	equal(t, "a Log that has the number of one that was deleted", []string{"log_again"}, rowIDs(rows))
}
