package store_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// BenchmarkDataset makes 100,000 datapoints of about 140 bytes, and adds to and reads of as many.
func BenchmarkDataset(b *testing.B) {
	const many = 100_000
	points := benchDatapoints(b, 0, many)
	for name, fresh := range databases {
		db, err := store.Open(b.Context(), fresh(b))
		if err != nil {
			b.Fatal(err)
		}
		save := func(path string, action file.Action, list []file.SealedDatapoint) file.Snapshot {
			snap, _, err := db.SaveDataset(b.Context(), store.DatasetSave{Save: store.Save{Path: path}, Action: action, Datapoints: list})
			if err != nil {
				b.Fatal(err)
			}
			return snap
		}
		made := 0
		b.Run(name+"/set 100,000", func(b *testing.B) {
			cpu := cpuTime()
			for b.Loop() {
				made++
				save("set/"+strconv.Itoa(made), file.SetDatapoints, points)
			}
			b.ReportMetric(float64((cpuTime()-cpu).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
		b.Run(name+"/add 1 to 100,000", func(b *testing.B) {
			save("add", file.SetDatapoints, points)
			for b.Loop() {
				made++
				save("add", file.AddDatapoints, benchDatapoints(b, many+made, many+made+1))
			}
		})
		b.Run(name+"/add 1 to 1,000 versions", func(b *testing.B) {
			for made++; made%1000 != 0; made++ {
				save("versions", file.AddDatapoints, points[made%1000:made%1000+1])
			}
			for b.Loop() {
				made++
				save("versions", file.AddDatapoints, points[1000+made:1001+made])
			}
		})
		b.Run(name+"/last 1,000 of 100,000", func(b *testing.B) {
			snap := save("set/1", file.SetDatapoints, points)
			for b.Loop() {
				if list, _, err := db.Datapoints(b.Context(), snap.Version.ID, trace.Page{Number: many / 1000, Size: 1000}); err != nil || len(list) != 1000 {
					b.Fatal(len(list), err)
				}
			}
		})
		if err := db.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func benchDatapoints(b *testing.B, from, to int) []file.SealedDatapoint {
	b.Helper()
	var out []file.SealedDatapoint
	for i := from; i < to; i++ {
		d := file.Datapoint{
			Inputs: map[string]string{"question": fmt.Sprintf("What is the answer to question number %d, asked by a customer of ours?", i)},
			Target: json.Value(fmt.Sprintf(`{"output":"The answer to question %d."}`, i)),
		}
		sealed, err := d.Seal()
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, sealed)
	}
	return out
}
