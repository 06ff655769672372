package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/openloop-server/openloop/internal/store/facts"
	"github.com/openloop-server/openloop/internal/store/sqldb"
	"github.com/openloop-server/openloop/internal/trace"
)

// amountOf returns the amount that an order is by, and false if it is by time.
func amountOf(o trace.RowOrder) (trace.Amount, bool) {
	switch o {
	case trace.ByCost:
		return trace.Cost, true
	case trace.ByLatency:
		return trace.Latency, true
	case trace.ByTokens:
		return trace.Tokens, true
	default:
		return 0, false
	}
}

// weight is the position of a Log in a list by an amount. In lists that begin with the greatest the amount is negated, so that weights always
// ascend. An amount that is not known is infinite.
type weight struct {
	amount float64
	spot   spot
}

func (a weight) compare(b weight) int {
	return cmp.Or(cmp.Compare(a.amount, b.amount), a.spot.compare(b.spot))
}

func (a weight) key() trace.RowKey {
	if math.IsInf(a.amount, 0) {
		return a.spot.key(nil)
	}
	return a.spot.key(new(math.Abs(a.amount)))
}

// lookedAtMost is how many Logs a part of a list by an amount looks into.
const lookedAtMost = 4096

// heaviest collects the first Logs of a list by an amount.
type heaviest struct {
	walk   *logWalk
	amount trace.Amount
	sign   float64 // of the amount in a weight
	after  *weight // only Logs after it; nil for all
	room   int     // how many to collect
	first  []weight
	limit  *weight // the last of room; what comes after it is of no interest
	more   bool    // some did not fit
}

// byAmount reads a part of a list by an amount.
func (l *rowList) byAmount(ctx context.Context, list *trace.RowList, amount trace.Amount) (*trace.RowPage, error) {
	p := rowPart{size: list.Size, from: cmp.Or(list.Before, list.After), back: list.Before != nil}
	w, err := l.walk(ctx, !p.back)
	if err != nil {
		return nil, err
	}
	if err := l.total(ctx, w, &p); err != nil {
		return nil, err
	}
	w.late = nil // a part of the Logs would give other Logs than the greatest
	h := &heaviest{walk: w, amount: amount, sign: -1, room: p.size + 1}
	if p.back {
		h.sign = 1
	}
	if l.looksInto() {
		h.room = max(h.room, lookedAtMost)
	}
	if p.from != nil {
		h.after = new(h.weigh(p.from.Amount, w.spot(p.from.Seq, p.from.Created)))
	}
	if err := h.collect(ctx); err != nil {
		return nil, err
	}
	p.ended = !h.more
	for few := range slices.Chunk(h.first, maxStep) {
		if err := l.keepMatching(ctx, few, &p); err != nil {
			return nil, err
		}
		if last := few[len(few)-1].key(); len(p.found) > p.size || l.looksInto() && l.late() {
			p.stop, p.ended = &last, false
			break
		}
	}
	if n := len(h.first); !p.ended && p.stop == nil && n > 0 {
		p.stop = new(h.first[n-1].key())
	}
	return l.finish(ctx, &p)
}

// keepMatching adds the weights whose Logs match to what was found.
func (l *rowList) keepMatching(ctx context.Context, few []weight, p *rowPart) error {
	spots, err := l.matching(ctx, sqldb.Values(few, func(w weight) spot { return w.spot }))
	matches := make(map[int64]bool, len(spots))
	for _, s := range spots {
		matches[s.seq] = true
	}
	for _, w := range few {
		if matches[w.spot.seq] {
			p.found = append(p.found, w.key())
		}
	}
	p.looked += len(few)
	return err
}

// collect finds the first Logs, in order.
func (h *heaviest) collect(ctx context.Context) error {
	if err := h.collectLoose(ctx); err != nil {
		return err
	}
	for heads := range slices.Chunk(h.walk.segments, maxSegmentStep) {
		if err := h.collectSegments(ctx, heads); err != nil {
			return err
		}
	}
	h.keep()
	return nil
}

func (h *heaviest) weigh(amount *float64, s spot) weight {
	if amount == nil {
		return weight{-h.sign * math.Inf(1), s}
	}
	return weight{h.sign * *amount, s}
}

// add adds a Log unless it is of no interest.
func (h *heaviest) add(w weight) {
	if h.after != nil && w.compare(*h.after) <= 0 {
		return
	}
	if h.limit != nil && w.compare(*h.limit) > 0 {
		h.more = true
		return
	}
	if h.first = append(h.first, w); len(h.first) >= 2*h.room+maxStep {
		h.keep()
	}
}

// keep forgets all but the first.
func (h *heaviest) keep() {
	slices.SortFunc(h.first, weight.compare)
	if len(h.first) > h.room {
		h.first, h.more = h.first[:h.room], true
		h.limit = new(h.first[h.room-1])
	}
}

func (h *heaviest) collectLoose(ctx context.Context) error {
	for few := range slices.Chunk(h.walk.ahead, sqldb.MaxList) {
		amounts, err := h.walk.looseAmounts(ctx, numbers(few), h.amount)
		if err != nil {
			return err
		}
		for _, s := range few {
			h.add(h.weigh(amounts[s.number()], s))
		}
	}
	return nil
}

func (h *heaviest) collectSegments(ctx context.Context, heads []segmentHead) error {
	may, err := h.walk.decided(ctx, heads)
	if err != nil {
		return err
	}
	var left []*segmentHead
	for i := range heads {
		if may[heads[i].segment] != nil {
			left = append(left, &heads[i])
		}
	}
	column := facts.AmountColumn(h.amount)
	of, err := h.walk.columnsOf(ctx, left, []facts.Column{column})
	if err != nil {
		return err
	}
	amount := func(segment int64, place int) *float64 {
		if v, known := of[segment][column].(*facts.Numbers).At(place); known {
			return &v
		}
		return nil
	}
	for segment, places := range may { // only those that may be among the first
		places.keep(func(place int) bool {
			return h.limit == nil || h.weigh(amount(segment, place), spot{}).amount <= h.limit.amount
		})
		if places.empty() {
			delete(may, segment)
			h.more = true
		}
	}
	return h.walk.entries(ctx, heads, may, func(head *segmentHead, logs []placed) error {
		for _, l := range logs {
			s := h.walk.spot(head.segment<<segmentBits+int64(l.place), l.created)
			h.add(h.weigh(amount(head.segment, l.place), s))
		}
		return nil
	})
}
