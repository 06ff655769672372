package admit

import (
	"runtime/metrics"
	"time"
)

// span is the time over which scheduling latencies count.
const span = 250 * time.Millisecond

// SchedulerDelay returns a reader of how many seconds goroutines waited for a processor, by the 99th percentile of the last quarter of a second. It
// is for one goroutine.
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
		return percentile(w.add(h.Counts), h.Buckets, 0.99)
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

// leastEvents is how many goroutines must have waited for a percentile to mean something.
const leastEvents = 200

// percentile returns the upper end of the bucket that has the part p of all events below it, 0 if there were too few.
func percentile(counts []uint64, buckets []float64, p float64) float64 {
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	if total < leastEvents {
		return 0
	}
	left := uint64(float64(total) * (1 - p)) // above it
	for i := len(counts) - 1; i > 0; i-- {
		if counts[i] > left {
			return buckets[i] // the lower end: the upper one of the last is infinite
		}
		left -= counts[i]
	}
	return 0
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
