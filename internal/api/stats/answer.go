package stats

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store"
)

// fields are what Logs can be grouped by.
var fields = map[string]stats.Fields{
	"none": 0, "file": stats.ByFile, "version": stats.ByVersion, "environment": stats.ByEnvironment, "provider": stats.ByProvider, "model": stats.ByModel,
	"origin": stats.ByOrigin, "reason": stats.ByReason, "api_key": stats.ByAPIKey, "type": stats.ByType, "source": stats.BySource,
}

func figuresOf(f *stats.Figures) StatsFigures {
	out := StatsFigures{Calls: f.Calls, Failures: f.Failures, Cost: f.Cost.Float(), CostUnknown: f.CostUnknown, Tokens: StatsTokens(f.Tokens), Timed: f.Timed}
	if f.Timed > 0 {
		out.LatencyMean = new(float64(f.Latency) / 1e6 / float64(f.Timed))
		out.LatencyP50, out.LatencyP95 = new(f.Latencies.Quantile(0.5)), new(f.Latencies.Quantile(0.95))
	}
	return out
}

func pointsOf(g *stats.Group) []StatsPoint {
	points := make([]StatsPoint, 0, len(g.Points))
	for _, start := range slices.Sorted(maps.Keys(g.Points)) {
		points = append(points, StatsPoint{Start: time.Unix(start, 0).UTC(), StatsFigures: figuresOf(g.Points[start])})
	}
	return points
}

// valueOf returns the value of a group by a field.
func valueOf(g *stats.Group, by string, names *store.StatsNames) StatsValue {
	var v StatsValue
	if by == "file" || by == "version" {
		v.File = new(fileOf(g.File, names))
		v.Value = v.File.ID
	}
	switch by {
	case "version":
		of := names.Versions[g.Version]
		v.Value, v.Version = of.ID, &StatsVersion{ID: of.ID, Name: of.Name}
	case "api_key":
		if v.Value = g.APIKey; v.Value != "" {
			v.APIKey = &StatsAPIKey{ID: g.APIKey, Name: names.APIKeys[g.APIKey]}
		}
	case "type":
		v.Value = string(g.Kind)
	case "environment", "provider", "model", "origin", "reason", "source":
		v.Value = cmp.Or(g.Environment, g.Provider, g.Model, g.Origin, g.Reason, g.Source) // the others are empty
	}
	return v
}

func fileOf(seq int64, names *store.StatsNames) StatsFile {
	f := names.Files[seq]
	return StatsFile{ID: f.ID, Path: f.Path, Type: string(f.Kind), Deleted: f.Deleted}
}

// mostFiles is how many Files a reason names.
const mostFiles = 3

// origins returns failures by origin and reason. The groups tell Files apart too, and those with the most failures come first.
func (h *handlers) origins(groups []*stats.Group, names *store.StatsNames) []StatsOrigin {
	list := []StatsOrigin{}
	for _, g := range groups {
		if !g.Failed {
			continue
		}
		o := find(&list, func(o *StatsOrigin) bool { return o.Origin == g.Origin }, StatsOrigin{Origin: g.Origin, Reasons: []StatsReason{}})
		r := find(&o.Reasons, func(r *StatsReason) bool { return r.Reason == g.Reason }, h.reason(errs.Reason(g.Reason)))
		o.Failures, r.Failures = o.Failures+g.Total.Failures, r.Failures+g.Total.Failures
		first, last := time.UnixMicro(g.Total.First).UTC(), time.UnixMicro(g.Total.Last).UTC()
		if r.FirstSeen.IsZero() || first.Before(r.FirstSeen) {
			r.FirstSeen = first
		}
		if last.After(r.LastSeen) {
			r.LastSeen = last
		}
		if len(r.Files) < mostFiles {
			r.Files = append(r.Files, StatsFileFaults{fileOf(g.File, names), g.Total.Failures})
		}
	}
	for _, o := range list {
		slices.SortStableFunc(o.Reasons, func(a, b StatsReason) int { return cmp.Compare(b.Failures, a.Failures) })
	}
	slices.SortStableFunc(list, func(a, b StatsOrigin) int { return cmp.Compare(b.Failures, a.Failures) })
	return list
}

// find returns the first of list that is, which is added if there is none.
func find[T any](list *[]T, is func(*T) bool, added T) *T {
	for i := range *list {
		if is(&(*list)[i]) {
			return &(*list)[i]
		}
	}
	*list = append(*list, added)
	return &(*list)[len(*list)-1]
}

func (h *handlers) reason(r errs.Reason) StatsReason {
	out := StatsReason{Reason: string(r), Fault: "unknown", Files: []StatsFileFaults{}}
	if r.Known() {
		out.Type, out.Fault, out.Retryable, out.DocURL = r.Type(), string(r.Fault()), r.Retryable(), h.o.BaseURL+errs.DocPath(r)
	}
	return out
}

// failing returns the providers with failures that are not the request's fault. The groups tell reasons apart, and the most frequent come first.
func failing(groups []*stats.Group) []StatusProvider {
	list := []StatusProvider{}
	for _, g := range groups {
		if g.Provider == "" || !g.Failed || errs.Reason(g.Reason).Fault() == errs.FaultCaller {
			continue
		}
		p := find(&list, func(p *StatusProvider) bool { return p.Provider == g.Provider }, StatusProvider{Provider: g.Provider, Reason: g.Reason})
		p.Failures += g.Total.Failures
		if last := time.UnixMicro(g.Total.Last).UTC(); last.After(p.LastSeen) {
			p.LastSeen = last
		}
	}
	for i := range list {
		for _, g := range groups {
			if g.Provider == list[i].Provider {
				list[i].Calls += g.Total.Calls
			}
		}
	}
	slices.SortStableFunc(list, func(a, b StatusProvider) int { return cmp.Compare(b.Failures, a.Failures) })
	return list
}
