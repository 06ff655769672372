package search

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"

	"github.com/openloop-server/openloop/internal/store/sqldb"
)

// logScope is the part of a filter that a segment can decide by itself.
type logScope struct {
	file, version int64          // 0 for any, noNumber for none
	files         map[int64]bool // if not nil: of one of these Files
	from, to      int64          // time of creation, both ends included; noStart and noEnd for open
	traced        map[bool]bool  // if not nil: inside a trace or outside
}

const (
	noNumber = -1 // of no File and no version
	noStart  = math.MinInt64
	noEnd    = math.MaxInt64
)

func (s *logScope) owns(o logOwner) bool {
	return (s.file == 0 || s.file == o.File) && (s.version == 0 || s.version == o.Version) &&
		(s.files == nil || s.files[o.File]) && (s.traced == nil || s.traced[o.traced])
}

func (s *logScope) within(created int64) bool { return created >= s.from && created <= s.to }

// spot is the position of a Log in a list. In lists that begin with the newest Log both numbers are negated, so that spots always ascend.
type spot struct{ created, seq int64 }

func (s spot) compare(o spot) int {
	return cmp.Or(cmp.Compare(s.created, o.created), cmp.Compare(s.seq, o.seq))
}

// number returns the seq of the Log at s.
func (s spot) number() int64 { return max(s.seq, -s.seq) }

// logWalk visits the Logs of a scope that a search may match, in the order of the list. It reads segments only when it reaches them, so a
// list that is cut off early costs little.
type logWalk struct {
	tx      *sqldb.Tx
	dialect *sqldb.Dialect
	scope   logScope
	grams   [][][]gram
	newest  bool

	segments []segmentHead // with Logs of the scope, by the time of their first Log in the order of the list
	at, step int           // of segments: how many were read, and how many to read next
	changed  map[int64]bool
	ahead    []spot // read but not returned yet; in order unless anyOrder is set
	room     []spot // the array behind ahead
	anyOrder bool
}

// segmentHead is what is read of every ready segment.
type segmentHead struct {
	segment    int64
	begin, end int64  // its first and its last time, as in a spot
	wanted     []bool // by owner: in the scope
	count      int    // number of Logs with a wanted owner
	gone       *placeSet
	loose      bool // some of its Logs have changed since
}

const maxSegmentStep = 64

// start reads the heads of the segments, and the Logs that no segment knows.
func (w *logWalk) start(ctx context.Context) error {
	w.step, w.changed = 1, map[int64]bool{}
	loose := map[int64]bool{}
	changed, err := sqldb.Column[int64](ctx, w.tx, `SELECT log FROM log_changed`)
	for _, seq := range changed {
		w.changed[seq], loose[seq>>segmentBits] = true, true
	}
	if err != nil {
		return err
	}
	var numbers []int64
	const heads = `SELECT segment, first_us, last_us, gone, owners FROM log_segment WHERE claim = 0 ORDER BY segment`
	err = sqldb.Each(ctx, w.tx, heads, nil, func(rows *sql.Rows) error {
		h, err := w.readHead(rows)
		numbers = append(numbers, h.segment)
		if h.loose = loose[h.segment]; h.count > 0 {
			w.segments = append(w.segments, h)
		}
		return err
	})
	if err != nil {
		return err
	}
	slices.SortFunc(w.segments, func(a, b segmentHead) int { return cmp.Compare(a.begin, b.begin) })
	return w.readLoose(ctx, numbers)
}

// readHead reads a head. Its count is 0 if no Log of the segment is in the scope.
func (w *logWalk) readHead(rows *sql.Rows) (h segmentHead, err error) {
	var gone, owners sql.RawBytes
	var first, last int64
	if err := rows.Scan(&h.segment, &first, &last, &gone, &owners); err != nil {
		return h, err
	}
	h.begin, h.end = first, last
	if w.newest {
		h.begin, h.end = -last, -first
	}
	if len(gone) > 0 {
		places, err := readPlaceSet(gone)
		if err != nil {
			return h, err
		}
		h.gone = &places
	}
	if first > w.scope.to || last < w.scope.from {
		return h, nil
	}
	return h, readOwners(owners, func(o ownerCount) {
		wanted := w.scope.owns(o.owner)
		h.wanted = append(h.wanted, wanted)
		if wanted {
			h.count += o.count
		}
	})
}

// counted reports whether h.count is the exact number of Logs in the scope, not just an upper bound.
func (w *logWalk) counted(h *segmentHead) bool {
	first, last := h.begin, h.end
	if w.newest {
		first, last = -h.end, -h.begin
	}
	return h.gone == nil && !h.loose && first >= w.scope.from && last <= w.scope.to && len(w.grams) == 0
}

// skip skips Logs at the beginning of the list: as many as it can without reading segments, but at most n.
func (w *logWalk) skip(n int) (skipped int) {
	byEnd := slices.SortedFunc(slices.Values(w.segments), func(a, b segmentHead) int { return cmp.Compare(a.end, b.end) })
	limit, before, begun, loose := int64(math.MinInt64), 0, 0, 0
	for i := range byEnd {
		end := byEnd[i].end
		for begun < len(w.segments) && w.segments[begun].begin <= end {
			before += w.segments[begun].count
			begun++
		}
		for loose < len(w.ahead) && w.ahead[loose].created <= end {
			loose++
		}
		if before+loose > n { // so many Logs may come before the end of this segment
			break
		}
		limit = end
	}
	w.segments = slices.DeleteFunc(w.segments, func(h segmentHead) bool {
		whole := h.end <= limit && w.counted(&h)
		if whole {
			skipped += h.count
		}
		return whole
	})
	return skipped
}

// rest counts the remaining Logs of a walk without grams.
func (w *logWalk) rest(ctx context.Context) (int, error) {
	n := 0
	w.anyOrder = true
	w.segments = slices.DeleteFunc(w.segments[w.at:], func(h segmentHead) bool {
		counted := w.counted(&h)
		if counted {
			n += h.count
		}
		return counted
	})
	w.at = 0
	for {
		spots, err := w.next(ctx, math.MaxInt)
		if err != nil || len(spots) == 0 {
			return n, err
		}
		n += len(spots)
	}
}

// readLoose reads the Logs that are in no segment, or have changed since. numbers are the ready segments.
func (w *logWalk) readLoose(ctx context.Context, numbers []int64) error {
	const columns = `SELECT l.seq, l.file, l.version, l.created_us, CASE WHEN l.trace_id IS NULL THEN 0 ELSE 1 END FROM `
	free := int64(0) // the first seq that is not known to be in a segment
	for _, number := range numbers {
		if first := number << segmentBits; first > free {
			if err := w.readRows(ctx, columns+`log l WHERE l.seq >= $1 AND l.seq < $2`, free, first); err != nil {
				return err
			}
		}
		free = (number + 1) << segmentBits
	}
	if err := w.readRows(ctx, columns+`log l WHERE l.seq >= $1`, free); err != nil || len(w.changed) == 0 {
		return err
	}
	// Those in no segment were read before.
	w.ahead = slices.DeleteFunc(w.ahead, func(s spot) bool { return w.changed[s.number()] })
	for few := range slices.Chunk(slices.Sorted(maps.Keys(w.changed)), sqldb.MaxList) {
		var c sqldb.Where
		c.Among(w.dialect, "l.seq", few)
		if err := w.readRows(ctx, columns+`log l`+c.String(), c.Args...); err != nil {
			return err
		}
	}
	return nil
}

// readRows appends the Logs of rows that are in the scope to ahead.
func (w *logWalk) readRows(ctx context.Context, text string, args ...any) error {
	var seq, created, traced int64
	var o logOwner
	from := len(w.ahead)
	err := sqldb.Each(ctx, w.tx, text, args, func(rows *sql.Rows) error {
		if err := rows.Scan(&seq, &o.File, &o.Version, &created, &traced); err != nil {
			return err
		}
		o.traced = traced == 1
		if w.scope.owns(o) {
			w.put(seq, created)
		}
		return nil
	})
	w.order(from)
	return err
}

// order sorts ahead, which is in order up to from. New spots mostly come in order, or nearly so.
func (w *logWalk) order(from int) {
	if w.anyOrder {
		return
	}
	a := w.ahead
	moves := 8*(len(a)-from) + 64
	for i := max(from, 1); i < len(a); i++ {
		s, at := a[i], i
		for ; at > 0 && a[at-1].compare(s) > 0 && moves > 0; at-- {
			a[at] = a[at-1]
			moves--
		}
		if a[at] = s; moves == 0 {
			slices.SortFunc(a, spot.compare)
			return
		}
	}
}

func (w *logWalk) put(seq, created int64) {
	switch {
	case !w.scope.within(created):
	case w.newest:
		w.ahead = append(w.ahead, spot{-created, -seq})
	default:
		w.ahead = append(w.ahead, spot{created, seq})
	}
}

// next returns the next Logs of the list, at most n, or none at the end. The result is valid until the next call.
func (w *logWalk) next(ctx context.Context, n int) ([]spot, error) {
	for {
		ready := len(w.ahead)
		if w.at < len(w.segments) && !w.anyOrder { // only Logs before all unread segments are ready
			begin := w.segments[w.at].begin
			ready, _ = slices.BinarySearchFunc(w.ahead, begin, func(s spot, begin int64) int { return cmp.Compare(s.created, begin) })
		}
		if ready > 0 || w.at >= len(w.segments) {
			n = min(n, ready)
			given := w.ahead[:n:n]
			w.ahead = w.ahead[n:]
			return given, nil
		}
		heads := w.segments[w.at:min(w.at+w.step, len(w.segments))]
		w.at += len(heads)
		w.step = min(2*w.step, maxSegmentStep)
		if len(w.ahead) == 0 {
			w.ahead = w.room[:0]
		}
		if err := w.readSegments(ctx, heads); err != nil {
			return nil, err
		}
		w.room = w.ahead
	}
}

// readSegments appends the Logs of segments that may match to ahead.
func (w *logWalk) readSegments(ctx context.Context, heads []segmentHead) error {
	may, err := w.candidates(ctx, heads)
	if err != nil || len(may) == 0 {
		return err
	}
	bySegment := make(map[int64]*segmentHead, len(may))
	segments := make([]int64, 0, len(may))
	for i := range heads {
		if number := heads[i].segment; may[number] != nil {
			bySegment[number] = &heads[i]
			segments = append(segments, number)
		}
	}
	var c sqldb.Where
	c.Among(w.dialect, "segment", segments)
	order := ` ORDER BY segment`
	if w.newest {
		order += ` DESC` // so that ahead is mostly in order already
	}
	from := len(w.ahead)
	err = sqldb.Each(ctx, w.tx, `SELECT segment, entries FROM log_segment`+c.String()+order, c.Args, func(rows *sql.Rows) error {
		var segment int64
		var entries sql.RawBytes
		if err := rows.Scan(&segment, &entries); err != nil {
			return err
		}
		places, head, first, from := may[segment], bySegment[segment], segment<<segmentBits, len(w.ahead)
		err := readEntries(entries, head.wanted, func(place int, created int64) {
			if places.has(place) && (!head.loose || !w.changed[first+int64(place)]) {
				w.put(first+int64(place), created)
			}
		})
		if w.newest {
			slices.Reverse(w.ahead[from:])
		}
		return err
	})
	w.order(from)
	return err
}
