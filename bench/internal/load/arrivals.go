package load

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Outcome is what became of a call that came whatever the server did.
type Outcome int

// The outcomes.
const (
	Answered   Outcome = iota // in time
	Late                      // the right answer, after the caller's patience
	TurnedAway                // the server said to come again later
	Lost                      // another answer or none, or there was no connection for it in time
)

// Tried makes one call, and says what came of it. A call that failed is [Lost].
type Tried func() Outcome

// Arrivals is what became of the calls of one class.
type Arrivals struct {
	Offered int
	Of      [Lost + 1]int   // by outcome
	Latency []time.Duration // of those answered, in time or late, in ascending order: from when each was due
}

// Share is the part of the calls with an outcome.
func (a *Arrivals) Share(o Outcome) float64 { return float64(a.Of[o]) / float64(max(a.Offered, 1)) }

func (a *Arrivals) add(b *Arrivals) {
	a.Offered += b.Offered
	for i, n := range b.Of {
		a.Of[i] += n
	}
	a.Latency = append(a.Latency, b.Latency...)
}

// Sum adds up classes.
func Sum(classes []Arrivals) Arrivals {
	var all Arrivals
	for i := range classes {
		all.add(&classes[i])
	}
	slices.Sort(all.Latency)
	return all
}

// Overload makes rate calls a second for d, evenly spaced, whatever becomes of them. The class of the i-th call is pattern[i % len(pattern)], and
// callers[k][class] makes it over the k-th connection. A call that finds no free connection within patience is lost, as that of a client which gives
// up. It waits for all answers.
func Overload(ctx context.Context, callers [][]Tried, pattern []int, rate float64, d, patience time.Duration, sleep func(time.Duration)) []Arrivals {
	classes := slices.Max(pattern) + 1
	type call struct {
		at    time.Time
		class int
	}
	due := make(chan call, int(rate*patience.Seconds())+1)
	total := make([]Arrivals, classes)
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, own := range callers {
		all.Go(func() {
			sums := make([]Arrivals, classes)
			for c := range due {
				sums[c.class].record(c.at, patience, own[c.class])
			}
			mu.Lock()
			defer mu.Unlock()
			for i := range sums {
				total[i].add(&sums[i])
			}
		})
	}
	lost := make([]int, classes)
	start := time.Now()
	for i := range int(rate * d.Seconds()) {
		c := call{start.Add(time.Duration(float64(i) / rate * float64(time.Second))), pattern[i%len(pattern)]}
		if wait := time.Until(c.at); wait > 0 {
			sleep(wait)
		}
		if ctx.Err() != nil {
			break
		}
		select {
		case due <- c:
		default:
			lost[c.class]++
		}
	}
	close(due)
	all.Wait()
	for i, n := range lost {
		total[i].Offered += n
		total[i].Of[Lost] += n
		slices.Sort(total[i].Latency)
	}
	return total
}

func (a *Arrivals) record(at time.Time, patience time.Duration, try Tried) {
	a.Offered++
	if time.Since(at) > patience {
		a.Of[Lost]++
		return
	}
	o := try()
	took := time.Since(at)
	if o == Answered && took > patience {
		o = Late
	}
	if o == Answered || o == Late {
		a.Latency = append(a.Latency, took)
	}
	a.Of[o]++
}
