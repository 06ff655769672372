package admit

import (
	"math"
	"time"
)

// Queue is a queue at a moment.
type Queue struct {
	Waiting int           // in it
	Left    uint64        // it until now
	Oldest  time.Duration // how long the first in it has waited, or those have on average that left it last
}

// Wait returns a reader of how many seconds somebody waits who enters a queue now: how many wait, by how many leave in a second. It is for one goroutine.
//
// How long the first in the queue has waited would say how things stood when it came. A server that turns requests away by that always does too much
// or too little, and the more the longer the queue is.
func Wait(look func() Queue) func(now time.Time) float64 {
	var last time.Time
	var left uint64
	rate, empty := 0.0, true // at which they leave a queue that is not empty
	return func(now time.Time) float64 {
		q := look()
		if passed := now.Sub(last).Seconds(); !last.IsZero() && passed > 0 {
			weight := weightOf(now.Sub(last))
			if empty || rate == 0 { // it told nothing: as many left as came, or none
				weight = 1
			}
			rate += (float64(q.Left-left)/passed - rate) * weight
		}
		last, left, empty = now, q.Left, q.Waiting == 0
		if q.Waiting == 0 {
			return 0
		}
		return min(float64(q.Waiting)/max(rate, math.SmallestNonzeroFloat64), surely*q.Oldest.Seconds())
	}
}

// surely is how many times the wait of the first in a queue is believed for one that comes now. It bounds the wait in a queue that was empty before.
const surely = 4

// weightOf is the weight of a value that is passed after the last one, in a mean over the time of smooth.
func weightOf(passed time.Duration) float64 {
	return 1 - math.Exp(-passed.Seconds()/smooth.Seconds())
}
