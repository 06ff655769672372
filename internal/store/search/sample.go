package search

import (
	"cmp"
	"context"
	"slices"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/trace"
)

// samplePage reads a page of a sample. A hash of each Log's number is its ticket, and the matching Logs with the smallest tickets are the
// sample. So the sample is spread evenly, and it is the same for every page.
func (l *logList) samplePage(ctx context.Context) ([]*trace.Log, int, error) {
	f := l.filter
	var picked []spot
	for room := l.lotteryRoom(); ; room *= 8 {
		drawn, all, err := l.draw(ctx, room)
		if err == nil {
			picked, err = l.winners(ctx, drawn)
		}
		if err != nil {
			return nil, 0, err
		}
		if all || len(picked) == f.Sample {
			break
		}
	}
	slices.SortFunc(picked, spot.compare)
	first := min(f.Page.Offset(), len(picked))
	page, err := l.read(ctx, picked[first:min(first+max(f.Page.Size, 0), len(picked))])
	return page, len(picked), err
}

// lotteryRoom returns how many Logs to draw at first. As many of them as the sample has must match.
func (l *logList) lotteryRoom() int {
	if l.looksInto() {
		return max(4*l.filter.Sample, exactWork)
	}
	return l.filter.Sample
}

// draw returns the room Logs with the smallest tickets, by ticket, and whether these are all Logs.
func (l *logList) draw(ctx context.Context, room int) (drawn []spot, all bool, err error) {
	w, err := l.walk(ctx)
	if err != nil {
		return nil, false, err
	}
	w.anyOrder = true
	limit, all := ^uint64(0), true
	keep := func() {
		slices.SortFunc(drawn, func(a, b spot) int { return cmp.Compare(grams.Mix(a.number()), grams.Mix(b.number())) })
		if len(drawn) > room {
			drawn, limit, all = drawn[:room], grams.Mix(drawn[room-1].number()), false
		}
	}
	for {
		spots, err := w.next(ctx, maxStep)
		if err != nil {
			return nil, false, err
		}
		if len(spots) == 0 {
			keep()
			return drawn, all, nil
		}
		for _, s := range spots {
			if grams.Mix(s.number()) <= limit {
				drawn = append(drawn, s)
			}
		}
		if len(drawn) >= 2*room+maxStep {
			keep()
		}
	}
}

// winners returns the first Logs of drawn that match, as many as the sample has.
func (l *logList) winners(ctx context.Context, drawn []spot) ([]spot, error) {
	var picked []spot
	for few := range slices.Chunk(drawn, maxStep) {
		spots, err := l.matching(ctx, few)
		if err != nil {
			return nil, err
		}
		if picked = append(picked, spots...); len(picked) >= l.filter.Sample {
			return picked[:l.filter.Sample], nil
		}
	}
	return picked, nil
}
