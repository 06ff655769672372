package search

import (
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/store/facts"
)

// whole reports whether all places of a segment hold Logs of the scope, but for those that were deleted.
func (w *logWalk) whole(h *segmentHead) bool {
	first, last := h.begin, h.end
	if w.newest {
		first, last = -h.end, -h.begin
	}
	return h.count == segmentSize && !h.loose && first >= w.scope.from && last <= w.scope.to
}

// scopeSize is the number of Logs of the scope, or little more where a segment reaches beyond its times. It must be called before next.
func (w *logWalk) scopeSize() int {
	n := w.loose
	for i := range w.segments {
		n += w.segments[i].count
	}
	return n
}

// tally calls yield with the places of all matching Logs of the segments, by segment, and the columns that are wanted. It returns false if it was
// late. Matches are those of grams, facts and judgments.
func (w *logWalk) tally(ctx context.Context, wanted []facts.Column, yield func(places *placeSet, of *columns)) (bool, error) {
	for heads := range slices.Chunk(w.segments, maxSegmentStep) {
		if w.late != nil && w.late() {
			return false, nil
		}
		may, err := w.decided(ctx, heads)
		if err != nil {
			return false, err
		}
		if err := w.exactly(ctx, heads, may); err != nil {
			return false, err
		}
		var left []*segmentHead
		for i := range heads {
			if may[heads[i].segment] != nil {
				left = append(left, &heads[i])
			}
		}
		of, err := w.columnsOf(ctx, left, wanted)
		if err != nil {
			return false, err
		}
		for _, h := range left {
			yield(may[h.segment], of[h.segment])
		}
	}
	return true, nil
}

// exactly removes the places from may that hold no Log of the scope.
func (w *logWalk) exactly(ctx context.Context, heads []segmentHead, may map[int64]*placeSet) error {
	parts := make(map[int64]*placeSet, len(may))
	for i := range heads {
		if h := &heads[i]; may[h.segment] != nil && !w.whole(h) {
			parts[h.segment] = may[h.segment]
		}
	}
	return w.entries(ctx, heads, parts, func(h *segmentHead, logs []placed) error {
		places := may[h.segment]
		*places = placeSet{}
		for _, l := range logs {
			places.add(l.place)
		}
		return nil
	})
}

// count returns the number of Logs that match by facts and judgments, and whether it is exact: late counts are lower bounds. It must be called
// before next.
func (w *logWalk) count(ctx context.Context) (n int, exact bool, err error) {
	passed := w.passed
	defer func() { w.passed = passed }()
	n = len(w.ahead)
	if w.narrow != nil || len(w.judged) > 0 {
		exact, err = w.tally(ctx, nil, func(places *placeSet, _ *columns) { n += places.len() })
		return n, exact, err
	}
	all := w.segments
	defer func() { w.segments = all }()
	w.segments = nil
	for _, h := range all {
		if w.counted(&h) {
			n += h.count
		} else {
			w.segments = append(w.segments, h)
		}
	}
	exact, err = w.tally(ctx, nil, func(places *placeSet, _ *columns) { n += places.len() })
	return n, exact, err
}
