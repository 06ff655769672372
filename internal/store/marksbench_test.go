package store_test

import (
	"context"
	"testing"

	"github.com/openloop-server/openloop/internal/store"
)

// BenchmarkMarks reads the judgments of two Runs with 10,000 Logs each, judged by five Evaluators, one by one.
func BenchmarkMarks(b *testing.B) {
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db, err := store.Open(b.Context(), fresh(b))
			if err != nil {
				b.Fatal(err)
			}
			e := fillEvaluation(b, db, 2, 10_000, 5)
			runs, err := db.Runs(b.Context(), e.ID)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := db.Marks(b.Context(), e.ID, runs[0].ID, runs[1].ID); err != nil {
					b.Fatal(err)
				}
			}
			if err := db.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
		})
	}
}
