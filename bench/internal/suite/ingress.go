package suite

import (
	"context"
	"errors"
	"fmt"

	"github.com/openloop-server/openloop/bench/internal/load"
	"github.com/openloop-server/openloop/bench/internal/process"
	"github.com/openloop-server/openloop/bench/internal/report"
	"github.com/openloop-server/openloop/bench/internal/upstream"
)

// lane is a way of requests through the server under test, with what is wished for it.
type lane struct {
	name   string
	greet  func(key string) (requests, error)
	coding func(key string) (requests, error)

	p50, p99   float64 // added to a call, milliseconds
	chunk      float64 // processor time, µs
	throughput float64 // of the proxy's
	stream     float64 // memory of an open one, KB
}

// lanes are the two ways. Where the chat goes on as it is, it is what a client of OpenAI's sends; where it is translated, a client of Anthropic's.
func lanes() []lane {
	return []lane{
		{name: "native", greet: nativeRequests, coding: nativeCoding, p50: 0.4, p99: 2, chunk: 12, throughput: 0.80, stream: 40},
		{name: "portable", greet: portableRequests, coding: portableCoding, p50: 0.7, p99: 3, chunk: 20, throughput: 0.70, stream: 48},
	}
}

// ingress are the cases about clients of OpenAI and Anthropic.
func (b *Bench) ingress() []benchCase {
	var out []benchCase
	for _, l := range lanes() {
		greet := work{chat: chatRequests, openloop: l.greet, path: directPath, lane: l.name}
		coding := work{chat: codingRequests, openloop: l.coding, path: directPath, lane: l.name}
		for _, c := range []benchCase{l.latency(b), l.speed(b), l.chunks(b), l.open(b)} {
			c.work = greet
			out = append(out, c)
		}
		c := l.code(b)
		c.work = coding
		out = append(out, c)
	}
	for i := range out {
		out[i].name = "ingress/" + out[i].work.lane + "/" + out[i].name
	}
	return out
}

func (l *lane) latency(b *Bench) benchCase {
	c := b.latency(200)
	c.name = "latency"
	for i := range c.metrics {
		switch m := &c.metrics[i]; m.Name {
		case added + "p50":
			m.Aim = report.Aim{AtMost: l.p50}
		case added + "p99":
			m.Aim = report.Aim{AtMost: l.p99}
		}
	}
	return c
}

func (l *lane) speed(b *Bench) benchCase {
	c := b.throughput(64)
	c.name = "throughput"
	c.metrics[0].Aim = report.Aim{Ratio: true, AtLeast: l.throughput}
	c.metrics[1].Aim = report.Aim{}
	return c
}

func (l *lane) chunks(b *Bench) benchCase {
	c := b.flatStream()
	c.name = "flat-out"
	c.metrics[1].Aim = report.Aim{AtMost: l.chunk}
	return c
}

// code is about the first request of a coding client.
func (l *lane) code(b *Bench) benchCase {
	c := b.throughput(16)
	c.name, c.title = "coding", fmt.Sprintf("16 connections, bodies of %d KB with instructions and %d tools", codingSize>>10, codingTools)
	return c
}

// open is about streams that wait.
func (l *lane) open(b *Bench) benchCase {
	return benchCase{
		name:     "open",
		title:    fmt.Sprintf("%d streams that wait after their first chunk", b.Streams),
		upstream: upstream.Config{Chunks: 2, ChunkText: chunkText},
		measure:  b.held,
		metrics:  []report.Metric{{Name: nameStream, Unit: "KB", Digits: 1, Compare: true, Aim: report.Aim{AtMost: l.stream}}},
	}
}

// opening is how many streams are opened at a time.
const opening = 32

// held measures the memory of streams that are open.
func (b *Bench) held(ctx context.Context, s *stack, t *target) (figures, error) {
	if t.server == nil {
		return figures{}, nil
	}
	idle, err := t.restingMemory(ctx)
	if errors.Is(err, process.ErrNoFigures) {
		return figures{}, nil
	}
	if err = errors.Join(err, s.gate(ctx, upstream.PathHold)); err != nil {
		return nil, err
	}
	var full process.Memory
	var fullErr error
	_, err = s.load(ctx, t, b.Streams, true, func(callers []load.Caller) load.Result {
		return load.Held(callers, opening, func() {
			full, fullErr = t.restingMemory(ctx)
			fullErr = errors.Join(fullErr, s.gate(ctx, upstream.PathRelease))
		})
	})
	return figures{nameStream: float64(full.Resident-idle.Resident) / 1024 / float64(b.Streams)}, errors.Join(err, fullErr)
}
