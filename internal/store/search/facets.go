package search

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"github.com/openloop-server/openloop/internal/store/blobs"
	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/store/logs"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// LogFacets counts the Logs that a filter selects by a field: the most frequent values first, without Logs that lack the field. Counts are exact if
// facts decide the filter and there was time enough, else lower bounds.
func (db *Store) LogFacets(ctx context.Context, list *trace.FacetList) (found *trace.Facets, err error) {
	err = db.View(ctx, func(tx *sqldb.Tx) error {
		l, err := db.rowList(ctx, tx, &list.Filter, list.Budget)
		if err != nil {
			return err
		}
		f := facetCount{rowList: l, list: list, texts: map[string]int{}, refs: map[logs.Ref]int{}}
		f.fact, f.ofFact = list.Field.Fact()
		found, err = f.count(ctx)
		return err
	})
	return found, db.Fail("store.LogFacets", err)
}

// facetCount counts Logs by a field.
type facetCount struct {
	*rowList
	list   *trace.FacetList
	fact   trace.Fact
	ofFact bool // otherwise by File or version

	texts map[string]int   // by fact
	refs  map[logs.Ref]int // by File and version
}

func (f *facetCount) count(ctx context.Context) (*trace.Facets, error) {
	w, err := f.walk(ctx, true)
	if err != nil {
		return nil, err
	}
	of, exact := w.scopeSize(), false
	switch {
	case f.looksInto():
		exact, err = f.countLookedInto(ctx, w)
	case f.ofFact:
		exact, err = f.countFacts(ctx, w)
	default:
		exact, err = f.countOwners(ctx, w)
	}
	if err != nil {
		return nil, err
	}
	out := &trace.Facets{Exact: exact}
	if !exact {
		out.LookedInto, out.Of = min(w.passed, of), of
	}
	return out, f.values(ctx, out)
}

// countLookedInto counts Logs one by one.
func (f *facetCount) countLookedInto(ctx context.Context, w *logWalk) (exact bool, err error) {
	w.anyOrder = true
	for !f.late() {
		spots, err := w.next(ctx, maxStep)
		if err != nil || w.cut || len(spots) == 0 {
			return err == nil && !w.cut, err
		}
		if spots, err = f.matching(ctx, spots); err != nil {
			return false, err
		}
		if err := f.countSpots(ctx, spots); err != nil {
			return false, err
		}
	}
	w.passed -= len(w.ahead)
	return false, nil
}

// countSpots reads the Logs at spots and counts them.
func (f *facetCount) countSpots(ctx context.Context, spots []spot) error {
	for few := range slices.Chunk(spots, sqldb.MaxList) {
		var c sqldb.Where
		c.Among(f.dialect, "l.seq", numbers(few))
		err := sqldb.Each(ctx, f.tx, `SELECT l.file, l.version, l.record FROM log l`+c.String(), c.Args, func(rows *sql.Rows) error {
			var ref logs.Ref
			var record sql.RawBytes
			if err := rows.Scan(&ref.File, &ref.Version, &record); err != nil {
				return err
			}
			l, err := blobs.DecodeRecord(record)
			f.refs[ref]++
			if err == nil && f.ofFact {
				f.texts[f.fact.Of(l)]++
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// countFacts counts by a column of facts.
func (f *facetCount) countFacts(ctx context.Context, w *logWalk) (exact bool, err error) {
	if err := f.countSpots(ctx, w.ahead); err != nil {
		return false, err
	}
	return w.tally(ctx, []facts.Column{facts.Column(f.fact)}, func(places *grams.PlaceSet, of *facts.Decoded) {
		column := of[f.fact].(*facts.Texts)
		counts := make([]int, len(column.Values))
		for place := range places.All() {
			counts[column.Code(place)]++
		}
		for i, n := range counts {
			if n > 0 {
				f.texts[column.Values[i]] += n
			}
		}
	})
}

// countOwners counts by File and version.
func (f *facetCount) countOwners(ctx context.Context, w *logWalk) (exact bool, err error) {
	if err := f.countSpots(ctx, w.ahead); err != nil {
		return false, err
	}
	for heads := range slices.Chunk(w.segments, maxSegmentStep) {
		if w.late() {
			return false, nil
		}
		may, err := w.decided(ctx, heads)
		if err != nil {
			return false, err
		}
		for i := range heads {
			if h := &heads[i]; w.narrow == nil && len(w.judged) == 0 && w.counted(h) {
				delete(may, h.segment)
				f.countHead(h)
			}
		}
		err = w.entries(ctx, heads, may, func(h *segmentHead, placed []placed) error {
			for _, l := range placed {
				f.refs[h.owners[l.owner].Owner.Ref]++
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

func (f *facetCount) countHead(h *segmentHead) {
	for i, o := range h.owners {
		if h.wanted[i] {
			f.refs[o.Owner.Ref] += o.Count
		}
	}
}

// values makes the answer of what was counted.
func (f *facetCount) values(ctx context.Context, out *trace.Facets) error {
	labels, err := f.named(ctx)
	if err != nil {
		return err
	}
	begins := func(text string) bool {
		return len(text) >= len(f.list.Prefix) && strings.EqualFold(text[:len(f.list.Prefix)], f.list.Prefix)
	}
	for text, n := range f.texts {
		if text != "" && (begins(text) || labels[text] != "" && begins(labels[text])) {
			out.Values = append(out.Values, trace.FacetValue{Value: text, Label: labels[text], Count: n})
		}
	}
	slices.SortFunc(out.Values, func(a, b trace.FacetValue) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	if out.More = len(out.Values) > f.list.Limit; out.More {
		out.Values = out.Values[:f.list.Limit]
	}
	return nil
}

// named returns what people call the values. It counts Files and versions by the text that the field asks for.
func (f *facetCount) named(ctx context.Context) (map[string]string, error) {
	if f.fact == trace.FactKey && f.ofFact {
		return f.labels(ctx, `SELECT id, name FROM api_key WHERE id`, slices.Collect(maps.Keys(f.texts)))
	}
	if f.ofFact {
		return nil, nil
	}
	byVersion := map[int64]int{}
	for ref, n := range f.refs {
		byVersion[ref.Version] += n
	}
	labels := map[string]string{}
	const text = `SELECT v.seq, v.id, v.name, f.id, f.path, f.kind FROM version v JOIN file f ON f.seq = v.file WHERE v.seq`
	err := sqldb.EachIn(ctx, f.tx, text, slices.Collect(maps.Keys(byVersion)), ``, func(rows *sql.Rows) error {
		var seq int64
		var version, name, id, path, kind string
		err := rows.Scan(&seq, &version, &name, &id, &path, &kind)
		var value, label string
		switch f.list.Field {
		case trace.FieldType:
			value = kind
		case trace.FieldPath:
			value = path
		case trace.FieldFile:
			value, label = id, path
		case trace.FieldVersion:
			value, label = version, name
		}
		f.texts[value] += byVersion[seq]
		labels[value] = label
		return err
	})
	return labels, err
}
