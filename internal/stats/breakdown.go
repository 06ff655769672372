package stats

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// Breakdown adds up figures by what they are of and when they are from.
type Breakdown struct {
	Period
	Total  Figures // of the range
	Before Figures // of the range of the same length before

	by     Fields
	points bool
	groups map[Series]*Group
}

// Group is what is added up of the Logs with the same fields.
type Group struct {
	Series // the fields that the Breakdown tells apart
	Total  Figures
	Points map[int64]*Figures // by the beginning of the interval, in seconds since 1970; nil if the Breakdown has none
}

// NewBreakdown returns a Breakdown of the range r that tells the fields of by apart. With points it also tells the intervals of each group apart.
func NewBreakdown(r Period, by Fields, points bool) *Breakdown {
	return &Breakdown{Period: r, by: by, points: points, groups: map[Series]*Group{}}
}

// Group returns the group of s.
func (t *Breakdown) Group(s *Series) *Group {
	key := s.Only(t.by)
	g := t.groups[key]
	if g == nil {
		g = &Group{Series: key}
		if t.points {
			g.Points = map[int64]*Figures{}
		}
		t.groups[key] = g
	}
	return g
}

// Holds reports whether t adds up the Logs of a moment: those of its range, and of the range of the same length before.
func (t *Breakdown) Holds(at time.Time) bool { return at.Before(t.To) && !at.Before(t.Period.Before()) }

// Slot is where a Breakdown adds up the figures of an interval.
type Slot int64

const before Slot = math.MinInt64 // the range before; others are the beginning of an interval, in seconds since 1970

// Slot returns the slot of a moment that t holds.
func (t *Breakdown) Slot(at time.Time) Slot {
	if at.Before(t.From) {
		return before
	}
	return Slot(Floor(at, t.Interval).Unix())
}

// Figures returns the figures to which those of a group are added at a slot. [Breakdown.Sum] adds up the rest.
func (t *Breakdown) Figures(g *Group, at Slot) *Figures {
	switch {
	case at == before:
		return &t.Before
	case g.Points == nil:
		return &g.Total
	case g.Points[int64(at)] == nil:
		g.Points[int64(at)] = new(Figures)
	}
	return g.Points[int64(at)]
}

// Sum adds up what follows from other figures. It is called once, when all figures are there.
func (t *Breakdown) Sum() {
	for _, g := range t.groups {
		for _, f := range g.Points {
			g.Total.Add(f)
		}
		t.Total.Add(&g.Total)
	}
}

// Order compares the figures of two groups: the larger comes first.
type Order func(a, b *Figures) int

// The orders.
var (
	Calls    Order = func(a, b *Figures) int { return cmp.Compare(b.Calls, a.Calls) }
	Failures Order = func(a, b *Figures) int { return cmp.Compare(b.Failures, a.Failures) }
	Costs    Order = func(a, b *Figures) int { return b.Cost.Compare(a.Cost) }
	Latency  Order = func(a, b *Figures) int { return cmp.Compare(b.Latencies.Quantile(0.95), a.Latencies.Quantile(0.95)) }
)

// Groups returns the groups that had Logs within the range, in an order.
func (t *Breakdown) Groups(by Order) []*Group {
	list := slices.DeleteFunc(slices.Collect(maps.Values(t.groups)), func(g *Group) bool { return g.Total.IsZero() })
	slices.SortFunc(list, func(a, b *Group) int {
		return cmp.Or(by(&a.Total, &b.Total), Calls(&a.Total, &b.Total), compare(&a.Series, &b.Series))
	})
	return list
}

func compare(a, b *Series) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Kind, b.Kind), slices.CompareFunc(
		list(a), list(b), func(x, y *string) int { return cmp.Compare(*x, *y) }))
}

func list(s *Series) []*string {
	texts := s.texts()
	return texts[:]
}

// Rest returns the sum of groups.
func Rest(groups []*Group) *Group {
	sum := &Group{Points: map[int64]*Figures{}}
	for _, g := range groups {
		sum.Total.Add(&g.Total)
		for start, f := range g.Points {
			if sum.Points[start] == nil {
				sum.Points[start] = new(Figures)
			}
			sum.Points[start].Add(f)
		}
	}
	return sum
}
