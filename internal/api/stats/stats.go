// Package stats is the part of the HTTP interface that tells how the server is used: calls, failures, costs, tokens and latency over time.
package stats

import (
	"context"
	"time"

	"github.com/openloop-server/openloop/internal/auth"
	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/web"
)

// Options are what the handlers work on. NextSweep is optional.
type Options struct {
	DB        *store.DB
	Now       func() time.Time
	BaseURL   string
	Retention time.Duration    // of Logs of Files without a rule of their own; 0 for ever
	NextSweep func() time.Time // when old Logs are deleted next
}

// handlers are safe for concurrent use.
type handlers struct{ o Options }

// Routes returns the operations on statistics.
func Routes(o Options) []web.Route {
	h := &handlers{o}
	const tag = "Statistics"
	return []web.Route{
		{Method: "GET", Path: "/v5/stats/series", ID: "stats.series", Tag: tag, Role: auth.Member, Summary: "Get figures over time", Op: web.JSON(h.series)},
		{Method: "GET", Path: "/v5/stats/top", ID: "stats.top", Tag: tag, Role: auth.Member, Summary: "Get the values of a field with the largest figures", Op: web.JSON(h.top)},
		{Method: "GET", Path: "/v5/stats/failures", ID: "stats.failures", Tag: tag, Role: auth.Member, Summary: "Get failures by origin and reason", Op: web.JSON(h.failures)},
		{Method: "GET", Path: "/v5/status", ID: "status.get", Tag: "Operations", Role: auth.Member, Summary: "Get how the server and its database are", Op: web.JSON(h.status)},
	}
}

// selection says which Logs count.
type selection struct {
	From        *time.Time `query:"from" doc:"The beginning of the range; a date or a date and time. Either this or last."`
	To          *time.Time `query:"to" doc:"The end of the range; by default now."`
	Last        string     `query:"last" maxlen:"16" doc:"The length of the range until its end: a number and m, h, d or w, as 24h, the default."`
	Path        string     `query:"path" doc:"Logs of the File with this path, or of Files in the directory with it."`
	FileID      []string   `query:"file_id" doc:"Logs of this File; several mean any of them, as in all filters."`
	VersionID   []string   `query:"version_id"`
	Type        []string   `query:"type" enum:"prompt,tool,evaluator,flow,agent" doc:"Kinds of Files."`
	Environment []string   `query:"environment" doc:"The label that the caller gave, else the environment whose deployment ran; empty for Logs without both."`
	Provider    []string   `query:"provider"`
	Model       []string   `query:"model"`
	APIKey      []string   `query:"api_key" doc:"The id of an API key."`
	Source      []string   `query:"source" enum:"api,mcp,evaluation,monitoring" doc:"What made the Logs: requests to this API, MCP clients, Runs, or Evaluators that monitor a File."`
	Origin      []string   `query:"origin" doc:"Who raised the failures."`
	Reason      []string   `query:"reason" doc:"Why calls failed; * for any failure."`
}

type series struct {
	selection
	By     string `query:"by" default:"none" enum:"none,file,version,environment,provider,model,origin,reason,api_key,type,source" doc:"The field to group by."`
	Groups int    `query:"groups" default:"8" min:"1" max:"50" doc:"Groups at most, besides that of all others."`
	Bucket string `query:"bucket" enum:"5m,10m,15m,30m,1h,2h,3h,6h,12h,1d,7d" doc:"The length of each interval. By default there are at most 120 of them. Longer ones are used where older figures are coarser, or where there would be more than 1,000."`
}

func (h *handlers) series(ctx context.Context, in *series) (*StatsSeries, error) {
	b, names, answered, err := h.read(ctx, &in.selection, store.StatsQuery{By: fields[in.By], Points: true}, lengths[in.Bucket])
	if err != nil {
		return nil, err
	}
	out := &StatsSeries{
		StatsRange: answered, Bucket: int64(b.Interval / time.Second), By: in.By, Total: figuresOf(&b.Total), Before: figuresOf(&b.Before), Groups: []StatsGroup{},
	}
	groups := b.Groups(stats.Calls)
	for _, g := range groups[:min(in.Groups, len(groups))] {
		out.Groups = append(out.Groups, StatsGroup{StatsValue: valueOf(g, in.By, names), Total: figuresOf(&g.Total), Points: pointsOf(g)})
	}
	if len(groups) > in.Groups {
		rest := stats.Rest(groups[in.Groups:])
		out.Groups = append(out.Groups, StatsGroup{Other: true, Total: figuresOf(&rest.Total), Points: pointsOf(rest)})
	}
	return out, nil
}

type top struct {
	selection
	Field string `query:"field" required:"true" enum:"file,version,environment,provider,model,origin,reason,api_key,type,source" doc:"The field whose values are listed."`
	Order string `query:"order" default:"calls" enum:"calls,failures,cost,latency" doc:"What decides: latency is that of p95."`
	Limit int    `query:"limit" default:"10" min:"1" max:"100" doc:"Values at most."`
}

var orders = map[string]stats.Order{"calls": stats.Calls, "failures": stats.Failures, "cost": stats.Costs, "latency": stats.Latency}

func (h *handlers) top(ctx context.Context, in *top) (*StatsTop, error) {
	b, names, answered, err := h.read(ctx, &in.selection, store.StatsQuery{By: fields[in.Field]}, 0)
	if err != nil {
		return nil, err
	}
	groups := b.Groups(orders[in.Order])
	out := &StatsTop{StatsRange: answered, Field: in.Field, Total: figuresOf(&b.Total), Count: len(groups), Values: []StatsEntry{}}
	for _, g := range groups[:min(in.Limit, len(groups))] {
		out.Values = append(out.Values, StatsEntry{StatsValue: valueOf(g, in.Field, names), StatsFigures: figuresOf(&g.Total)})
	}
	return out, nil
}

type failures struct {
	selection
}

func (h *handlers) failures(ctx context.Context, in *failures) (*StatsFailures, error) {
	const by = stats.ByFailure | stats.ByOrigin | stats.ByReason | stats.ByFile
	b, names, answered, err := h.read(ctx, &in.selection, store.StatsQuery{By: by}, 0)
	if err != nil {
		return nil, err
	}
	out := &StatsFailures{StatsRange: answered, Calls: b.Total.Calls, Failures: b.Total.Failures}
	out.Origins = h.origins(b.Groups(stats.Failures), names)
	return out, nil
}

type none struct{}

// failingFor is the time in which a provider's failures are shown in the status.
const failingFor = 15 * time.Minute

func (h *handlers) status(ctx context.Context, _ *none) (*ServerStatus, error) {
	s, err := h.o.DB.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := &ServerStatus{
		Database: StatusDatabase{Kind: s.Kind, Bytes: s.Bytes},
		Logs:     StatusLogs{Count: s.Logs, Oldest: known(s.Oldest), RetentionDays: h.o.Retention.Hours() / 24},
		Tasks:    StatusTasks{Waiting: s.Tasks.Waiting, Running: s.Tasks.Held, Failed: s.Tasks.Tried},
	}
	if h.o.NextSweep != nil {
		out.NextSweep = known(h.o.NextSweep())
	}
	now := h.o.Now()
	r := stats.Spread(now.Add(-failingFor), now, now, stats.Finest)
	b, _, err := h.o.DB.Stats(ctx, store.StatsQuery{Period: r, By: stats.ByFailure | stats.ByProvider | stats.ByReason})
	if err != nil {
		return nil, err
	}
	out.Providers = failing(b.Groups(stats.Failures))
	return out, nil
}

// known returns a pointer to t, or nil for the zero time.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
