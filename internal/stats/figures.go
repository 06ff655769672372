package stats

import (
	"encoding/binary"
	"errors"
	"math"
)

// Figures are what Logs add up to.
type Figures struct {
	Calls       int64
	Failures    int64
	Cost        Cost  // of those whose cost is known
	CostUnknown int64 // Logs of models that should have a cost, and whose cost is not known
	Tokens      Tokens
	Timed       int64 // Logs whose latency is known
	Latency     int64 // the sum of these, in microseconds
	Latencies   Histogram
	First, Last int64 // when failures happened, in microseconds since 1970; 0 for none
}

// Tokens counts tokens, each in one of the fields.
type Tokens struct{ Input, CachedInput, CacheWrite, Output, Reasoning int64 }

// Time counts a Log that took that many seconds.
func (f *Figures) Time(seconds float64) {
	f.Timed++
	f.Latency += int64(math.Round(min(max(seconds, 0), 1e9) * 1e6))
	f.Latencies.add(stepOf(seconds), 1)
}

// Add adds g to f.
func (f *Figures) Add(g *Figures) {
	f.add(g, 1)
	f.Cost = f.Cost.Plus(g.Cost)
	if g.First != 0 && (f.First == 0 || g.First < f.First) {
		f.First = g.First
	}
	f.Last = max(f.Last, g.Last)
}

// Subtract takes g, which was added before, away from f. The times of failures stay.
func (f *Figures) Subtract(g *Figures) {
	f.add(g, -1)
	f.Cost = f.Cost.Minus(g.Cost)
}

func (f *Figures) add(g *Figures, times int64) {
	into := f.counts()
	for i, n := range g.counts() {
		*into[i] += times * *n
	}
	for _, s := range g.Latencies {
		f.Latencies.add(s.at, times*s.n)
	}
}

// counts are the numbers that are added one by one.
func (f *Figures) counts() [10]*int64 {
	t := &f.Tokens
	return [...]*int64{
		&f.Calls, &f.Failures, &f.CostUnknown, &f.Timed, &f.Latency, &t.Input, &t.CachedInput, &t.CacheWrite, &t.Output, &t.Reasoning,
	}
}

// numbers are all numbers, in the order in which they are encoded. New ones come last.
func (f *Figures) numbers() [14]*int64 {
	c := f.counts()
	return [...]*int64{c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9], &f.Cost.dollars, &f.Cost.part, &f.First, &f.Last}
}

// IsZero reports whether f is of no Logs.
func (f *Figures) IsZero() bool {
	for _, n := range f.counts() {
		if *n != 0 {
			return false
		}
	}
	return f.Cost == Cost{} && len(f.Latencies) == 0
}

var errShort = errors.New("figures end too early")

// Append appends f to b: a bit for each number that is not 0, these numbers, and the histogram.
func (f *Figures) Append(b []byte) []byte {
	numbers, set := f.numbers(), uint64(0)
	for i, n := range numbers {
		if *n != 0 {
			set |= 1 << i
		}
	}
	b = binary.AppendUvarint(b, set)
	for _, n := range numbers {
		if *n != 0 {
			b = binary.AppendVarint(b, *n)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(f.Latencies)))
	for _, s := range f.Latencies {
		b = binary.AppendVarint(append(b, s.at), s.n)
	}
	return b
}

// AddEncoded adds the figures at the beginning of b to f, and returns the rest of b.
func (f *Figures) AddEncoded(b []byte) ([]byte, error) {
	var g Figures
	set, b := uvarint(b)
	for i, n := range g.numbers() {
		if set&(1<<i) != 0 {
			*n, b = varint(b)
		}
	}
	steps, b := uvarint(b)
	for range min(steps, 256) {
		if len(b) == 0 {
			return nil, errShort
		}
		at := b[0]
		n, rest := varint(b[1:])
		f.Latencies.add(at, n)
		b = rest
	}
	if b == nil {
		return nil, errShort
	}
	f.Add(&g)
	return b, nil
}

// uvarint reads a number. What it returns after an error is 0 and nil, for which it returns the same.
func uvarint(b []byte) (uint64, []byte) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil
	}
	return n, b[size:]
}

// varint is [uvarint] for a number with a sign.
func varint(b []byte) (int64, []byte) {
	n, size := binary.Varint(b)
	if size <= 0 {
		return 0, nil
	}
	return n, b[size:]
}
