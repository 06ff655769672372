package store_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/judgment"
	"github.com/openloop-server/openloop/internal/store"
)

// BenchmarkBigRun makes Runs of 100,000 datapoints, with their tasks, and cancels them.
func BenchmarkBigRun(b *testing.B) {
	const places = 100_000
	for name, fresh := range databases {
		b.Run(name, func(b *testing.B) {
			db, err := store.Open(b.Context(), fresh(b))
			if err != nil {
				b.Fatal(err)
			}
			evaluation, n := taskBench(b, db, places)
			var create, cancel, createCPU, cancelCPU time.Duration
			for b.Loop() {
				start, cpu := time.Now(), processorTime(b)
				r, err := db.CreateRun(b.Context(), evaluation, n)
				if err != nil {
					b.Fatal(err)
				}
				made, madeCPU := time.Now(), processorTime(b)
				if _, err := db.UpdateRun(b.Context(), evaluation, r.ID, store.RunChange{Close: judgment.Cancelled}); err != nil {
					b.Fatal(err)
				}
				create, createCPU = create+made.Sub(start), createCPU+madeCPU-cpu
				cancel, cancelCPU = cancel+time.Since(made), cancelCPU+processorTime(b)-madeCPU
			}
			for unit, spent := range map[string]time.Duration{"create-ms": create, "create-cpu-ms": createCPU, "cancel-ms": cancel, "cancel-cpu-ms": cancelCPU} {
				b.ReportMetric(float64(spent.Milliseconds())/float64(b.N), unit)
			}
			if err := db.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// processorTime is what this process has spent; of PostgreSQL it is only our part.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
