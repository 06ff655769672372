package archive

import (
	"cmp"
	"context"
	"hash/maphash"
	"path"
	"slices"
)

// logPlace is where a Log of the export stands.
type logPlace struct {
	created int64 // microseconds
	offset  int64
	file    uint32 // its number among the files of the index
	length  uint32
}

// logIndex is all Logs that stand in lines of their own. For a million it takes about 32 MB.
type logIndex struct {
	files  []string
	logs   []logPlace // oldest first
	judges []logPlace // likewise, of those that judge others: they come after all that they judge

	seed   maphash.Seed
	ids    []uint64        // hashes of their ids, sorted
	inside map[uint64]bool // of the ids of those that were met inside of others alone
}

// met reports whether a Log stands in a line of its own, or was met inside of another one before.
func (x *logIndex) met(id string) bool {
	hash := maphash.String(x.seed, id)
	if _, ok := slices.BinarySearch(x.ids, hash); ok || x.inside[hash] {
		return true
	}
	x.inside[hash] = true
	return false
}

// indexLogs reads all Logs, to find a fault before anything is changed, and where they stand.
func (im *importer) indexLogs(ctx context.Context) error {
	x := &im.index
	x.seed, x.inside = maphash.MakeSeed(), map[uint64]bool{}
	for _, f := range im.files {
		if f.left {
			continue
		}
		pages, err := im.t.pages(path.Join(f.dir, "logs"))
		if err != nil {
			return err
		}
		for _, page := range pages {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := im.indexPage(page); err != nil {
				return err
			}
		}
	}
	// Lists have the newest first, so of two at the same time the later one is older.
	older := func(a, b logPlace) int {
		return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(b.file, a.file), cmp.Compare(b.offset, a.offset))
	}
	slices.SortFunc(x.logs, older)
	slices.SortFunc(x.judges, older)
	slices.Sort(x.ids)
	return nil
}

func (im *importer) indexPage(page string) error {
	x := &im.index
	number := uint32(len(x.files)) //nolint:gosec // far below 2^32
	x.files = append(x.files, page)
	im.progress("reading Logs: %d", len(x.logs)+len(x.judges))
	return im.t.linesOf(page, func(l *line) error {
		var h logHead
		if err := l.decode(&h); err != nil {
			return err
		}
		if h.ID == "" || len(h.ID) > maxID {
			return l.fault("The Log has no id.")
		}
		if h.CreatedAt.IsZero() {
			return l.fault("The Log has no time in created_at.")
		}
		if h.APIKey != nil {
			im.meet(&author{ID: h.APIKey.ID, Name: h.APIKey.Name})
		}
		x.ids = append(x.ids, maphash.String(x.seed, h.ID))
		at := logPlace{h.CreatedAt.UnixMicro(), l.offset, number, uint32(len(l.raw))} //nolint:gosec // a line is short enough
		switch {
		case !im.o.since(h.CreatedAt.Time):
		case h.judges():
			x.judges = append(x.judges, at)
		default:
			x.logs = append(x.logs, at)
		}
		return nil
	})
}
