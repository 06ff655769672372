package facts

import (
	"strconv"
	"testing"

	"github.com/openloop-server/openloop/internal/store/grams"
	"github.com/openloop-server/openloop/internal/trace"
)

// BenchmarkRareText reads a column of texts that all differ, and looks for one that is not there.
func BenchmarkRareText(b *testing.B) {
	builder := NewBuilder(grams.Places)
	for place := range grams.Places {
		builder.Add(place, &trace.Log{User: "cus_" + strconv.Itoa(place+1<<20)})
	}
	column := Column(trace.FactUser)
	blob := builder.Blob(column)
	narrow := NarrowingOf(&trace.RowFilter{Facts: map[trace.Fact]trace.Choice{trace.FactUser: {Any: []string{"cus_x"}}}})
	for _, step := range []string{"read", "look"} {
		b.Run(step, func(b *testing.B) {
			b.ReportAllocs()
			var of Decoded
			of[column], _ = Read(column, blob, grams.Places)
			for b.Loop() {
				if step == "read" {
					_, _ = Read(column, blob, grams.Places)
					continue
				}
				var places grams.PlaceSet
				places.Fill()
				narrow.Keep(&places, &of)
			}
		})
	}
}
