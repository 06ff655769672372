package stats

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/stats"
	"github.com/openloop-server/openloop/internal/store"
)

// lengths are the intervals that a request can name.
var lengths = map[string]time.Duration{
	"5m": stats.Finest, "10m": 10 * time.Minute, "15m": 15 * time.Minute, "30m": 30 * time.Minute, "1h": time.Hour, "2h": 2 * time.Hour, "3h": 3 * time.Hour,
	"6h": 6 * time.Hour, "12h": 12 * time.Hour, "1d": stats.Day, "7d": 7 * stats.Day,
}

// read reads what in selects, and what its groups are called.
func (h *handlers) read(ctx context.Context, in *selection, q store.StatsQuery, asked time.Duration) (*stats.Breakdown, *store.StatsNames, StatsRange, error) {
	now := h.o.Now()
	from, to, err := in.span(now)
	if err != nil {
		return nil, nil, StatsRange{}, err
	}
	q.Period, q.Path, q.FileIDs, q.VersionIDs = stats.Spread(from, to, now, asked), in.Path, in.FileID, in.VersionID
	q.Selection = in.chosen()
	b, complete, err := h.o.DB.Stats(ctx, q)
	if err != nil {
		return nil, nil, StatsRange{}, err
	}
	names, err := h.o.DB.StatsNames(ctx, b.Groups(stats.Calls))
	return b, names, StatsRange{From: b.From, To: b.To, Complete: complete}, err
}

func (in *selection) chosen() stats.Selection {
	sel := stats.Selection{
		Sources: in.Source, Environments: in.Environment, Providers: in.Provider, Models: in.Model, APIKeys: in.APIKey, Origins: in.Origin, Reasons: in.Reason,
	}
	for _, kind := range in.Type {
		sel.Kinds = append(sel.Kinds, file.Kind(kind))
	}
	if slices.Contains(in.Reason, "*") {
		sel.Failed, sel.Reasons = true, nil
	}
	return sel
}

const (
	usualSpan   = stats.Day
	longestSpan = 3660 * stats.Day // ten years
)

// span returns the range that was asked for.
func (in *selection) span(now time.Time) (from, to time.Time, err error) {
	if to = now; in.To != nil {
		to = in.To.UTC()
	}
	length := usualSpan
	if in.Last != "" {
		if length = durationOf(in.Last); length <= 0 {
			return from, to, errs.Invalid("must be a number and m, h, d or w, as 24h, and ten years at most", "last")
		}
	}
	if from = to.Add(-length); in.From != nil {
		from = in.From.UTC()
	}
	switch {
	case in.From != nil && in.Last != "":
		return from, to, errs.Invalid("cannot be given together with from", "last")
	case !from.Before(to):
		return from, to, errs.Invalid("must be before the end of the range", "from")
	case from.Before(to.Add(-longestSpan)):
		return from, to, errs.Invalid("must be ten years before the end of the range at most", "from")
	}
	return from, to, nil
}

// durationOf reads a length of time, as 24h. It returns 0 for what is none.
func durationOf(text string) time.Duration {
	units := map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': stats.Day, 'w': 7 * stats.Day}
	unit := units[text[len(text)-1]]
	n, err := strconv.ParseUint(text[:len(text)-1], 10, 24)
	if err != nil || unit == 0 || n > uint64(longestSpan/unit) { //nolint:gosec // neither is negative
		return 0
	}
	return time.Duration(n) * unit
}
