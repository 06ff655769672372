package suite

import (
	"context"
	"fmt"
	"time"

	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// measure makes one run of one target.
type measure func(ctx context.Context, s *stack, t *target) (figures, error)

// benchCase is one situation and the figures wanted of it.
type benchCase struct {
	name, title string
	upstream    upstream.Config
	work        work
	slowDisk    bool // of the server under test
	measure     measure
	metrics     []report.Metric
}

// Settings of the two kinds of stream, and of the open loops.
const (
	streamChunks = 100
	chunkText    = 6
	pace         = 10 * time.Millisecond
	thinking     = 60 * time.Millisecond // of the upstream, before it answers
	openConns    = 128
)

// work is what the calls of a case ask for.
type work struct {
	chat     func(endpoint) (requests, error)   // of all but the server under test
	openloop func(key string) (requests, error) // of the server under test, for the same answers
	path     string                             // of the File that its Logs belong to
	lane     string                             // that its calls take; "" for those of a saved Prompt
}

// prompted are calls of a saved Prompt.
func prompted() work { return work{chat: chatRequests, openloop: callRequests, path: promptPath} }

// cases are all situations in the order of the report.
func (b *Bench) cases() []benchCase {
	var out []benchCase
	for _, conns := range []int{1, 16, 64, 256, 1000} {
		out = append(out, b.throughput(conns))
	}
	for _, rate := range []float64{200, 1000} {
		out = append(out, b.latency(rate))
	}
	out = append(out, b.pacedStream(), b.flatStream(), b.memory(), b.startup())
	for i := range out {
		out[i].work = prompted()
	}
	return append(out, b.ingress()...)
}

func (b *Bench) throughput(conns int) benchCase {
	speed := report.Metric{Name: nameCalls, Unit: "calls/s", Compare: true}
	cpu := report.Metric{Name: nameCallCPU, Unit: "s", Digits: 2, Compare: true}
	if conns == 64 {
		speed.Aim = report.Aim{Ratio: true, AtLeast: 0.83}
		cpu.Aim = report.Aim{Ratio: true, AtMost: 1.4}
	}
	return benchCase{
		name:    fmt.Sprintf("throughput/%d", conns),
		title:   fmt.Sprintf("%d connections, each calls again once answered", conns),
		measure: b.closed(conns, false),
		metrics: []report.Metric{speed, cpu, milliseconds("p50"), milliseconds("p99")},
	}
}

func (b *Bench) latency(rate float64) benchCase {
	added := milliseconds("added p50")
	added.Aim = report.Aim{AtMost: 1}
	return benchCase{
		name:     fmt.Sprintf("latency/%g", rate),
		title:    fmt.Sprintf("%g calls a second, upstream takes %v", rate, thinking),
		upstream: upstream.Config{Latency: thinking},
		measure:  b.open(rate, false),
		metrics: []report.Metric{
			milliseconds("p50"), milliseconds("p90"), milliseconds("p99"),
			added, milliseconds("added p90"), milliseconds("added p99"),
			{Name: nameCallCPU, Unit: "s", Digits: 2, Compare: true},
		},
	}
}

func (b *Bench) pacedStream() benchCase {
	const rate = 60
	return benchCase{
		name:     "stream/paced",
		title:    fmt.Sprintf("%d streams a second of %d chunks, one each %v, first after %v", rate, streamChunks, pace, thinking),
		upstream: upstream.Config{Latency: thinking, Chunks: streamChunks, ChunkText: chunkText, Pace: pace},
		measure:  b.open(rate, true),
		metrics: []report.Metric{
			{Name: nameChunkCPU, Unit: "µs", Digits: 1, Compare: true},
			milliseconds("first token p50"), milliseconds("first token p90"), milliseconds("first token p99"),
			milliseconds("added first token p50"), milliseconds("added first token p90"), milliseconds("added first token p99"),
		},
	}
}

func (b *Bench) flatStream() benchCase {
	return benchCase{
		name:     "stream/flat-out",
		title:    fmt.Sprintf("16 connections, streams of %d chunks without a pause", streamChunks),
		upstream: upstream.Config{Chunks: streamChunks, ChunkText: chunkText},
		measure:  b.closed(16, true),
		metrics: []report.Metric{
			{Name: nameChunks, Unit: "chunks/s", Compare: true},
			{Name: nameChunkCPU, Unit: "µs", Digits: 1, Compare: true, Aim: report.Aim{AtMost: 14}},
			milliseconds("first token p50"), milliseconds("first token p99"),
		},
	}
}

func (b *Bench) memory() benchCase {
	megabytes := func(name string) report.Metric {
		return report.Metric{Name: name, Unit: "MB", Digits: 1, Compare: true}
	}
	idle := megabytes(nameIdle)
	idle.Aim = report.Aim{AtMost: 40}
	return benchCase{
		name:    "memory",
		title:   "resident, after one call and after load from 64 connections",
		measure: b.occupied,
		metrics: []report.Metric{idle, megabytes(nameAfterLoad), megabytes(namePeak)},
	}
}

func (b *Bench) startup() benchCase {
	return benchCase{
		name:    "startup",
		title:   "from the program's start until it is ready",
		measure: b.started,
		metrics: []report.Metric{milliseconds(nameFirstStart), milliseconds(nameRestart)},
	}
}

func milliseconds(name string) report.Metric {
	return report.Metric{Name: name, Unit: "ms", Digits: 2}
}
