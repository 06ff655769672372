package grams

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// BenchmarkBuildSegment gathers the texts of a segment and writes its rows. It reports the time for one Log.
func BenchmarkBuildSegment(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	words := strings.Fields(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 15))
	for range 2000 {
		words = append(words, fmt.Sprintf("%x", r.Uint32N(1<<20)))
	}
	texts := make([]string, Places)
	for i := range texts {
		for range 150 {
			n := r.IntN(len(words))
			texts[i] += words[r.IntN(n+1)] + " "
		}
	}
	bytes := 0
	for b.Loop() {
		rows := rowsOf(Said, func(place int) string { return texts[place] })
		bytes = 0
		for _, row := range rows.slots {
			bytes += len(row)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/Places, "µs/Log")
	b.ReportMetric(float64(bytes)/Places, "bytes/Log")
}
