package cases

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/errs"
	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/trace"
)

// pageSize is how many Logs are in memory at a time.
const pageSize = 200

// maker makes the datapoints of one [Draft].
type maker struct {
	*Cases
	draft  *Draft
	made   []file.Datapoint
	record Record
}

// find makes the datapoints of the Logs that the draft selects.
func (m *maker) find(ctx context.Context) error {
	if m.draft.Filter == nil {
		return m.named(ctx)
	}
	if err := m.filtered(ctx); err != nil {
		return err
	}
	slices.Reverse(m.made)
	return nil
}

func (m *maker) named(ctx context.Context) error {
	ids := slices.Clone(m.draft.LogIDs)
	first := map[string]bool{}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		again := first[id]
		first[id] = true
		return again
	})
	for part := range slices.Chunk(ids, pageSize) {
		byID, err := m.db.LogsByID(ctx, part)
		if err != nil {
			return err
		}
		logs := make([]*trace.Log, len(part))
		for i, id := range part {
			if logs[i] = byID[id]; logs[i] == nil {
				return errs.New(errs.LogNotFound, "The Log `%s` does not exist.", id).At("log_ids")
			}
		}
		if err := m.add(ctx, logs); err != nil {
			return err
		}
	}
	return nil
}

// filtered goes from the newest Log that the filter selects to older ones. A page begins at the time where the one before ended, since the
// numbers of pages would have the database walk over all before.
func (m *maker) filtered(ctx context.Context) error {
	f, seen := *m.draft.Filter, map[string]bool{}
	f.FileExists, f.Newest, f.Page = true, true, trace.Page{Number: 1, Size: pageSize}
	limit := m.draft.Limit
	if limit <= 0 || limit > MaxLogs {
		limit = MaxLogs
	}
	for {
		page, _, err := m.db.Logs(ctx, f)
		if err != nil {
			return errs.Within(errs.About(err, errs.FileNotFound, "file_id"), "filter")
		}
		fresh := slices.DeleteFunc(slices.Clone(page), func(l *trace.Log) bool { return seen[l.ID] })
		fresh = fresh[:min(len(fresh), limit-len(seen))]
		for _, l := range fresh {
			seen[l.ID] = true
		}
		if err := m.add(ctx, fresh); err != nil {
			return err
		}
		switch last := len(page) - 1; {
		case len(page) < pageSize, len(seen) == limit:
			return nil
		case f.To.Equal(page[last].CreatedAt), f.Sample > 0: // all of the page are of one time, or a sample of another time would be another
			f.Page.Number++
		default:
			f.To, f.Page.Number = page[last].CreatedAt, 1
		}
	}
}
