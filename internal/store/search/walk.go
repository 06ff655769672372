package search

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"math"
	"slices"

	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// logScope is the part of a filter that a segment can decide by itself.
type logScope struct {
	file, version int64          // 0 for any, noNumber for none
	files         map[int64]bool // if not nil: of one of these Files
	versions      map[int64]bool // if not nil: of one of these versions
	others        map[int64]bool // of none of these versions
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
		(s.files == nil || s.files[o.File]) && (s.versions == nil || s.versions[o.Version]) && !s.others[o.Version] && (s.traced == nil || s.traced[o.traced])
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
	after   *spot       // only Logs after it; nil for all
	late    func() bool // there is no more time; nil if there always is
	cut     bool        // next stopped because it was late
	passed  int         // Logs of the scope that were decided, or are in ahead

	narrow *narrowing
	judged []judged
	cache  *facts.Cache

	segments []segmentHead // with Logs of the scope, by the time of their first Log in the order of the list
	at, step int           // of segments: how many were read, and how many to read next
	changed  map[int64]bool
	loose    int    // Logs of the scope that no segment decides
	ahead    []spot // read but not returned yet; in order unless anyOrder is set
	room     []spot // the array behind ahead
	anyOrder bool
}

// segmentHead is what is read of every ready segment.
type segmentHead struct {
	segment    int64
	begin, end int64 // its first and its last time, as in a spot
	owners     []ownerCount
	wanted     []bool // by owner: in the scope
	count      int    // number of Logs with a wanted owner
	gone       *placeSet
	loose      bool  // some of its Logs have changed since
	built      int64 // when its facts were built, 0 if it has none
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
	const heads = `SELECT segment, first_us, last_us, facts, gone, owners FROM log_segment WHERE claim = 0 ORDER BY segment`
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
	if err := w.readLoose(ctx, numbers); err != nil {
		return err
	}
	w.loose, w.passed = len(w.ahead), len(w.ahead)
	return w.narrowLoose(ctx, 0)
}

// readHead reads a head. Its count is 0 if no Log of the segment is in the scope.
func (w *logWalk) readHead(rows *sql.Rows) (h segmentHead, err error) {
	var gone, owners sql.RawBytes
	var first, last int64
	if err := rows.Scan(&h.segment, &first, &last, &h.built, &gone, &owners); err != nil {
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
		h.owners, h.wanted = append(h.owners, o), append(h.wanted, wanted)
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

// looseColumns begins a query for [logWalk.readRows].
const looseColumns = `SELECT l.seq, l.file, l.version, l.created_us, CASE WHEN l.trace_id IS NULL THEN 0 ELSE 1 END FROM `

// readLoose reads the Logs that are in no segment, or have changed since. numbers are the ready segments.
func (w *logWalk) readLoose(ctx context.Context, numbers []int64) error {
	free := int64(0) // the first seq that is not known to be in a segment
	for _, number := range numbers {
		if first := number << segmentBits; first > free {
			if err := w.readRows(ctx, looseColumns+`log l WHERE l.seq >= $1 AND l.seq < $2`, free, first); err != nil {
				return err
			}
		}
		free = (number + 1) << segmentBits
	}
	if err := w.readRows(ctx, looseColumns+`log l WHERE l.seq >= $1`, free); err != nil || len(w.changed) == 0 {
		return err
	}
	// Those in no segment were read before.
	w.ahead = slices.DeleteFunc(w.ahead, func(s spot) bool { return w.changed[s.number()] })
	for few := range slices.Chunk(slices.Sorted(maps.Keys(w.changed)), sqldb.MaxList) {
		var c sqldb.Where
		c.Among(w.dialect, "l.seq", few)
		if err := w.readRows(ctx, looseColumns+`log l`+c.String(), c.Args...); err != nil {
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
	if s := w.spot(seq, created); w.scope.within(created) && (w.after == nil || s.compare(*w.after) > 0) {
		w.ahead = append(w.ahead, s)
	}
}

// spot returns the position of a Log in the list.
func (w *logWalk) spot(seq, created int64) spot {
	if w.newest {
		return spot{-created, -seq}
	}
	return spot{created, seq}
}

// begin lets the list begin after a position. It must be called before next.
func (w *logWalk) begin(after spot) {
	w.after = &after
	w.segments = slices.DeleteFunc(w.segments, func(h segmentHead) bool { return h.end < after.created })
	w.ahead = slices.DeleteFunc(w.ahead, func(s spot) bool { return s.compare(after) <= 0 })
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
		if w.cut = w.mayStop() && w.late(); w.cut {
			return nil, nil
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

// mayStop reports whether a list that goes on from the frontier would come further than this one.
func (w *logWalk) mayStop() bool {
	return w.late != nil && w.at > 0 && (w.after == nil || w.segments[w.at].begin > w.after.created)
}

// frontier returns the key before which all Logs of the list are decided.
func (w *logWalk) frontier() *trace.RowKey {
	begin := w.segments[w.at].begin
	if w.newest {
		return &trace.RowKey{Created: -begin, Seq: math.MaxInt64}
	}
	return &trace.RowKey{Created: begin, Seq: -math.MaxInt64}
}

// readSegments appends the Logs of segments that may match to ahead.
func (w *logWalk) readSegments(ctx context.Context, heads []segmentHead) error {
	may, err := w.decided(ctx, heads)
	if err != nil {
		return err
	}
	from := len(w.ahead)
	err = w.entries(ctx, heads, may, func(h *segmentHead, logs []placed) error {
		if w.newest { // so that ahead is mostly in order already
			slices.Reverse(logs)
		}
		for _, l := range logs {
			w.put(h.segment<<segmentBits+int64(l.place), l.created)
		}
		return nil
	})
	w.order(from)
	return err
}

// decided returns, by segment, the places of Logs that may match by grams, facts and judgments. It omits segments without such places.
func (w *logWalk) decided(ctx context.Context, heads []segmentHead) (map[int64]*placeSet, error) {
	may, err := w.candidates(ctx, heads)
	if err == nil {
		err = w.narrowed(ctx, heads, may)
	}
	for i := range heads {
		w.passed += heads[i].count
	}
	return may, err
}

// placed is a Log in a segment.
type placed struct {
	place, owner int
	created      int64
}

// entries calls yield with the Logs of each segment that are in may and in the scope, but for those that have changed since. They are in the
// order of their places. yield must not keep them.
func (w *logWalk) entries(ctx context.Context, heads []segmentHead, may map[int64]*placeSet, yield func(h *segmentHead, logs []placed) error) error {
	bySegment := make(map[int64]*segmentHead, len(may))
	segments := make([]int64, 0, len(may))
	for i := range heads {
		if number := heads[i].segment; may[number] != nil {
			bySegment[number] = &heads[i]
			segments = append(segments, number)
		}
	}
	if len(segments) == 0 {
		return nil
	}
	var c sqldb.Where
	c.Among(w.dialect, "segment", segments)
	order := ` ORDER BY segment`
	if w.newest {
		order += ` DESC`
	}
	logs := make([]placed, 0, segmentSize)
	return sqldb.Each(ctx, w.tx, `SELECT segment, entries FROM log_segment`+c.String()+order, c.Args, func(rows *sql.Rows) error {
		var segment int64
		var entries sql.RawBytes
		if err := rows.Scan(&segment, &entries); err != nil {
			return err
		}
		places, head, first := may[segment], bySegment[segment], segment<<segmentBits
		logs = logs[:0]
		err := readEntries(entries, head.wanted, func(place, owner int, created int64) {
			if places.has(place) && w.scope.within(created) && (!head.loose || !w.changed[first+int64(place)]) {
				logs = append(logs, placed{place, owner, created})
			}
		})
		if err != nil {
			return err
		}
		return yield(head, logs)
	})
}
