package admit

import (
	"runtime/metrics"
	"time"
)

// span is the time over which scheduling latencies count.
const span = 250 * time.Millisecond

// SchedulerDelay returns a reader of how many seconds goroutines waited for a processor, by the mean of the last quarter of a second. Where other
// programs use the processors too, few goroutines wait for long although there is little to do: a high percentile would take that for a load. It is for one
// goroutine.
func SchedulerDelay() func(now time.Time) float64 {
	const name = "/sched/latencies:seconds"
	sample := []metrics.Sample{{Name: name}}
	w := window{}
	return func(time.Time) float64 {
		metrics.Read(sample)
		if sample[0].Value.Kind() != metrics.KindFloat64Histogram { // of another version of Go
			return 0
		}
		h := sample[0].Value.Float64Histogram()
		return mean(w.add(h.Counts), h.Buckets)
	}
}

// window keeps the counts of a histogram that only grow, and tells what the last few added.
type window struct {
	kept [int(span / Every)][]uint64
	next int
	diff []uint64
}

// add takes the present counts, and returns what they have more than those a span ago. The result is valid until the next call.
func (w *window) add(counts []uint64) []uint64 {
	w.diff = append(w.diff[:0], counts...)
	old := w.kept[w.next]
	for i := range old {
		w.diff[i] -= old[i]
	}
	if old == nil { // the first ones count from the start on
		clear(w.diff)
	}
	w.kept[w.next] = append(old[:0], counts...)
	w.next = (w.next + 1) % len(w.kept)
	return w.diff
}

// leastEvents is how many goroutines must have waited for a mean to say something about the load.
const leastEvents = 200

// mean returns the mean of the events in a histogram, each taken for the lower end of its bucket, 0 if there were too few.
func mean(counts []uint64, buckets []float64) float64 {
	total, sum := uint64(0), 0.0
	for i, n := range counts {
		total += n
		if i > 0 { // the lower end of the first is infinite
			sum += float64(n) * buckets[i]
		}
	}
	if total < leastEvents {
		return 0
	}
	return sum / float64(total)
}

// LiveHeap returns a reader of how many bytes the last collection of garbage found in use. It is for one goroutine.
func LiveHeap() func(now time.Time) float64 {
	const name = "/gc/heap/live:bytes"
	sample := []metrics.Sample{{Name: name}}
	return func(time.Time) float64 {
		metrics.Read(sample)
		if sample[0].Value.Kind() != metrics.KindUint64 {
			return 0
		}
		return float64(sample[0].Value.Uint64())
	}
}
