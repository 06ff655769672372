package admit

import (
	"runtime/metrics"
	"time"
)

// SchedulerDelay returns a reader of how many seconds a goroutine waits for a processor that becomes able to run now. It is for one goroutine.
//
// It goes by means. Where other programs use the processors too, few goroutines wait for long although there is little to do: a high percentile would take
// that for a load.
func SchedulerDelay() func(now time.Time) float64 {
	const waits, waiting = "/sched/latencies:seconds", "/sched/goroutines/runnable:goroutines"
	samples := []metrics.Sample{{Name: waits}, {Name: waiting}}
	var h histogram
	return Wait(func() Queue {
		metrics.Read(samples)
		if samples[0].Value.Kind() != metrics.KindFloat64Histogram || samples[1].Value.Kind() != metrics.KindUint64 { // of another version of Go
			return Queue{}
		}
		now := samples[0].Value.Float64Histogram()
		left, mean := h.add(now.Counts, now.Buckets)
		return Queue{Waiting: int(samples[1].Value.Uint64()), Left: left, Oldest: mean} //nolint:gosec // goroutines are fewer than fit
	})
}

// histogram keeps the counts of one that only grows.
type histogram struct{ last []uint64 }

// leastEvents is how many goroutines must have waited between two looks, for a mean to say something about the load.
const leastEvents = 50

// add takes the present counts. It returns how many there are in all, and the mean of those that came since the last time, each taken for the lower end
// of its bucket; 0 if they are too few.
func (h *histogram) add(counts []uint64, buckets []float64) (total uint64, mean time.Duration) {
	events, sum := uint64(0), 0.0
	for i, n := range counts {
		total += n
		if h.last != nil {
			n -= h.last[i]
		}
		events += n
		if i > 0 { // the lower end of the first is infinite
			sum += float64(n) * buckets[i]
		}
	}
	first := h.last == nil // these count from the start of the process on
	h.last = append(h.last[:0], counts...)
	if first || events < leastEvents {
		return total, 0
	}
	return total, time.Duration(sum / float64(events) * float64(time.Second))
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
