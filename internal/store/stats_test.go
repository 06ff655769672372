package store_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// counting is a database with Logs, and what the Logs are.
type counting struct {
	*store.DB
	options store.Options
	clock   atomic.Int64 // microseconds
	random  *rand.Rand
	files   []file.Snapshot
	logs    map[string]*trace.Log // those that count, by id
	present []string              // ids of those that were not deleted
}

func newCounting(t *testing.T, o store.Options, seed uint64) *counting {
	c := &counting{options: o, random: rand.New(rand.NewPCG(seed, 1)), logs: map[string]*trace.Log{}}
	c.clock.Store(time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC).UnixMicro())
	c.options.Now = func() time.Time { return time.UnixMicro(c.clock.Load()).UTC() }
	c.DB = open(t, c.options)
	for i, path := range []string{"a/one", "a/one", "a/two", "b"} {
		kind := []file.Kind{file.PromptKind, file.PromptKind, file.ToolKind, file.EvaluatorKind}[i]
		content := json.Value(fmt.Sprintf(`{"model":"m%d"}`, i))
		snap, _, err := c.SaveVersion(t.Context(), store.Save{Kind: kind, Path: path, Content: content, Hash: file.Hash(kind, content)})
		if err != nil {
			t.Fatal(err)
		}
		c.files = append(c.files, snap)
	}
	return c
}

func pick[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// log makes a Log that is new, or up to a hundred days old.
func (c *counting) log() *trace.Log {
	r := c.random
	snap := &c.files[r.IntN(len(c.files))]
	age := time.Duration(r.Int64N(int64(pick(r, time.Minute, time.Hour, 4*stats.Day, 100*stats.Day))))
	created := c.options.Now().Add(-age).Truncate(time.Microsecond)
	l := &trace.Log{
		ID: ids.New(ids.Log, created), Kind: snap.File.Kind, FileID: snap.File.ID, VersionID: snap.Version.ID, CreatedAt: created,
		Provider: pick(r, "openai", "mock", ""), Model: pick(r, "a", "b", ""), Environment: pick(r, "", "live"), DeployedEnvironment: pick(r, "", "production"), CreatedBy: pick(r, "", "key_1"),
		Source: pick(r, "", "sdk", "mcp", trace.SourceEvaluation),
	}
	c.change(l)
	return l
}

// change changes what is known of a Log only when it is done.
func (c *counting) change(l *trace.Log) {
	r := c.random
	l.Error, l.Detail, l.PromptCost, l.OutputCost, l.Latency = nil, nil, nil, nil, nil
	switch r.IntN(6) {
	case 0:
		l.Error = new("reported")
	case 1, 2:
		l.Fail(errs.New(pick(r, errs.RateLimited, errs.Timeout), "failed").With(func(e *errs.Error) { e.Origin = pick(r, "", "OpenAI") }).Detail("", ""))
	}
	if r.IntN(3) > 0 {
		l.PromptCost, l.OutputCost = new(float64(r.IntN(1e6))/1e9), new(float64(r.IntN(1e6))/1e12)
	}
	if r.IntN(3) > 0 {
		l.Latency = new(math.Exp(r.NormFloat64()))
	}
	l.Usage = llm.Usage{Known: r.IntN(2) == 0, Input: r.Int64N(100), CachedInput: r.Int64N(9), CacheWrite: r.Int64N(9), Output: r.Int64N(100), Reasoning: r.Int64N(9)}
}

// append stores n Logs, several at once.
func (c *counting) append(t *testing.T, n int) {
	t.Helper()
	var all sync.WaitGroup
	for range n {
		l := c.log()
		c.logs[l.ID], c.present = l, append(c.present, l.ID)
		all.Go(func() {
			if err := c.AppendLog(t.Context(), l); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func (c *counting) update(t *testing.T, n int) {
	t.Helper()
	for range n {
		id := pick(c.random, c.present...)
		after, err := c.UpdateLog(t.Context(), id, func(l *trace.Log) error { c.change(l); return nil })
		if err != nil {
			t.Fatal(err)
		}
		c.logs[id] = after
	}
}

// delete deletes Logs. What they added stays.
func (c *counting) delete(t *testing.T, n int) {
	t.Helper()
	for range n {
		at := c.random.IntN(len(c.present))
		if _, err := c.DeleteLogs(t.Context(), c.present[at:at+1]); err != nil {
			t.Fatal(err)
		}
		c.present = slices.Delete(c.present, at, at+1)
	}
}

// rollUp adds up all that waits.
func (c *counting) rollUp(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		more, err := c.RollUp(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// sum is figures that can be compared, with what of the true latencies is at the quantiles.
type sum struct {
	Calls, Failures, Unknown, Timed, Micros int64
	Tokens                                  stats.Tokens
	Cost                                    string
}

func (s sum) with(l *trace.Log) sum {
	s.Calls++
	tokens := stats.Tokens{}
	if l.Usage.Known {
		tokens = stats.Tokens{Input: l.Usage.Input, CachedInput: l.Usage.CachedInput, CacheWrite: l.Usage.CacheWrite, Output: l.Usage.Output, Reasoning: l.Usage.Reasoning}
	}
	s.Tokens.Input += tokens.Input
	s.Tokens.CachedInput += tokens.CachedInput
	s.Tokens.CacheWrite += tokens.CacheWrite
	s.Tokens.Output += tokens.Output
	s.Tokens.Reasoning += tokens.Reasoning
	if l.Error != nil {
		s.Failures++
	}
	if l.PromptCost == nil && l.Model != "" && (l.Error == nil || tokens != stats.Tokens{}) {
		s.Unknown++
	}
	if l.Latency != nil {
		s.Timed++
		s.Micros += int64(math.Round(*l.Latency * 1e6))
	}
	return s
}

func sumOf(f *stats.Figures) sum {
	return sum{f.Calls, f.Failures, f.CostUnknown, f.Timed, f.Latency, f.Tokens, fmt.Sprintf("%.12f", f.Cost.Float())}
}

// counted adds up Logs one by one, by what they are told apart by, as "a/one m0".
func counted(logs []*trace.Log, key func(*trace.Log) string) map[string]sum {
	sums, costs, latencies := map[string]sum{}, map[string]float64{}, map[string][]float64{}
	for _, l := range logs {
		k := key(l)
		sums[k] = sums[k].with(l)
		if l.PromptCost != nil {
			costs[k] += *l.PromptCost + *l.OutputCost
		}
		if l.Latency != nil {
			latencies[k] = append(latencies[k], *l.Latency)
		}
	}
	for k, s := range sums {
		s.Cost = fmt.Sprintf("%.12f", costs[k])
		sums[k] = s
	}
	return sums
}

// apart are ways to tell Logs apart, with what a Log and a group are called by each.
var apart = []struct {
	by    stats.Fields
	log   func(*trace.Log) string
	group func(*stats.Group, *store.StatsNames) string
}{
	{0, func(*trace.Log) string { return "" }, func(*stats.Group, *store.StatsNames) string { return "" }},
	{stats.ByVersion, func(l *trace.Log) string { return l.FileID + l.VersionID + string(l.Kind) }, func(g *stats.Group, n *store.StatsNames) string {
		return n.Files[g.File].ID + n.Versions[g.Version].ID + string(g.Kind)
	}},
	{stats.ByFile | stats.ByModel | stats.ByAPIKey, func(l *trace.Log) string { return l.FileID + l.Model + l.CreatedBy }, func(g *stats.Group, n *store.StatsNames) string {
		return n.Files[g.File].ID + g.Model + g.APIKey
	}},
	{stats.ByOrigin | stats.ByReason | stats.ByFailure, func(l *trace.Log) string {
		if l.Detail != nil {
			return "true" + l.Detail.Origin + string(l.Detail.Reason)
		}
		return fmt.Sprint(l.Error != nil)
	}, func(g *stats.Group, _ *store.StatsNames) string { return fmt.Sprint(g.Failed) + g.Origin + g.Reason }},
	{stats.BySource | stats.ByProvider | stats.ByEnvironment, func(l *trace.Log) string {
		return map[string]string{"": "api", "sdk": "api", "mcp": "mcp", "evaluation": "evaluation"}[l.Source] + l.Provider + map[bool]string{true: l.DeployedEnvironment, false: l.Environment}[l.Environment == ""]
	}, func(g *stats.Group, _ *store.StatsNames) string { return g.Source + g.Provider + g.Environment }},
}

// check compares the statistics with a recount, over ranges of all lengths.
func (c *counting) check(t *testing.T) {
	t.Helper()
	now := c.options.Now()
	for _, length := range []time.Duration{time.Hour, 30 * time.Hour, 5 * stats.Day, 40 * stats.Day, 90 * stats.Day} {
		r := stats.Spread(now.Add(-length), now, now, 0)
		var within, before []*trace.Log
		for _, l := range c.logs {
			switch {
			case !l.CreatedAt.Before(r.From) && l.CreatedAt.Before(r.To):
				within = append(within, l)
			case !l.CreatedAt.Before(r.Before()) && l.CreatedAt.Before(r.From):
				before = append(before, l)
			}
		}
		for _, way := range apart {
			b, complete, err := c.Stats(t.Context(), store.StatsQuery{Period: r, By: way.by, Points: true})
			if err != nil || !complete {
				t.Fatalf("complete is %t, the error %v", complete, err)
			}
			groups := b.Groups(stats.Calls)
			names, err := c.StatsNames(t.Context(), groups)
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]sum{}
			for _, g := range groups {
				got[way.group(g, names)] = sumOf(&g.Total)
			}
			if diff := cmp.Diff(counted(within, way.log), got); diff != "" {
				t.Fatalf("%v by %d (-recount +statistics):\n%s", length, way.by, diff)
			}
			if len(before) > 0 {
				all := func(*trace.Log) string { return "" }
				if diff := cmp.Diff(counted(before, all)[""], sumOf(&b.Before)); diff != "" {
					t.Fatalf("%v before (-recount +statistics):\n%s", length, diff)
				}
			}
			c.checkPoints(t, r, within, groups, way.log)
		}
	}
}

func (c *counting) checkPoints(t *testing.T, r stats.Period, within []*trace.Log, groups []*stats.Group, key func(*trace.Log) string) {
	t.Helper()
	want, got := map[string]int64{}, map[string]int64{}
	for _, l := range within {
		want[fmt.Sprint(stats.Floor(l.CreatedAt, r.Interval).Unix())]++
	}
	for _, g := range groups {
		for start, f := range g.Points {
			got[fmt.Sprint(start)] += f.Calls
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("calls by interval of %v (-recount +statistics):\n%s", r.Interval, diff)
	}
}

// TestStatisticsEqualARecount stores, changes and deletes random Logs, of now and of long ago, while they are added up, and while time passes.
func TestStatisticsEqualARecount(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		c := newCounting(t, o, 1)
		for round := range 7 {
			ctx, cancel := context.WithCancel(t.Context())
			var beside sync.WaitGroup
			beside.Go(func() {
				for ctx.Err() == nil {
					if _, err := c.RollUp(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
			c.append(t, 40)
			c.update(t, 10)
			cancel()
			beside.Wait()
			c.delete(t, 5)
			c.append(t, 5)
			c.check(t)
			if round%3 == 1 {
				c.rollUp(t.Context(), t)
				c.check(t)
			}
			c.clock.Add(pick(c.random, time.Minute, time.Hour, stats.Day, 3*stats.Day, 20*stats.Day).Microseconds())
			c.check(t)
		}
		c.rollUp(t.Context(), t)
		c.check(t)
	})
}

// TestLogsFromBeforeStatisticsAreAddedUp makes a database as the migration leaves an old one, and uses it while its Logs are added up.
func TestLogsFromBeforeStatisticsAreAddedUp(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		c := newCounting(t, o, 2)
		c.append(t, 1200)
		for _, text := range []string{
			`DELETE FROM stat_journal`, `DELETE FROM stat_interval`, `DELETE FROM stat_series`, `UPDATE stat_backfill SET upto = (SELECT MAX(seq) FROM log)`,
		} {
			if err := c.Exec(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.DB = open(t, c.options)
		newest := c.present[len(c.present)-40:] // their numbers are free again
		if _, err := c.DeleteLogs(t.Context(), newest); err != nil {
			t.Fatal(err)
		}
		for _, id := range newest {
			delete(c.logs, id)
		}
		c.present = c.present[:len(c.present)-40]
		for steps := 0; ; steps++ {
			c.append(t, 30)
			c.update(t, 30)
			more, err := c.RollUp(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, complete, err := c.Stats(t.Context(), store.StatsQuery{Period: stats.Spread(c.options.Now().Add(-time.Hour), c.options.Now(), c.options.Now(), 0)})
			if err != nil {
				t.Fatal(err)
			}
			if complete && !more {
				t.Fatal("it is complete, but never was incomplete")
			}
			if complete {
				break
			}
			if steps > 100 {
				t.Fatal("it does not end")
			}
			if more, err = c.RollUp(t.Context()); err != nil || !more {
				t.Fatalf("more is %t, the error %v", more, err)
			}
		}
		c.check(t)
		c.delete(t, 20)
		c.rollUp(t.Context(), t)
		c.check(t)
	})
}

// TestStatisticsAreNotMadeOfEveryName has callers make up models, and the Logs change after that.
func TestStatisticsAreNotMadeOfEveryName(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		c := newCounting(t, o, 5)
		now := c.options.Now()
		for i := range stats.MostTexts + 50 {
			l := c.log()
			l.Model, l.CreatedAt = fmt.Sprint("made up ", i), now
			if err := c.AppendLog(t.Context(), l); err != nil {
				t.Fatal(err)
			}
			c.present = append(c.present, l.ID)
		}
		c.rollUp(t.Context(), t)
		for _, id := range c.present[stats.MostTexts:] {
			if _, err := c.UpdateLog(t.Context(), id, func(l *trace.Log) error { l.Fail(errs.New(errs.Timeout, "late").Detail("", "")); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		c.rollUp(t.Context(), t)
		b, _, err := c.Stats(t.Context(), store.StatsQuery{Period: stats.Spread(now.Add(-time.Hour), now.Add(time.Hour), now, 0), By: stats.ByModel})
		if err != nil {
			t.Fatal(err)
		}
		groups := b.Groups(stats.Calls)
		other := groups[0]
		got := []any{len(groups), b.Total.Calls, other.Model, other.Total.Calls, other.Total.Failures}
		if diff := cmp.Diff([]any{stats.MostTexts + 1, int64(stats.MostTexts + 50), stats.Other, int64(50), int64(50)}, got); diff != "" {
			t.Errorf("models, calls, and the name, calls and failures of the first (-want +got):\n%s", diff)
		}
	})
}

func TestStatisticsOfSomeLogs(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		c := newCounting(t, o, 3)
		c.append(t, 300)
		c.rollUp(t.Context(), t)
		c.append(t, 50)
		now := c.options.Now()
		r := stats.Spread(now.Add(-40*stats.Day), now, now, 0)
		one, two := c.files[0].Version.ID, c.files[1].Version.ID
		for name, some := range map[string]struct {
			query store.StatsQuery
			has   func(*trace.Log) bool
		}{
			"directory": {store.StatsQuery{Path: "a"}, func(l *trace.Log) bool { return l.Kind != file.EvaluatorKind }},
			"path":      {store.StatsQuery{Path: "b"}, func(l *trace.Log) bool { return l.Kind == file.EvaluatorKind }},
			"no path":   {store.StatsQuery{Path: "c"}, func(*trace.Log) bool { return false }},
			"File":      {store.StatsQuery{FileIDs: []string{c.files[0].File.ID, "none"}}, func(l *trace.Log) bool { return l.Kind == file.PromptKind }},
			"no File":   {store.StatsQuery{FileIDs: []string{"none"}}, func(*trace.Log) bool { return false }},
			"versions":  {store.StatsQuery{VersionIDs: []string{one}}, func(l *trace.Log) bool { return l.VersionID == one }},
			"both":      {store.StatsQuery{Path: "a", VersionIDs: []string{one, two}}, func(l *trace.Log) bool { return l.VersionID == one || l.VersionID == two }},
			"type":      {store.StatsQuery{Selection: stats.Selection{Kinds: []file.Kind{file.ToolKind}}}, func(l *trace.Log) bool { return l.Kind == file.ToolKind }},
			"failures":  {store.StatsQuery{Selection: stats.Selection{Failed: true}}, func(l *trace.Log) bool { return l.Error != nil }},
			"reason": {store.StatsQuery{Selection: stats.Selection{Reasons: []string{"timeout"}, Models: []string{"a", "b"}}}, func(l *trace.Log) bool {
				return l.Detail != nil && l.Detail.Reason == errs.Timeout && l.Model != ""
			}},
		} {
			some.query.Period = r
			b, _, err := c.Stats(t.Context(), some.query)
			if err != nil {
				t.Fatal(err)
			}
			want := int64(0)
			for _, l := range c.logs {
				if some.has(l) && !l.CreatedAt.Before(r.From) {
					want++
				}
			}
			if b.Total.Calls != want {
				t.Errorf("%s: %d Logs, want %d", name, b.Total.Calls, want)
			}
		}
	})
}

func TestStatusOfADatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, o store.Options) {
		c := newCounting(t, o, 4)
		s, err := c.Status(t.Context())
		if err != nil || s.Logs != 0 || !s.Oldest.IsZero() || s.Bytes < 10_000 {
			t.Fatalf("empty, it is %+v, %v", s, err)
		}
		c.append(t, 30)
		oldest := c.options.Now()
		for _, l := range c.logs {
			if l.CreatedAt.Before(oldest) {
				oldest = l.CreatedAt
			}
		}
		s, err = c.Status(t.Context())
		if err != nil || s.Logs != 30 || !s.Oldest.Equal(oldest) || !strings.Contains("sqlite postgresql", s.Kind) || s.Tasks.Waiting != 0 {
			t.Errorf("it is %+v, %v; the oldest Log is of %v", s, err, oldest)
		}
	})
}
