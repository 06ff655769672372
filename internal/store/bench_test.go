package store_test

import (
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/openloop-server/openloop/internal/file"
	"github.com/openloop-server/openloop/internal/ids"
	"github.com/openloop-server/openloop/internal/json"
	"github.com/openloop-server/openloop/internal/llm"
	"github.com/openloop-server/openloop/internal/store"
	"github.com/openloop-server/openloop/internal/trace"
)

// BenchmarkAppendLog appends Logs with a payload of about one kilobyte, and reports the CPU time of the process for each.
func BenchmarkAppendLog(b *testing.B) {
	for name, fresh := range databases {
		for _, writers := range []int{1, 8, 64} {
			b.Run(name+"/"+strconv.Itoa(writers), func(b *testing.B) { benchmarkAppend(b, fresh(b), writers) })
		}
	}
}

func benchmarkAppend(b *testing.B, o store.Options, writers int) {
	db, err := store.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	content := json.Value(`{"model":"echo"}`)
	snap, _, err := db.SaveVersion(b.Context(), store.Save{Kind: file.PromptKind, Path: "bench", Content: content, Hash: "h"})
	if err != nil {
		b.Fatal(err)
	}
	start, cpu := time.Now(), cpuTime()
	b.ResetTimer()
	var n atomic.Int64
	done := make(chan error, writers)
	for range writers {
		go func() {
			for n.Add(1) <= int64(b.N) {
				if err := db.AppendLog(b.Context(), benchLog(&snap)); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "rows/s")
	b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/1e3/float64(b.N), "cpu-µs/row")
	if err := db.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func benchLog(s *file.Snapshot) *trace.Log {
	now := time.Now()
	text := strings.Repeat("text ", 60)
	return &trace.Log{
		ID: ids.New(ids.Log, now), Kind: file.PromptKind, FileID: s.File.ID, VersionID: s.Version.ID, CreatedAt: now, StartTime: now, EndTime: now,
		Provider: "openai", Model: "gpt-4o-mini", FinishReason: "stop", Source: "bench", User: "someone", CreatedBy: "key_1",
		Usage:        llm.Usage{Input: 100, Output: 50, Known: true, Raw: json.Value(`{"prompt_tokens":100,"completion_tokens":50}`)},
		PromptTokens: new(int64(100)), OutputTokens: new(int64(50)), PromptCost: new(0.001), OutputCost: new(0.002), Latency: new(0.5),
		Metadata: json.Value(`{"team":"a"}`),
		Payload: trace.Payload{
			Inputs:        json.Value(`{"question":"` + text + `"}`),
			Messages:      []llm.Message{{Role: llm.User, Content: llm.Text(text)}},
			Output:        new(text),
			OutputMessage: &llm.Message{Role: llm.Assistant, Content: llm.Text(text)},
		},
	}
}

func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
