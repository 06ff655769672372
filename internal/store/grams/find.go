package grams

import (
	"context"
	"slices"
)

// Condition is what a Log must have: all grams of at least one of the choices.
type Condition [][]Gram

// Read calls yield with those of the numbered rows that there are. The row of a slot of a segment has the number segment*[Slots] + slot.
// yield must not keep lists.
type Read func(ctx context.Context, rows []int64, yield func(row int64, lists []byte) error) error

// Grams are looked up a few at once, the rarest first. They suffice in a segment that has no more than maxCandidates places left.
const (
	gramsAtOnce   = 4
	maxCandidates = 2
	maxGrams      = 24 // of a choice
)

// Find removes from may, by segment, places whose Logs do not meet the conditions, and segments that have no places left. Some places may
// stay whose Logs do not meet them.
func Find(ctx context.Context, may map[int64]*PlaceSet, conditions []Condition, read Read) error {
	for _, condition := range conditions {
		if err := read.restrict(ctx, may, condition); err != nil {
			return err
		}
	}
	return nil
}

// restrict removes the places whose Logs do not meet the condition.
func (read Read) restrict(ctx context.Context, may map[int64]*PlaceSet, condition Condition) error {
	all := make(map[int64]*PlaceSet, len(may))
	for _, grams := range condition {
		one := make(map[int64]*PlaceSet, len(may))
		for segment, places := range may {
			one[segment] = new(*places)
		}
		grams = grams[:min(len(grams), maxGrams)]
		for few := range slices.Chunk(grams, gramsAtOnce) {
			if err := read.holding(ctx, one, few); err != nil {
				return err
			}
		}
		for segment, places := range one {
			if all[segment] == nil {
				all[segment] = new(PlaceSet)
			}
			all[segment].Or(places)
		}
	}
	for segment, places := range may {
		if found := all[segment]; found == nil {
			delete(may, segment)
		} else if places.And(found); places.Empty() {
			delete(may, segment)
		}
	}
	return nil
}

// holding keeps the places whose Logs have these grams, in the segments that still have many places.
func (read Read) holding(ctx context.Context, may map[int64]*PlaceSet, grams []Gram) error {
	bySlot := map[int64][]Gram{}
	for _, g := range grams {
		bySlot[g.Slot()] = append(bySlot[g.Slot()], g)
	}
	var wanted []int64
	left := map[int64]int{} // by segment: rows that were not read
	for segment, places := range may {
		if places.Len() <= maxCandidates {
			continue
		}
		left[segment] = len(bySlot)
		for slot := range bySlot {
			wanted = append(wanted, segment*Slots+slot)
		}
	}
	err := read(ctx, wanted, func(row int64, lists []byte) error {
		segment := row / Slots
		left[segment]--
		for _, g := range bySlot[row%Slots] {
			holders, err := readList(lists, g)
			if err != nil {
				return err
			}
			may[segment].And(&holders)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for segment, n := range left {
		if n > 0 {
			delete(may, segment) // one of the grams is in none of its Logs
		}
	}
	return nil
}
